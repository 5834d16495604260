"""回復通知書 over the whole road back: revoked, in effect, taken up again, rescinded, and told in its own letter."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.certifications.queries import certification_of
from app.companies.actions import end_membership
from app.letters.queries import file_of_letter, letter_numbered
from app.pipeline.clock import FixedClock, today
from app.pipeline.transaction import begin_writing, db
from app.resolutions.actions import notify, re_examine, record_resolution, take_due_effects
from models.board_item import BoardItem
from models.issued_letter import IssuedLetter
from models.resolution import Resolution
from models.rules.board import BoardOption
from models.rules.certification_lifecycle import CertificationState
from models.rules.letters import LetterKind
from tests.support import road
from tests.support.board import all_vote, begin_vote, keep, voting
from tests.support.present import company, present


def told_of(resolution: Resolution) -> IssuedLetter:
    notify(resolution, actor=present("manager"))
    keep()
    letter = letter_numbered(resolution.notice_number)
    assert letter is not None
    return letter


def decided(item: BoardItem, option: BoardOption) -> Resolution:
    all_vote(item, option)
    resolution = record_resolution(item, reasons="新しい事実が認められたため。", actor=present("manager"))
    keep()
    return resolution


def taken_up_again(item: BoardItem, clock: FixedClock) -> BoardItem:
    begin_writing()
    again = db().get_one(BoardItem, item.id)
    return begin_vote(re_examine(again, grounds="新しい事実", actor=present("head")), clock)


def test_a_company_whose_revocation_was_in_effect_is_told_of_its_return_in_a_notice_of_reinstatement(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        item = voting(clock)
        revocation = decided(item, BoardOption.REVOKE)
        assert told_of(revocation).kind is LetterKind.REVOCATION
        assert revocation.effect_at is not None
        clock.move(to=revocation.effect_at + timedelta(days=2))
        road.done(take_due_effects)
        rescinded = decided(taken_up_again(item, clock), BoardOption.WARNING)
        letter = told_of(rescinded)
        assert letter.kind is LetterKind.REINSTATEMENT
        certification = certification_of(company("alpha").id)
        assert certification is not None
        assert certification.state is CertificationState.REINSTATED
        assert file_of_letter(letter, actor=present("head")).startswith(b"%PDF")


def test_who_had_left_meanwhile_is_told_of_the_decision_and_of_no_return(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item = voting(clock)
        effect_at = decided(item, BoardOption.REVOKE).effect_at
        assert effect_at is not None
        left_on = today() - timedelta(days=1)
        road.done(lambda: end_membership(company("alpha"), left_on=left_on, actor=present("manager")))
        clock.move(to=effect_at + timedelta(days=2))
        road.done(take_due_effects)
        assert told_of(decided(taken_up_again(item, clock), BoardOption.WARNING)).kind is LetterKind.DECISION
