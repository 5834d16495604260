"""What the board decides, what it does not, and when a revocation holds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.certifications.queries import certification_of, publication_about, stop_use_tasks
from app.clocks.queries import running_clocks
from app.pipeline.clock import FixedClock, now
from app.pipeline.transaction import db
from app.resolutions.actions import re_examine, record_resolution, take_due_effects
from app.resolutions.queries import file_of, item_after_this, resolution_of
from models.audit_record import AuditRecord
from models.certification_status import CertificationStatus
from models.outbox_message import OutboxMessage
from models.resolution import Resolution
from models.rules.board import BoardOption, BoardRefused, ImmediateReason, MeetingMode
from models.rules.certification_lifecycle import CertificationState
from models.rules.company_file_lifecycle import FileState
from models.rules.working_days import in_japan
from tests.support.board import all_vote, begin_vote, keep, vote, voting
from tests.support.present import company, present

REASONS = "再三の要請に応じなかったため。"


def revoked(clock: FixedClock, key: str = "alpha"):
    item = voting(clock, key)
    all_vote(item, BoardOption.REVOKE)
    resolution = record_resolution(item, reasons=REASONS, actor=present("manager"))
    keep()
    return item, resolution


def test_a_revocation_holds_from_the_day_after_the_time_to_object(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item, resolution = revoked(clock)
        effect = in_japan(resolution.effect_at)
        assert (effect.hour, effect.minute, effect.second) == (0, 0, 0)
        assert effect.date() == in_japan(now()).date() + timedelta(days=15)
        assert certification_of(company("alpha").id).state is CertificationState.REVOCATION_PROC
        assert take_due_effects() == 0
        clock.move(to=resolution.effect_at)
        assert take_due_effects() == 1
        keep()
        assert take_due_effects() == 0
        certification = certification_of(company("alpha").id)
        assert certification.state is CertificationState.REVOKED
        assert file_of(item).state is FileState.EFFECTIVE
        assert not file_of(item).is_open
        assert running_clocks(item.id) == []
        assert len(stop_use_tasks(certification)) == 5


def test_a_day_inside_the_time_to_object_needs_a_reason_for_haste(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = voting(clock)
        all_vote(item, BoardOption.REVOKE)
        soon = in_japan(now()).date() + timedelta(days=3)
        with pytest.raises(BoardRefused, match="effect_too_early"):
            record_resolution(item, reasons=REASONS, effect_on=soon, actor=present("manager"))
        resolution = record_resolution(
            item,
            reasons=REASONS,
            effect_on=soon,
            immediate_because=ImmediateReason.CONTINUED_HARM,
            actor=present("manager"),
        )
        keep()
        assert in_japan(resolution.effect_at).date() == soon
        assert resolution.immediate_because == "continued_harm"


def test_a_tie_decides_nothing_and_the_matter_goes_on(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = voting(clock)
        vote(
            item,
            chair=BoardOption.REVOKE,
            director_two=BoardOption.REVOKE,
            director_three=BoardOption.WARNING,
            director_four=BoardOption.WARNING,
        )
        assert record_resolution(item, reasons=REASONS, actor=present("manager")) is None
        keep()
        assert item.state == "undecided"
        assert db().scalar(select(Resolution)) is None
        assert certification_of(company("alpha").id).state is CertificationState.REVOCATION_PROC
        assert file_of(item).state is FileState.HEARING
        following = item_after_this(item)
        begin_vote(following, clock)
        all_vote(following, BoardOption.WARNING)
        assert record_resolution(following, reasons=REASONS, actor=present("manager")) is not None
        keep()
        assert certification_of(company("alpha").id).state is CertificationState.CERTIFIED
        assert file_of(item).state is FileState.CALM


def test_without_a_quorum_there_is_no_decision(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = voting(clock)
        vote(item, chair=BoardOption.REVOKE, director_two=BoardOption.REVOKE)
        assert record_resolution(item, reasons=REASONS, actor=present("manager")) is None
        keep()
        ended = db().scalars(select(AuditRecord).where(AuditRecord.name == "board.end_undecided")).one()
        assert "no_quorum" in ended.facts


def test_abstaining_directors_make_a_quorum_and_no_majority(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = voting(clock)
        vote(item, chair=BoardOption.REVOKE, director_two=BoardOption.REVOKE)
        with pytest.raises(BoardRefused, match="count_is_wrong"):
            record_resolution(item, reasons=REASONS, present=5, actor=present("manager"))
        with pytest.raises(BoardRefused, match="count_is_wrong"):
            record_resolution(item, reasons=REASONS, present=1, actor=present("manager"))
        assert record_resolution(item, reasons=REASONS, present=4, actor=present("manager")) is None


def test_a_written_resolution_needs_everybody(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = voting(clock, mode=MeetingMode.WRITTEN)
        vote(item, chair=BoardOption.REVOKE, director_two=BoardOption.REVOKE, director_three=BoardOption.REVOKE)
        assert record_resolution(item, reasons=REASONS, actor=present("manager")) is None


def test_a_deferred_item_comes_back_as_a_new_one(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = voting(clock)
        all_vote(item, BoardOption.DEFER)
        resolution = record_resolution(item, reasons="事実の確認を続けます。", actor=present("manager"))
        keep()
        following = item_after_this(item)
        assert following.state == "ready"
        assert file_of(item).state is FileState.HEARING
        assert resolution.notified_at is None
        assert certification_of(company("alpha").id).state is CertificationState.REVOCATION_PROC


def test_late_compliance_is_shown_and_the_board_still_decides(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = voting(clock)
        file_of(item).complied_at = now()
        all_vote(item, BoardOption.REVOKE)
        assert record_resolution(item, reasons=REASONS, actor=present("manager")) is not None
        keep()
        assert item.late_compliance_at is not None


def test_a_reversal_returns_the_original_number_and_keeps_both_resolutions(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item, resolution = revoked(clock)
        number = certification_of(company("alpha").id).number
        clock.move(to=resolution.effect_at + timedelta(days=1))
        take_due_effects()
        keep()
        following = re_examine(item, grounds="新しい事実が分かりました。", actor=present("head"))
        keep()
        assert file_of(item).state is FileState.EFFECTIVE
        begin_vote(following, clock)
        all_vote(following, BoardOption.NO_ACTION)
        record_resolution(following, reasons="取消しを撤回します。", actor=present("head"))
        keep()
        certification = certification_of(company("alpha").id)
        assert (certification.state, certification.number) == (CertificationState.REINSTATED, number)
        assert publication_about(resolution.id).withdrawn_at is not None
        assert len(db().scalars(select(Resolution)).all()) == 2
        assert file_of(item).state is FileState.CALM
        assert file_of(item).is_open
        assert stop_use_tasks(certification) == ()


def test_a_revocation_can_be_upheld_when_it_is_looked_at_again(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item, resolution = revoked(clock)
        clock.move(to=resolution.effect_at + timedelta(days=1))
        take_due_effects()
        keep()
        following = begin_vote(re_examine(item, grounds="再検討", actor=present("head")), clock)
        all_vote(following, BoardOption.REVOKE)
        upheld = record_resolution(following, reasons="維持します。", actor=present("head"))
        keep()
        assert upheld.effect_at == resolution.effect_at
        assert certification_of(company("alpha").id).state is CertificationState.REVOKED
        assert publication_about(resolution.id).withdrawn_at is None


def test_a_re_examination_before_the_day_takes_the_revocation_off_the_calendar(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item, resolution = revoked(clock)
        following = re_examine(item, grounds="不服申立てを受けて", actor=present("head"))
        keep()
        assert (
            db().scalar(select(CertificationStatus).where(CertificationStatus.resolution_id == resolution.id)) is None
        )
        assert publication_about(resolution.id).withdrawn_at is not None
        clock.move(to=resolution.effect_at + timedelta(days=1))
        assert take_due_effects() == 0
        begin_vote(following, clock)
        all_vote(following, BoardOption.REVOKE)
        again = record_resolution(following, reasons=REASONS, actor=present("head"))
        keep()
        clock.move(to=again.effect_at)
        assert take_due_effects() == 1


def test_the_company_is_told_and_no_mail_says_what(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item, resolution = revoked(clock)
        assert resolution.notice_number is not None
        kinds = {mail.kind for mail in db().scalars(select(OutboxMessage))}
        assert {"letter", "board"} <= kinds
        assert resolution_of(item) is resolution


def test_two_sweeps_at_the_same_moment_revoke_once(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        _item, resolution = revoked(clock)
        clock.move(to=resolution.effect_at)
        assert [take_due_effects(), take_due_effects()] == [1, 0]
        keep()
        assert len(db().scalars(select(AuditRecord).where(AuditRecord.name == "certification.revoked")).all()) == 1


def test_an_explicit_day_is_kept(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = voting(clock)
        all_vote(item, BoardOption.REVOKE)
        resolution = record_resolution(item, reasons=REASONS, effect_on=date(2027, 3, 1), actor=present("head"))
        assert in_japan(resolution.effect_at).date() == date(2027, 3, 1)
