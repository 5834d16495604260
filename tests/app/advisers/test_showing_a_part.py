"""One part of one case is shown to an adviser: by whom, to whom, with whose yes, and what it does not open."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.advisers.actions import (
    NotThisAdviser,
    acknowledge_secrecy,
    agree_to_access,
    ask_access,
    call_off_access,
    refuse_access,
    write_advice,
)
from app.advisers.queries import opened_part, own_accesses, showable_parts, shown_of
from app.cases.actions import close_case, exclude, reopen, write_message
from app.cases.opened import notes_of, opened_case
from app.custody.queries import compartment_of_case
from app.mailbox.actions import withdraw
from app.operations.sweep import sweep
from app.people.actions import end_service, renew_keys
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.clock import FixedClock, today
from app.pipeline.secrets import key_store
from app.pipeline.standing import OutOfReach, towards_access, visible_accesses
from app.pipeline.transaction import db
from crypto import CannotOpen
from models.adviser_access import AdviserAccess
from models.audit_record import AuditRecord
from models.case import Case
from models.compartment import Compartment
from models.compartment_grant import CompartmentGrant
from models.outbox_message import OutboxMessage
from models.rules.adviser_access import AccessEnd, AccessState, AdviceSought
from models.rules.consent import ConsentLevel
from models.rules.people import CompartmentKind, Standing
from models.rules.permissions import Permission, decide
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import consulter, person, present

QUESTION = "脅しに当たるか、警察へ届けるべきかを教えてください。"
ADVICE = "脅迫罪に当たるおそれがあります。録音を残すよう伝えてください。"
HEALTH = "眠れない日が続いています。"
N = CompartmentKind.NARRATIVE


def part_of(case: Case, kind: CompartmentKind = N) -> Compartment:
    return next(one for one in showable_parts(case) if one.kind is kind)


def ask(
    case: Case, *, kind: CompartmentKind = N, to: str = "adviser", by: str = "manager", days: int = 7
) -> AdviserAccess:
    def act() -> AdviserAccess:
        return ask_access(
            road.case_of(case),
            person(to),
            part_of(case, kind),
            sought=AdviceSought.LAW,
            question=QUESTION,
            last_day=today() + timedelta(days=days),
            actor=present(by),
        )

    return road.done(act)


def now_of(access: AdviserAccess) -> AdviserAccess:
    db().expire_all()
    return db().get_one(AdviserAccess, access.id)


def shown(*, promised: bool = True, **how: object) -> tuple[Case, str, AdviserAccess]:
    """A part that the adviser may read now."""
    case, code = road.triaged(consent=ConsentLevel.CN_0, impact_text=HEALTH, health_consent=True)
    access = ask(case, **how)  # type: ignore[arg-type]
    road.done(lambda: agree_to_access(now_of(access), actor=consulter(code)))
    if promised:
        road.done(lambda: acknowledge_secrecy(now_of(access), actor=present("adviser")))
    return case, code, now_of(access)


def test_nothing_is_shown_before_her_yes_and_nobody_else_can_say_it(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        access = ask(case)
        assert own_accesses(present("adviser")) == []
        assert now_of(access).sealed_key == b""
        with pytest.raises(CannotOpen):
            opened_part(now_of(access), actor=present("adviser"))
        for key in ("manager", "head", "counselor", "adviser"):
            with pytest.raises(OutOfReach):
                road.done(lambda key=key: agree_to_access(now_of(access), actor=present(key)))
        _other, her_code = road.triaged()
        with pytest.raises(OutOfReach):
            road.done(lambda: agree_to_access(now_of(access), actor=consulter(her_code)))
        road.done(lambda: agree_to_access(now_of(access), actor=consulter(code)))
        assert [one.access.id for one in own_accesses(present("adviser"))] == [access.id]
        assert own_accesses(present("second_adviser")) == []


def test_the_adviser_opens_that_part_and_no_other(app: Flask) -> None:
    with app.app_context():
        case, _code, access = shown()
        road.done(lambda: write_message(road.case_of(case), "お体はいかがですか。", actor=present("counselor")))
        adviser = present("adviser")
        part = opened_part(now_of(access), actor=adviser)
        assert (part.question, part.text) == (QUESTION, road.WRITTEN)
        assert [line.body for line in part.lines] == ["お体はいかがですか。"]
        others = db().scalars(
            select(Compartment).where(Compartment.case_id == case.id, Compartment.id != access.compartment_id)
        )
        kinds = set()
        for one in others:
            kinds.add(one.kind)
            assert not adviser.held.opens(one)
        assert kinds >= {CompartmentKind.IDENTITY, CompartmentKind.HEALTH, CompartmentKind.DESK_NOTES}
        shown_part = db().get_one(Compartment, access.compartment_id)
        assert not present("adviser").held.opens(shown_part), "it opens by its own way alone"
        granted = select(CompartmentGrant.id).where(CompartmentGrant.person_id == person("adviser").id)
        assert db().scalar(granted) is None


@pytest.mark.parametrize("kind", [CompartmentKind.HEALTH, CompartmentKind.FORWARDED])
def test_another_part_can_be_shown_instead(app: Flask, kind: CompartmentKind) -> None:
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH, impact_text=HEALTH, health_consent=True)
        assert kind is CompartmentKind.HEALTH or kind not in {one.kind for one in showable_parts(case)}
        road.routed(case, code)
        access = ask(case, kind=kind)
        road.done(lambda: agree_to_access(now_of(access), actor=consulter(code)))
        part = opened_part(now_of(access), actor=present("adviser"))
        assert part.text == (HEALTH if kind is CompartmentKind.HEALTH else road.FORWARDED)


@pytest.mark.parametrize("key", ["counselor", "adviser", "auditor", "admin", "chair", "alpha_officer"])
def test_only_manager_and_head_ask(app: Flask, key: str) -> None:
    with app.app_context():
        case, _code = road.triaged()
        with pytest.raises(OutOfReach):
            ask(case, by=key)
        assert ask(case, by="head").asked_by_id == person("head").id


def test_an_excluded_adviser_is_not_asked_and_one_who_becomes_so_reads_no_more(app: Flask) -> None:
    with app.app_context():
        case, _code = road.triaged()
        road.done(lambda: exclude(road.case_of(case), person("adviser"), "consulter", actor=present("counselor")))
        with pytest.raises(NotThisAdviser):
            ask(case)
        with pytest.raises(NotThisAdviser):
            ask(case, to="alpha_officer")
        case, _code, access = shown()
        road.done(lambda: exclude(road.case_of(case), person("adviser"), "desk", actor=present("counselor")))
        assert now_of(access).ended_how is AccessEnd.EXCLUDED
        assert own_accesses(present("adviser")) == []
        with pytest.raises(CannotOpen):
            key_store().key(access.key_id or uuid.UUID(int=0))


@pytest.mark.parametrize("days", [-1, 31])
def test_the_end_lies_within_the_term_of_the_rules(app: Flask, days: int) -> None:
    with app.app_context():
        case, _code = road.triaged()
        with pytest.raises(ValueError, match="within the term"):
            ask(case, days=days)
        assert ask(case, days=30).id


def test_one_access_at_a_time_to_a_part_and_going_on_is_asking_again(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        case, code, access = shown()
        with pytest.raises(ChangedMeanwhile):
            ask(case)
        clock.move(to=clock.now() + timedelta(days=8))
        again = ask(case)
        assert now_of(access).ended_how is AccessEnd.EXPIRED, "it was over, and nobody had put it away yet"
        assert own_accesses(present("adviser")) == [], "a new one needs a new yes"
        road.done(lambda: agree_to_access(now_of(again), actor=consulter(code)))
        assert [one.access.id for one in own_accesses(present("adviser"))] == [again.id]


def test_at_its_end_it_is_over_by_itself_and_the_sweep_takes_the_key(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        _case, _code, access = shown(days=0)
        key_id, end = access.key_id, access.ends_at
        assert key_id is not None
    clock.move(to=end - timedelta(seconds=1))
    sweep(app)
    with app.app_context():
        assert len(own_accesses(present("adviser"))) == 1
        assert key_store().key(key_id)
    clock.move(to=end)
    with app.app_context():
        assert own_accesses(present("adviser")) == [], "before any sweep"
        with pytest.raises(OutOfReach):
            road.done(lambda: write_advice(now_of(access), ADVICE, actor=present("adviser")))
    assert "end_due_accesses" in sweep(app).done
    sweep(app)
    with app.app_context():
        ended = now_of(access)
        assert (ended.ended_how, ended.sealed_key) == (AccessEnd.EXPIRED, b"")
        with pytest.raises(CannotOpen):
            key_store().key(key_id)
        names = list(db().scalars(select(AuditRecord.name).where(AuditRecord.subject_id == access.case_id)))
        assert names.count("adviser.end") == 1


def test_a_kept_copy_of_the_row_opens_nothing_after_the_end(app: Flask) -> None:
    """Whoever puts the old wrap back, with the old session and the adviser's own key, still has no key for it."""
    with app.app_context():
        case, _code, access = shown()
        kept = {name: getattr(access, name) for name in ("sealed_key", "ended_at", "ended_how", "key_id")}
        old_session = present("adviser")
        assert opened_part(now_of(access), actor=old_session).text == road.WRITTEN
        road.done(lambda: call_off_access(now_of(access), actor=present("counselor")))

        def put_back() -> None:
            row = now_of(access)
            for name, value in kept.items():
                setattr(row, name, value)

        road.done(put_back)
        assert [one.access.id for one in own_accesses(present("adviser"))] == [access.id], "the row says that it runs"
        with pytest.raises(CannotOpen):
            opened_part(now_of(access), actor=present("adviser"))
        assert road.case_of(case).is_open


