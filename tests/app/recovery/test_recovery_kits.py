"""Cards on paper bring a seat's keys back, for whom two persons named, and are stored nowhere."""

from __future__ import annotations

import json
import re
import uuid

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.custody.actions import pass_on_to
from app.custody.queries import compartment_of_case, open_epoch, seat_of
from app.joint_acts.actions import JointRefused, approve, ask_for
from app.people.actions import renew_keys
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.transaction import db
from app.pipeline.unlocking import Keys
from app.recovery.actions import PrintedCard, end_kit, make_kit, of_kit, of_seat, recover, remind_of_drills, try_out
from app.recovery.queries import KitRefused, covers, shown_kit
from crypto import Card, new_key, read_card
from models.audit_record import AuditRecord
from models.case import Case
from models.joint_act import JointAct
from models.outbox_message import OutboxMessage
from models.recovery_kit import RecoveryKit
from models.rules.joint_acts import JointKind, JointRefusal
from models.rules.people import CompartmentKind, SeatKind
from models.rules.recovery import KitRefusal, KitStanding
from models.seat import Seat
from tests.support import road
from tests.support.at_rest import bytes_of
from tests.support.coming_and_going import again, leaves, works_off_the_queue
from tests.support.present import person, present
from tests.support.visitor import sign_in
from tests.support.world import PASSWORD

KEEPERS = ("会長 架空 一子", "監事 架空 二子", "顧問 架空 三子")
REASON = "鍵を持つ人がみんな鍵をなくしたときのため"


def desk() -> Seat:
    found = seat_of(SeatKind.DESK)
    assert found is not None
    return found


def agreed(kind: JointKind, subject: object, *, concerns: str | None = None) -> JointAct:
    act = road.done(
        lambda: ask_for(
            kind,
            subject=subject,
            reason=REASON,
            actor=present("manager"),
            concerns=person(concerns) if concerns else None,
        )
    )
    road.done(lambda: approve(db().get_one(JointAct, act.id), actor=present("head")))
    return act


def made(kind: SeatKind = SeatKind.DESK) -> tuple[uuid.UUID, list[PrintedCard]]:
    seat = seat_of(kind)
    assert seat is not None
    agreed(JointKind.RECOVERY_KIT, of_seat(seat))
    kit, printed = road.done(lambda: make_kit(seat, KEEPERS, actor=present("manager")))
    return kit.id, printed


def typed(printed: list[PrintedCard], *numbers: int) -> list[Card]:
    return [read_card("\n".join(printed[number - 1].rows)) for number in numbers]


def kit_of(kit_id: uuid.UUID) -> RecoveryKit:
    return db().get_one(RecoveryKit, kit_id)


def every_holder_loses_her_keys() -> dict[str, Actor]:
    """All passwords are forgotten at once: new pairs, and nobody is left who could pass the old keys on."""
    found = {}
    for key in ("counselor", "second_counselor", "third_counselor", "manager", "head"):
        private = road.done(lambda key=key: renew_keys(person(key), PASSWORD, actor=Actor(person(key).role)))
        found[key] = Actor(person(key).role, Keys(private, person_id=person(key).id), person=person(key))
    return found


