"""Between proposal and vote: the notice, the time to explain, the silence, the agenda, and what the packet holds."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.clocks.queries import running_clock
from app.pipeline.clock import TOKYO, FixedClock, now
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from app.resolutions.actions import (
    assemble_packet,
    call_meeting,
    cast_vote,
    open_item,
    open_vote,
    put_on_agenda,
    record_resolution,
    record_silences,
    serve_notice,
    submit_explanation,
)
from app.resolutions.hearing_page import unmet_requests
from app.resolutions.packet import digest_of
from app.resolutions.queries import file_of
from models.audit_record import AuditRecord
from models.compartment import Compartment
from models.formal_request import FormalRequest
from models.outbox_message import OutboxMessage
from models.rules.board import BoardOption, BoardRefused, MeetingMode
from models.rules.company_file_lifecycle import FileState
from models.rules.deadlines import ClockKind
from models.rules.lifecycle import NotAllowedNow
from models.rules.request_lifecycle import RequestState
from models.rules.working_days import in_japan
from models.sealed import open_answers
from tests.support.board import (
    GROUNDS,
    MATTER,
    all_vote,
    in_hearing,
    keep,
    on_agenda,
    proposed,
    ready,
    unmet_file,
    voting,
)
from tests.support.present import person, present

WORDS = "担当者の交代で連絡が行き違いました。計画を添えます。"


def packet(item) -> dict:
    key = present("chair").held.compartment_key(db().get_one(Compartment, item.compartment_id))
    return open_answers(item, "sealed_packet", key=key)


def test_the_company_has_fourteen_days_or_ten_business_days_if_they_end_later(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = in_hearing()
        assert in_japan(item.notice_served_at).date().isoformat() == "2026-11-24"
        assert in_japan(item.explanation_due_at).date().isoformat() == "2026-12-08"
        clock.move(to=datetime(2026, 12, 21, 10, 0, tzinfo=TOKYO))
        later = in_hearing("beta")
        # Ten business days over the turn of the year end on 8 January, after the fourteen days of 4 January.
        assert in_japan(later.explanation_due_at).date().isoformat() == "2027-01-08"


def test_the_earliest_meeting_is_the_day_on_which_the_time_ends(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = in_hearing()
        manager = present("manager")
        early = call_meeting(held_at=datetime(2026, 12, 7, 14, tzinfo=TOKYO), mode=MeetingMode.ONLINE, actor=manager)
        with pytest.raises(BoardRefused, match="before_earliest"):
            put_on_agenda(item, early, actor=manager)
        on_the_day = call_meeting(
            held_at=datetime(2026, 12, 8, 14, tzinfo=TOKYO), mode=MeetingMode.ONLINE, actor=manager
        )
        put_on_agenda(item, on_the_day, actor=manager)
        keep()
        clock.move(to=datetime(2026, 12, 8, 14, 5, tzinfo=TOKYO))
        with pytest.raises(BoardRefused, match="still_explaining"):
            open_vote(item, actor=manager)
        submit_explanation(item, text=WORDS, wants_to_attend=True, actor=present("alpha_representative"))
        open_vote(item, actor=manager)
        assert item.state == "voting"


def test_silence_is_recorded_by_the_clock_once_and_only_after_the_time(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = in_hearing()
        clock.move(to=item.explanation_due_at)
        assert record_silences() == 0
        clock.move(to=item.explanation_due_at + timedelta(seconds=1))
        assert [record_silences(), record_silences()] == [1, 0]
        keep()
        assert (item.state, item.silence_recorded_at) == ("ready", now())
        assert running_clock(item.id, ClockKind.EXPLANATION) is None, "nobody waits for it any more"
        recorded = db().scalars(select(AuditRecord).where(AuditRecord.name == "file.silence_recorded")).all()
        assert len(recorded) == 1
        assert recorded[0].actor_role == "system"


def test_who_explained_is_not_called_silent(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = in_hearing()
        submit_explanation(item, text=WORDS, wants_to_attend=False, actor=present("alpha_officer"))
        keep()
        clock.move(to=item.explanation_due_at + timedelta(days=1))
        assert record_silences() == 0
        assert item.silence_recorded_at is None


def test_a_vote_finds_silence_that_no_sweep_recorded(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = in_hearing()
        clock.move(to=item.explanation_due_at - timedelta(days=1))
        meeting = on_agenda(item, clock)
        clock.move(to=meeting.held_at)
        open_vote(item, actor=present("head"))
        assert item.silence_recorded_at == now()


def test_the_vote_waits_for_the_meeting(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = ready(clock)
        with pytest.raises(BoardRefused, match="no_meeting"):
            open_vote(item, actor=present("manager"))
        on_agenda(item, clock)
        with pytest.raises(BoardRefused, match="not_begun"):
            open_vote(item, actor=present("manager"))


def test_the_packet_holds_no_story_no_identity_and_no_date_finer_than_a_month(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = ready(clock)
        on_agenda(item, clock)
        made = packet(item)
        text = json.dumps(made, ensure_ascii=False)
        assert not re.search(r"\d{4}-\d{2}-\d{2}|\d{1,2}月\d{1,2}日|\d{2}:\d{2}", text)
        for words in (MATTER, "X7", "名前・", "@kikite.example"):
            assert words not in text
        numbers = db().scalars(select(FormalRequest.number)).all()
        assert not [number for number in numbers if number in text]
        assert not re.search(r"[0-9a-f]{16}", text)
        assert made["by_step"] == {"E1": 1, "E2": 1, "E3": 1}
        assert made["grounds"] == GROUNDS
        assert made["silence"]
        assert {request["month"] for request in made["requests"]} == {"2026-07", "2026-08", "2026-09"}


def test_an_explanation_after_the_packet_is_in_it_when_the_vote_opens(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = in_hearing()
        clock.move(to=item.explanation_due_at - timedelta(days=2))
        meeting = on_agenda(item, clock)
        assert packet(item)["explanations"] == []
        submit_explanation(item, text=WORDS, wants_to_attend=True, actor=present("alpha_officer"))
        keep()
        clock.move(to=meeting.held_at)
        open_vote(item, actor=present("manager"))
        assert [one["text"] for one in packet(item)["explanations"]] == [WORDS]


def test_reasons_reach_the_directors_and_the_company(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = voting(clock)
        all_vote(item, BoardOption.WARNING)
        resolution = record_resolution(item, reasons="次は応じてください。", actor=present("manager"))
        keep()
        assert packet(item)["reasons"] == "次は応じてください。"
        assert present("alpha_representative").held.opens(db().get_one(Compartment, resolution.compartment_id))
        assert not present("beta_representative").held.opens(db().get_one(Compartment, resolution.compartment_id))


def test_the_letter_says_the_same_after_a_request_was_met_late_or_annulled(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = in_hearing()
        before = unmet_requests(item, item.notice_served_at)
        assert [one.step.value for one in before] == ["E1", "E2", "E3"]
        clock.move(to=now() + timedelta(days=1))
        request = db().scalars(select(FormalRequest)).first()
        request.state, request.unmet_at, request.void_at = RequestState.VOID, None, now()
        request.void_reason = "wrong_facts"
        keep()
        assert unmet_requests(item, item.notice_served_at) == before


def test_a_notice_goes_to_the_representative_and_the_officer_without_saying_what(app: Flask) -> None:
    with app.app_context():
        item = proposed()
        before = set(db().scalars(select(OutboxMessage.id)))
        serve_notice(item, actor=present("head"))
        keep()
        told = [mail for mail in db().scalars(select(OutboxMessage)) if mail.id not in before]
        assert {mail.kind for mail in told} == {"letter"}
        assert {mail.person_id for mail in told} == {person("alpha_representative").id, person("alpha_officer").id}


@pytest.mark.parametrize("key", ["counselor", "manager", "chair", "auditor", "alpha_representative"])
def test_only_the_head_proposes(app: Flask, key: str) -> None:
    with app.app_context():
        file = unmet_file()
        keep()
        with pytest.raises(OutOfReach):
            open_item(file, grounds=GROUNDS, actor=present(key))
        db().rollback()
        assert file.state is FileState.IMPROVEMENT


def test_a_file_is_before_the_board_once(app: Flask) -> None:
    with app.app_context():
        item = proposed()
        with pytest.raises(NotAllowedNow):
            open_item(file_of(item), grounds=GROUNDS, actor=present("head"))


def test_nothing_is_voted_twice_or_after_the_count(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = voting(clock)
        all_vote(item, BoardOption.WARNING)
        with pytest.raises(BoardRefused, match="already_voted"):
            cast_vote(item, BoardOption.REVOKE, actor=present("chair"))
        record_resolution(item, reasons="理由", actor=present("manager"))
        keep()
        for act in (
            lambda: cast_vote(item, BoardOption.REVOKE, actor=present("chair")),
            lambda: record_resolution(item, reasons="もう一度", actor=present("head")),
            lambda: assemble_packet(item, actor=present("head")),
            lambda: submit_explanation(item, text=WORDS, wants_to_attend=False, actor=present("alpha_officer")),
        ):
            with pytest.raises(NotAllowedNow):
                act()


def test_suspension_is_not_offered_while_the_rules_do_not_have_it(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = voting(clock)
        with pytest.raises(ValueError, match="options of the day"):
            cast_vote(item, BoardOption.SUSPEND, actor=present("chair"))


def test_a_packet_that_is_made_anew_is_recorded_with_what_it_is_known_by(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = ready(clock)
        on_agenda(item, clock)
        assemble_packet(item, actor=present("head"))
        keep()
        made = select(AuditRecord).where(AuditRecord.name == "board.assemble_packet")
        entry = db().scalars(made).one()
        held = present("head").held.compartment_key(db().get_one(Compartment, item.compartment_id))
        packet = open_answers(item, "sealed_packet", key=held)
        assert json.loads(entry.facts) == {"board_item_id": item.id.hex, "packet_digest": digest_of(packet)}
        assert (entry.subject_kind, entry.subject_id) == ("company", file_of(item).company_id)
        assert entry.actor_id == present("head").id
        assert digest_of({**packet, "counted": packet["counted"] + 1}) != digest_of(packet)
