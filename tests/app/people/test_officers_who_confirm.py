"""An officer's address is verified by a link and a spoken code; every half year she says that she serves."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import distinct, func, select, update

from app.control.listings import Posts
from app.custody.queries import compartment_of_exchange
from app.people.actions.posts import follow_posts
from app.people.queries import candidates_of, person_by_login
from app.pipeline.clock import FixedClock, now
from app.pipeline.transaction import db, transaction
from models.audit_record import AuditRecord
from models.exchange import Exchange
from models.outbox_message import OutboxMessage
from models.person import Person
from models.post_confirmation import PostConfirmation
from models.rules.mail_kinds import MailKind
from models.rules.officer_verification import OFFICERS_RULES, address_code
from models.rules.people import CompartmentKind, Role
from models.rules.routing import Addressee, addressee
from models.rules.working_days import in_japan
from models.seat_holding import SeatHolding
from tests.app.people.test_people_pages import link_to
from tests.support import road
from tests.support.present import company, person, present
from tests.support.visitor import Visitor, sign_in
from tests.support.world import PASSWORD

RULE = OFFICERS_RULES[-1]
MAIL = "new-officer@kikite.example"
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")


def signed_up(app: Flask) -> Visitor:
    """A new officer of a company without one, who has used the link of her mail."""
    manager = sign_in(app, "manager")
    with app.app_context():
        company_id = company("gamma").id.hex
    manager.get(f"/people/new?role=officer&company={company_id}")
    manager.send({"name": "新しい責任者", "mail": MAIL})
    hers = Visitor(app)
    hers.get(link_to(app, MAIL))
    hers.send({"password": PASSWORD, "again": PASSWORD})
    return hers


def code_for(app: Flask, by: str = "manager") -> tuple[Visitor, str]:
    """What the secretariat speaks to her."""
    manager = sign_in(app, by)
    with app.app_context():
        found = person_by_login(MAIL)
        assert found is not None
        path = f"/people/{found.id}"
    manager.get(path)
    page = manager.send(action=f"{path}/address-code")
    return manager, CODE.findall(page.text)[0]


def goes_to(key: str) -> list[str]:
    """To whom a matter of this company goes now."""
    found = addressee(candidates_of(company(key).id), excluded=frozenset(), now=now())
    assert isinstance(found, Addressee)
    return [one.role.value for one in db().scalars(select(Person).where(Person.id.in_(_ids(found))))]


def _ids(found: Addressee) -> list[object]:
    return [one.id for one in db().scalars(select(Person)) if one.id.hex in found.person_ids]


def test_nothing_goes_to_an_officer_before_the_code_that_was_spoken_to_her(app: Flask) -> None:
    hers = signed_up(app)
    for path in ("/office/", "/home", "/company/standing"):
        assert hers.client.get(path).status_code in {302, 404}
    assert hers.get("/office/").h1 == "担当の確認", "whoever has followed the link alone reaches no page of the company"
    token = hers.page.form_with("csrf_token").fields["csrf_token"]
    hers.post("/advice/new", {"csrf_token": token}, status=403)
    with app.app_context():
        officer = person_by_login(MAIL)
        assert officer is not None
        assert goes_to("gamma") == ["representative"], "who reads the mail alone may be somebody else"
        assert not db().scalars(select(SeatHolding).where(SeatHolding.person_id == officer.id)).all()
    manager, code = code_for(app)
    assert code not in manager.get(manager.page.links.get("新しい責任者", "/people/")).text, "shown once"
    hers.get("/people/own")
    assert "コードが違うか" in hers.send({"address_code": "AAAA-AAAA"}).text
    assert "確認できました" in hers.send({"address_code": code.lower().replace("-", " ")}).text
    with app.app_context():
        assert goes_to("gamma") == ["officer"]
        assert db().scalars(select(SeatHolding).where(SeatHolding.person_id == officer.id)).all()
        names = db().scalars(select(AuditRecord.name).where(AuditRecord.subject_id == officer.id)).all()
        assert {"person.make_address_code", "person.wrong_address_code", "person.verify"} <= set(names)
        stored = "".join(db().scalars(select(AuditRecord.facts)))
        assert code not in stored
    hers.get("/people/own")
    assert "いま、お願いすることはありません" in hers.page.text


def test_guessing_an_old_and_anothers_code_verify_nobody(app: Flask, clock: FixedClock) -> None:
    hers = signed_up(app)
    _manager, first = code_for(app)
    _manager, second = code_for(app, by="head")
    hers.get("/people/own")
    assert "コードが違うか" in hers.send({"address_code": first}).text, "a new one voids the one before"
    for _ in range(RULE.tries - 1):
        hers.send({"address_code": "0000-0000"})
    assert "コードが違うか" in hers.send({"address_code": second}).text, "too many wrong ones void it"
    _manager, third = code_for(app)
    other = sign_in(app, "beta_deputy")
    token = other.get("/people/own").form_with("csrf_token").fields["csrf_token"]
    other.post("/people/own/address", {"csrf_token": token, "address_code": third})
    clock.move(to=clock.now() + RULE.code_holds)
    late = Visitor(app)
    late.get("/sign-in")
    late.send({"mail": MAIL, "password": PASSWORD})
    late.get("/people/own")
    assert "コードが違うか" in late.send({"address_code": third}).text
    with app.app_context():
        officer = person_by_login(MAIL)
        assert officer is not None
        assert officer.verified_at is None
    assert sign_in(app, "counselor").get("/people/own", status=404).status == 404
    assert len({address_code(bytes([byte] * 8)) for byte in range(32)}) == 32


@pytest.fixture
def half_a_year_later(app: Flask, clock: FixedClock) -> FixedClock:
    with app.app_context():
        assert road.done(follow_posts) == 0
    clock.move(to=clock.now() + timedelta(days=185))
    return clock


def by_the_clock(app: Flask, clock: FixedClock, after: timedelta = timedelta()) -> int:
    clock.move(to=clock.now() + after)
    with app.app_context():
        return road.done(follow_posts)


def lapsed_companies(app: Flask) -> int:
    with app.app_context():
        silent = select(PostConfirmation.person_id).where(PostConfirmation.lapsed_at.is_not(None))
        return db().scalar(select(func.count(distinct(Person.company_id))).where(Person.id.in_(silent))) or 0


def mails(app: Flask, key: str) -> list[str]:
    with app.app_context():
        sent = select(OutboxMessage).where(OutboxMessage.person_id == person(key).id).order_by(OutboxMessage.id)
        return sorted(mail.kind for mail in db().scalars(sent))


def test_every_half_year_officers_say_that_they_serve_and_who_is_silent_is_passed_over(
    app: Flask, half_a_year_later: FixedClock
) -> None:
    clock = half_a_year_later
    asked = by_the_clock(app, clock)
    assert asked == 10, "everybody who serves a company, and nobody else"
    assert by_the_clock(app, clock) == 0, "once"
    assert mails(app, "alpha_officer") == [MailKind.UPDATE]
    deputy = sign_in(app, "alpha_deputy")
    assert "いまも担当されているか" in deputy.get("/office/").text
    deputy.get("/people/own")
    assert "エラー" in deputy.send(action="/people/own/post").title
    assert "ありがとうございます" in deputy.send({"still_serves": "1"}, action="/people/own/post").text
    day = in_japan(clock.now())
    assert f"いまも担当とお答えになった日 {day.year}年{day.month}月{day.day}日" in deputy.page.text, (
        "she sees that her answer is there, and when it was"
    )
    assert by_the_clock(app, clock, RULE.reminded_after) == asked - 1
    assert mails(app, "alpha_officer") == [MailKind.REMINDER, MailKind.UPDATE]
    assert mails(app, "alpha_deputy") == [MailKind.UPDATE]
    with app.app_context():
        assert goes_to("alpha") == ["officer"]
    assert by_the_clock(app, clock, RULE.passed_over_after - RULE.reminded_after) == lapsed_companies(app)
    with app.app_context():
        assert db().scalar(select(func.count()).where(PostConfirmation.lapsed_at.is_not(None))) == asked - 1
    with app.app_context():
        assert goes_to("alpha") == ["deputy"]
        assert goes_to("delta") == ["officer"], "where nobody has answered, nobody's matter waits for it"
    manager = sign_in(app, "manager")
    room = manager.get("/control/")
    assert Posts.SILENT_POST.label("ja") in room.text
    officer = sign_in(app, "alpha_officer")
    officer.get("/people/own")
    officer.send({"still_serves": "1"}, action="/people/own/post")
    with app.app_context():
        assert goes_to("alpha") == ["officer"]
        assert by_name(app, "person.lapse_post") == asked - 1
    assert by_the_clock(app, clock, timedelta(days=100)) == 0
    assert by_the_clock(app, clock, timedelta(days=90)) == 2, "the two who answered are asked again in their time"
    with app.app_context():
        assert {db().get_one(Person, one.person_id).role for one in db().scalars(select(PostConfirmation))} <= {
            Role.OFFICER,
            Role.DEPUTY,
            Role.REPRESENTATIVE,
        }


def test_who_is_reminded_late_has_the_same_time_to_answer_as_everybody(
    app: Flask, half_a_year_later: FixedClock
) -> None:
    clock, time_to_answer = half_a_year_later, RULE.passed_over_after - RULE.reminded_after
    asked = by_the_clock(app, clock)
    assert by_the_clock(app, clock, RULE.passed_over_after) == asked, "the clock stood still: it reminds, and no more"
    assert lapsed_companies(app) == 0
    assert by_the_clock(app, clock, time_to_answer - timedelta(minutes=1)) == 0
    assert by_the_clock(app, clock, timedelta(minutes=1)) == lapsed_companies(app) > 0


def by_name(app: Flask, name: str) -> int:
    return len(db().scalars(select(AuditRecord.id).where(AuditRecord.name == name)).all())


def test_what_lies_with_a_company_of_which_nobody_answers_stays_where_it_lies(
    app: Flask, half_a_year_later: FixedClock
) -> None:
    clock = half_a_year_later
    with app.app_context():
        exchange = road.acknowledged()
        addressee, seat = exchange.addressee_id, exchange.seat_id
    by_the_clock(app, clock)
    by_the_clock(app, clock, RULE.reminded_after)
    with app.app_context(), transaction() as session:
        # Hers is looked at before the others', who are passed over in the same turn.
        first = update(PostConfirmation).where(PostConfirmation.person_id == addressee)
        session.execute(first.values(id=uuid.UUID(int=1)))
    by_the_clock(app, clock, RULE.passed_over_after - RULE.reminded_after)
    with app.app_context():
        again = db().get_one(Exchange, exchange.id)
        assert (again.addressee_id, again.seat_id) == (addressee, seat)
        assert "exchange.hand_over" not in set(db().scalars(select(AuditRecord.name)))
        forwarded = compartment_of_exchange(again, CompartmentKind.FORWARDED)
        assert forwarded is not None
        assert present("alpha_officer").held.opens(forwarded)