def test_when_every_holder_is_lost_two_cards_bring_the_cases_back_to_whom_two_persons_named(app: Flask) -> None:
    with app.app_context():
        case = db().get_one(Case, road.routed().case_id)
        narrative = compartment_of_case(case, CompartmentKind.NARRATIVE)
        assert narrative is not None
        kit_id, printed = made()
        people = every_holder_loses_her_keys()
        assert not any(again(one).held.opens(narrative) for one in people.values()), "the cases are closed to everybody"
        agreed(JointKind.KEY_RECOVERY, of_kit(kit_of(kit_id)), concerns="counselor")
        road.done(lambda: recover(kit_of(kit_id), typed(printed, 3, 1), actor=present("manager")))
        assert again(people["counselor"]).held.opens(narrative)
        road.done(lambda: pass_on_to(person("manager"), actor=again(people["counselor"])))
        assert again(people["manager"]).held.opens(narrative), "the others wait for her word alone"
        works_off_the_queue("counselor")
        assert again(people["head"]).held.opens(narrative), "who was last to lose hers has the next epoch"
        with pytest.raises(JointRefused) as used:
            road.done(lambda: recover(kit_of(kit_id), typed(printed, 1, 2), actor=present("manager")))
        assert used.value.refusal is JointRefusal.NOT_APPROVED
        entry = db().scalars(select(AuditRecord).where(AuditRecord.name == "kit.recover")).one()
        assert json.loads(entry.facts)["person_id"] == person("counselor").id.hex
        told = select(OutboxMessage.person_id).where(OutboxMessage.idempotency_key.startswith("security:recover:"))
        assert {person("auditor").id, person("head").id} <= set(db().scalars(told))


