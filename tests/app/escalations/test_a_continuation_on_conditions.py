"""The board lets a company continue on conditions: what it still owes is asked for as an improvement, by the head."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.pipeline.clock import FixedClock
from app.resolutions.actions import record_resolution, record_silences, serve_notice
from models.rules.board import BoardOption
from models.rules.certification_lifecycle import CertificationState
from models.rules.company_file_lifecycle import FileState
from models.rules.escalation_ladder import Step
from models.rules.taxonomy.severity import Severity
from tests.app.applications.test_applications import certification
from tests.support.board import all_vote, begin_vote
from tests.support.ladder import file_of, issued, proposed, silent_through, swept
from tests.support.present import present
from tests.support.road import done, routed


def test_what_a_company_still_owes_after_a_continuation_on_conditions_is_required_as_an_improvement(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        routed(severity=Severity.HIGH)
        item = proposed(silent_through(Step.E4))
        done(lambda: serve_notice(item, actor=present("head")))
        assert item.explanation_due_at is not None
        clock.move(to=item.explanation_due_at + timedelta(minutes=1))
        done(record_silences)
        done(lambda: begin_vote(item, clock))
        done(lambda: all_vote(item, BoardOption.CONDITIONAL))
        done(lambda: record_resolution(item, reasons="改善の状況を見て判断します。", actor=present("head")))
        assert certification(app, "alpha").state is CertificationState.CERTIFIED
        swept()
        file = file_of()
        assert (file.state, file.next_step) == (FileState.CALM, Step.E3.code), "nothing could ever follow"
        issued(file)
        assert file_of().state is FileState.IMPROVEMENT