@pytest.mark.parametrize("how", ["withdraw", "stop", "decline", "left", "new_password"])
def test_it_ends_when_she_or_the_adviser_goes(app: Flask, how: str) -> None:
    with app.app_context():
        if how == "decline":
            case, code = road.triaged()
            access = ask(case)
        else:
            case, code, access = shown()
        acts = {
            "withdraw": lambda: withdraw(road.case_of(case), "", actor=consulter(code)),
            "stop": lambda: refuse_access(now_of(access), actor=consulter(code)),
            "decline": lambda: refuse_access(now_of(access), actor=consulter(code)),
            "left": lambda: end_service(person("adviser"), actor=present("manager")),
            "new_password": lambda: renew_keys(person("adviser"), "another long password", actor=present("manager")),
        }
        road.done(acts[how])
        if how != "new_password":
            reach = visible_accesses(present("adviser"), Permission.ADVISER_LIST)
            assert db().scalar(select(AdviserAccess.id).where(reach)) is None
        access_id = access.id
    sweep(app)
    with app.app_context():
        expected = {
            "withdraw": AccessEnd.CASE_OVER,
            "stop": AccessEnd.CONSULTER,
            "decline": AccessEnd.DECLINED,
            "left": AccessEnd.LEFT,
            "new_password": AccessEnd.LEFT,
        }
        ended = db().get_one(AdviserAccess, access_id)
        assert (ended.ended_how, ended.sealed_key) == (expected[how], b"")