def test_neither_one_person_nor_too_few_or_wrong_cards_get_the_keys(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(JointRefused):
            road.done(lambda: make_kit(desk(), KEEPERS, actor=present("manager")))
        kit_id, printed = made()
        with pytest.raises(JointRefused):
            road.done(lambda: recover(kit_of(kit_id), typed(printed, 1, 2), actor=present("manager")))
        other_id, others = made()
        for cards, refusal in (
            (typed(printed, 1), KitRefusal.FEW_CARDS),
            (typed(printed, 1, 1), KitRefusal.SAME_CARD),
            ([*typed(printed, 1), *typed(others, 2)], KitRefusal.OTHER_KIT),
        ):
            with pytest.raises(KitRefused) as refused:
                road.done(lambda cards=cards: try_out(kit_of(kit_id), cards, actor=present("manager")))
            assert refused.value.refusal is refusal
        road.done(lambda: end_kit(kit_of(other_id), actor=present("manager")))
        with pytest.raises(KitRefused) as ended:
            road.done(lambda: try_out(kit_of(other_id), typed(others, 1, 2), actor=present("manager")))
        assert ended.value.refusal is KitRefusal.ENDED


def test_a_drill_proves_the_cards_against_the_public_key_and_opens_no_case(app: Flask) -> None:
    with app.app_context():
        road.routed()
        kit_id, printed = made()
        before = set(db().scalars(select(AuditRecord.id)))
        assert road.done(lambda: try_out(kit_of(kit_id), typed(printed, 2, 3), actor=present("manager"))) == 1
        since = db().scalars(select(AuditRecord.name).where(AuditRecord.id.not_in(before))).all()
        assert since == ["kit.drill"], "nothing was read but the keys"
        assert kit_of(kit_id).tried_at is not None
        # Somebody exchanged the seat's public key: what the cards open is not its private half.
        epoch = open_epoch(desk())
        assert epoch is not None
        road.done(lambda: db().execute(update(type(epoch)).values(public_key=new_key() * 38)))
        with pytest.raises(KitRefused) as refused:
            road.done(lambda: try_out(kit_of(kit_id), typed(printed, 2, 3), actor=present("manager")))
        assert refused.value.refusal is KitRefusal.NOT_THE_KEYS


def test_the_clock_reminds_of_a_trial_that_is_due_and_not_again_the_next_day(app: Flask) -> None:
    with app.app_context():
        kit_id, printed = made()
        assert road.done(remind_of_drills) == 0
        road.let_hours_pass(183 * 24)
        assert shown_kit(kit_of(kit_id)).drill_due
        assert [road.done(remind_of_drills), road.done(remind_of_drills)] == [1, 0]
        road.let_hours_pass(24)
        assert road.done(remind_of_drills) == 0
        road.done(lambda: try_out(kit_of(kit_id), typed(printed, 1, 2), actor=THE_CLOCK))
        assert not shown_kit(kit_of(kit_id)).drill_due
        assert kit_of(kit_id).reminded_at is None


def test_after_a_new_epoch_the_old_cards_open_older_things_alone(app: Flask) -> None:
    with app.app_context():
        kit_id, printed = made()
        assert shown_kit(kit_of(kit_id)).standing is KitStanding.WHOLE
        leaves("third_counselor")
        epoch = open_epoch(desk())
        assert epoch is not None
        assert not covers(epoch)
        assert shown_kit(kit_of(kit_id)).standing is KitStanding.OLDER_ONLY
        assert road.done(lambda: try_out(kit_of(kit_id), typed(printed, 1, 2), actor=present("manager"))) == 1
        new_id, again_printed = made()
        assert road.done(lambda: try_out(kit_of(new_id), typed(again_printed, 1, 2), actor=present("manager"))) == 2


@pytest.mark.usefixtures("every_byte")
def test_on_the_pages_a_kit_is_asked_for_made_tried_and_used_and_no_card_is_kept_anywhere(app: Flask) -> None:
    manager, head = sign_in(app, "manager"), sign_in(app, "head")
    manager.get("/recovery/seats/desk/ask")
    manager.send({"reason": REASON})
    _approved_by(head)
    manager.get("/recovery/seats/desk/make")
    names = {f"keeper_{place + 1}": name for place, name in enumerate(KEEPERS)}
    empty = manager.send({"is_ready": []})
    places = [empty.text.index(f"{which}を") for which in ("1枚目を持つ人", "2枚目を持つ人", "3枚目を持つ人")]
    assert places == sorted(places)
    assert places[-1] < empty.text.index("印刷の用意を"), "errors are listed in the order of the page"
    page = manager.send({**names, "is_ready": "1"})
    cards = _cards_on(page.html)
    assert len(cards) == 3
    manager.get("/recovery/seats/desk/make")
    assert "まだ作れません" in manager.page.text, "they are shown once"
    token = manager.page.form_with("language").fields["csrf_token"][0]
    again = manager.post("/recovery/seats/desk/make", {**names, "is_ready": "1", "csrf_token": token})
    assert "まだ作れません" in again.text, "whoever presses twice is told what to do"
    assert not again.title.startswith("エラー")
    with app.app_context():
        kit_id = db().scalars(select(RecoveryKit.id)).one()
    url = f"/recovery/kits/{kit_id}"
    manager.get(f"{url}/drill")
    mistyped = manager.send({"card_1": "\n".join(cards[0]), "card_2": cards[1][0]})
    assert "24文字ずつ" in mistyped.text
    assert manager.send({"card_1": "\n".join(cards[0]), "card_2": "\n".join(cards[2])}).text.count(
        "相談は、ひとつも開いていません"
    )
    with app.app_context():
        named = person("counselor").id.hex
    manager.get(f"{url}/ask")
    manager.send({"person": named, "is_verified": "1", "reason": REASON})
    _approved_by(head)
    manager.get(f"{url}/open")
    done = manager.send({"card_1": "\n".join(cards[1]), "card_2": "\n".join(cards[2])})
    assert "席の鍵を渡しました" in done.text
    stored = b"\0".join(content for _place, content in bytes_of(app))
    for rows in cards:
        card = read_card("\n".join(rows))
        assert card.share.value not in stored
        assert card.share.value.hex().encode() not in stored
        for row in rows:
            assert row.encode() not in stored
            assert row.replace("-", "").encode() not in stored
    with app.app_context():
        for held in present("manager").held._held_epochs().values():
            assert held not in stored
    for key, status in (("auditor", 200), ("admin", 200), ("counselor", 403), ("alpha_officer", 403)):
        assert cards[0][0] not in sign_in(app, key).get(url, status=status).html


def _approved_by(head: object) -> None:
    page = head.get("/joint/")
    url = next(link for words, link in page.links.items() if link.startswith("/joint/") and len(link) > 20)
    head.get(url)
    head.send({"approve-is_read": "1"}, action=f"{url}/approve")


def _cards_on(html: str) -> list[list[str]]:
    rows = re.findall(r"<code>([0-9A-Z-]{29})</code>", html)
    return [rows[start : start + 3] for start in range(0, len(rows), 3)]
