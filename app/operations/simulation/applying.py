"""Applications and renewals: a company pledges, the secretariat reviews, and a meeting of the board waits for it."""

from __future__ import annotations

import uuid
from datetime import datetime

from app.applications import actions
from app.applications.actions import begin as begin_application
from app.applications.queries import (
    IN_REVIEW,
    WRITABLE,
    may_begin_first,
    open_application,
    renewable,
    state_of,
)
from app.operations.demo.timeline import Story
from app.operations.simulation.town import COUNSELORS, Firm, Town, after, company_of, is_member, today
from app.pipeline.transaction import db
from models.certification_application import CertificationApplication
from models.rules.certification_lifecycle import ENDS, CertificationState
from models.rules.pledges import SHEETS, AnswerKind, Asked, Pledge, ReviewMark

RETURNED_FOR_CORRECTION = 0.12
FOUND_WANTING = Pledge.POLICY


def answers_to(pledge: Pledge) -> dict[str, str]:
    """A pledge as a company fills it in: every question of its sheet, by the kind of answer that it wants."""
    return {asked.question.code: _answer(asked) for asked in SHEETS[pledge].asks}


def _answer(asked: Asked) -> str:
    if asked.options is not None:
        return next(iter(asked.options)).code
    return {
        AnswerKind.DAY: today().isoformat(),
        AnswerKind.LINK: "https://simulated.example/policy",
        AnswerKind.MAIL: "officer@simulated.example",
    }.get(asked.kind, "模擬の回答です。")


def applies(town: Town, firm: Firm, at: datetime) -> Story:
    """A company that may apply does; whoever may not yet lets it be."""
    yield at
    if firm.company_id is None or not is_member(firm) or not may_begin_first(company_of(firm)):
        return
    application = begin_application(company_of(firm), actor=town.present(firm.representative))
    _file(town, firm, application)


def renews(town: Town, firm: Firm, at: datetime) -> Story:
    """A company files its renewal while the window is open."""
    yield at
    company = company_of(firm)
    application = open_application(firm.id)
    if application is None and renewable(company) is not None:
        application = begin_application(company, actor=town.present(firm.representative))
    if application is not None and state_of(application) is CertificationState.RENEWAL_OPEN and is_member(firm):
        _file(town, firm, application)


def _file(town: Town, firm: Firm, application: CertificationApplication) -> None:
    actor = town.present(firm.representative)
    for pledge in Pledge:
        actions.write_pledge(application, pledge, answers_to(pledge), agreed=True, actor=actor)
    actions.submit(application, actor=actor)
    town.tell(_is_reviewed(town, firm, application.id, after(1)))


def _is_reviewed(town: Town, firm: Firm, application_id: uuid.UUID, at: datetime) -> Story:
    yield at
    if not _take_up(town, application_id):
        return
    yield after(3)
    if firm.happens(RETURNED_FOR_CORRECTION):
        application = db().get_one(CertificationApplication, application_id)
        if state_of(application) not in IN_REVIEW:
            return
        desk = town.present(COUNSELORS[0])
        actions.review_pledge(
            application, FOUND_WANTING, ReviewMark.NOT_MET, "公表されたページが見つかりません。", actor=desk
        )
        actions.return_for_correction(application, actor=desk)
        yield after(firm.chance.randrange(3, 15))
        application = db().get_one(CertificationApplication, application_id)
        if state_of(application) not in WRITABLE or not is_member(firm):
            return
        company = town.present(firm.representative)
        actions.write_pledge(application, FOUND_WANTING, answers_to(FOUND_WANTING), agreed=True, actor=company)
        actions.submit(application, actor=company)
        yield after(2)
        if not _take_up(town, application_id):
            return
    application = db().get_one(CertificationApplication, application_id)
    if state_of(application) in IN_REVIEW:
        reviewer = town.present(COUNSELORS[0])
        for pledge in Pledge:
            actions.review_pledge(application, pledge, ReviewMark.MET, "", actor=reviewer)
        town.ready.append(application_id)


def _take_up(town: Town, application_id: uuid.UUID) -> bool:
    """Begin the review of a first application; a renewal is under review from its filing on."""
    application = db().get_one(CertificationApplication, application_id)
    if state_of(application) is CertificationState.SUBMITTED:
        actions.begin_review(application, actor=town.present(COUNSELORS[0]))
    return state_of(application) in IN_REVIEW


def is_over(application: CertificationApplication) -> bool:
    """Whether its certification ended in another way meanwhile."""
    return application.ended_at is not None or state_of(application) in ENDS