@pytest.mark.parametrize("how", ["closed", "withdrawn"])
def test_it_does_not_outlive_the_case_that_is_opened_again_before_the_clock_looks(app: Flask, how: str) -> None:
    with app.app_context():
        case, code, access = shown()
        if how == "withdrawn":
            road.done(lambda: withdraw(road.case_of(case), "", actor=consulter(code)))
            road.done(lambda: close_case(road.case_of(case), Outcome.WITHDRAWN, actor=present("counselor")))
        else:
            road.done(lambda: close_case(road.case_of(case), Outcome.OUT_OF_SCOPE, actor=present("counselor")))
        road.done(lambda: reopen(road.case_of(case), "recurrence", actor=present("counselor")))
        ended = now_of(access)
        assert (ended.ended_how, ended.sealed_key) == (AccessEnd.CASE_OVER, b"")
        with pytest.raises(CannotOpen):
            opened_part(ended, actor=present("adviser"))


def test_deciding_one_access_and_filtering_many_agree(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        _case, _code, access = shown()
        for key in ("adviser", "second_adviser", "counselor", "manager", "auditor", "alpha_officer"):
            actor = present(key)
            found = db().scalar(select(AdviserAccess.id).where(visible_accesses(actor, Permission.ADVISER_READ)))
            standing = towards_access(actor, now_of(access))
            allowed = bool(decide(Permission.ADVISER_READ, role=actor.role, standing=standing))
            assert (found is not None) == allowed == (key == "adviser"), key
        clock.move(to=access.ends_at)
        assert towards_access(present("adviser"), now_of(access)) is Standing.NONE


def test_advice_lies_where_the_desk_alone_reads_it(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        case, code, access = shown()
        clock.move(to=clock.now() + timedelta(hours=1))
        note = road.done(lambda: write_advice(now_of(access), ADVICE, actor=present("adviser")))
        compartment = db().get_one(Compartment, note.compartment_id)
        assert compartment.kind is CompartmentKind.DESK_NOTES
        assert not present("adviser").held.opens(compartment), "not even its writer opens it"
        assert not consulter(code).held.opens(compartment)
        notes = notes_of(road.case_of(case), actor=present("counselor"))
        assert [(one.body, one.by) for one in notes] == [(ADVICE, "名前・adviser (外部助言者)")]
        assert opened_case(road.case_of(case), with_health=True, actor=present("counselor")).notes
        own = compartment_of_case(case, CompartmentKind.DESK_NOTES)
        assert own is not None
        assert own.id != compartment.id, "the desk's own notes lie where they lay"
        mails = db().scalars(select(OutboxMessage.idempotency_key))
        assert [one for one in mails if f"adviser-note:{note.id.hex}" in one]


def test_nothing_is_advised_before_the_promise(app: Flask) -> None:
    with app.app_context():
        _case, _code, access = shown(promised=False)
        with pytest.raises(ChangedMeanwhile):
            road.done(lambda: write_advice(now_of(access), ADVICE, actor=present("adviser")))


def test_a_group_and_a_case_that_is_over_have_nothing_to_show(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        assert showable_parts(road.case_of(case))
        road.done(lambda: withdraw(road.case_of(case), "", actor=consulter(code)))
        assert showable_parts(road.case_of(case)) == []


def test_the_desk_sees_what_was_asked_and_how_it_ended_without_opening_it(app: Flask) -> None:
    with app.app_context():
        case, _code, access = shown()
        (line,) = shown_of(road.case_of(case))
        assert (line.adviser, line.state, line.readings) == ("名前・adviser", AccessState.OPEN, ())
        assert line.last_day == today() + timedelta(days=7)
        assert isinstance(line.last_day, date)
        road.done(lambda: call_off_access(now_of(access), actor=present("head")))
        assert shown_of(road.case_of(case))[0].state is AccessState.ENDED
