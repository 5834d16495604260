"""The company's key opens what the consulter approved, and no draft or older version of it."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.cases.actions import arrange_sending, reroute, return_to_triage, route_again
from app.cases.queries import exchanges_of
from app.custody.queries import compartment_of_exchange
from app.mailbox.actions import ask_for_change
from app.mailbox.previews import previews
from app.mailbox.queries import put_copies
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.responses.queries import copy_text
from crypto import CannotOpen
from models.case import Case
from models.compartment import Compartment
from models.exchange import Exchange
from models.forwarded_copy import ForwardedCopy
from models.rules.people import CompartmentKind
from models.rules.taxonomy.severity import Severity
from models.sealed import open_from
from tests.support import road
from tests.support.present import consulter, present

REJECTED = "店名と日付が残った、相談者が断った文章です。"
APPROVED = "相談者が承認した文章です。"
REWRITTEN = "取り消したあとに書き直した文章です。"


def what_opens(actor: Actor, exchange: Exchange) -> list[str]:
    """Every version that any key of this person opens, wherever the row says that it lies."""
    db().expire_all()
    compartments = db().scalars(select(Compartment)).all()
    keys = [actor.held.compartment_key(one) for one in compartments if actor.held.opens(one)]
    found = []
    copies = select(ForwardedCopy).where(ForwardedCopy.exchange_id == exchange.id).order_by(ForwardedCopy.number)
    for copy in db().scalars(copies).all():
        for key in keys:
            try:
                found.append(open_from(copy, "sealed_text", key=key))
            except CannotOpen:
                continue
    return found


def approved_after_a_rejected_version(severity: Severity = Severity.HIGH) -> tuple[Case, str, Exchange]:
    case, code = road.triaged(severity=severity)
    first = road.copied(case, text=REJECTED)
    road.done(
        lambda: ask_for_change(road.case_of(case), first, comment="店名を消してください。", actor=consulter(code))
    )
    road.approved(road.case_of(case), code, road.copied(road.case_of(case), text=APPROVED))
    return road.case_of(case), code, exchanges_of(case)[0]


def test_with_the_officers_keys_exactly_the_approved_copy_opens(app: Flask):
    with app.app_context():
        case, _code, exchange = approved_after_a_rejected_version()
        assert what_opens(present("alpha_officer"), exchange) == []
        road.done(lambda: arrange_sending(case, exchange, actor=present("counselor")))
        assert what_opens(present("alpha_officer"), exchange) == [APPROVED]
        assert what_opens(present("alpha_deputy"), exchange) == [APPROVED]


def test_during_the_hold_the_companys_key_opens_the_approved_copy_alone(app: Flask):
    with app.app_context():
        case, _code, exchange = approved_after_a_rejected_version(Severity.MODERATE)
        road.done(lambda: arrange_sending(case, exchange, actor=present("counselor")))
        assert what_opens(present("alpha_officer"), exchange) == [APPROVED]


def test_the_desk_and_the_consulter_read_every_version_before_and_after(app: Flask):
    with app.app_context():
        case, code, exchange = approved_after_a_rejected_version()
        assert what_opens(present("second_counselor"), exchange) == [REJECTED, APPROVED]
        road.done(lambda: arrange_sending(case, exchange, actor=present("counselor")))
        assert what_opens(present("second_counselor"), exchange) == [REJECTED, APPROVED]
        shown = previews(put_copies(road.case_of(case), pending_only=False), actor=consulter(code))
        assert [preview.text for preview in shown] == [APPROVED]


def test_what_was_sent_and_recalled_does_not_open_beside_what_is_sent_next(app: Flask):
    with app.app_context():
        case, code, exchange = approved_after_a_rejected_version()
        road.done(lambda: arrange_sending(case, exchange, actor=present("counselor")))
        recalled(case, exchange)
        assert what_opens(present("alpha_officer"), exchange) == []
        copy = road.approved(road.case_of(case), code, road.copied(road.case_of(case), text=REWRITTEN))
        anew = db().get_one(Exchange, copy.exchange_id)
        road.done(lambda: arrange_sending(road.case_of(case), anew, actor=present("counselor")))
        assert what_opens(present("alpha_officer"), anew) == [REWRITTEN]
        assert what_opens(present("alpha_officer"), exchange) == []


def test_a_new_addressee_is_given_the_same_words(app: Flask):
    with app.app_context():
        case, _code, exchange = approved_after_a_rejected_version()
        road.done(lambda: arrange_sending(case, exchange, actor=present("counselor")))
        road.done(lambda: reroute(road.case_of(case), exchange, "vacancy", actor=present("counselor")))
        road.done(lambda: route_again(road.case_of(case), exchange, actor=present("counselor")))
        assert what_opens(present("alpha_officer"), exchange) == [APPROVED]


def test_a_draft_lies_where_the_company_will_never_have_a_key(app: Flask):
    with app.app_context():
        case, _code = road.triaged()
        copy = road.copied(case, text=REJECTED)
        forwarded = compartment_of_exchange(exchanges_of(case)[0], CompartmentKind.FORWARDED)
        assert forwarded is not None
        assert copy.compartment_id != forwarded.id
        assert copy_text(copy, actor=present("counselor")) == REJECTED


def recalled(case: Case, exchange: Exchange) -> None:
    road.recalled(exchange)
    road.done(lambda: return_to_triage(road.case_of(case), actor=present("counselor")))
