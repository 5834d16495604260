"""What takes two persons on the ladder: to take a request out of the count, and to propose on a grave ground."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from app.escalations.queries.history import history_of_steps, is_before_the_board, moment_of
from app.escalations.queries.inherited import last_request_followed
from app.joint_acts.queries import Described, approved_act, describes, doer_of, open_act
from app.pipeline.audit import Subject
from app.pipeline.clock import today
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.presentation.filters import label
from models.company import Company
from models.company_file import CompanyFile
from models.formal_request import FormalRequest
from models.joint_act import JointAct
from models.rules.company_file_lifecycle import FILE_LIFECYCLE, FileAct
from models.rules.decision import Decision, refused
from models.rules.escalation_ladder import Ground, ProposalRefusal, ladder_policy_at, may_propose
from models.rules.joint_acts import JointKind
from models.rules.request_lifecycle import AnnulReason

TWO = 2
"""One has asked, and another has approved."""


def of_request(request: FormalRequest) -> Subject:
    """What is asked on the ladder is asked of one request: of the one that is to be annulled, or that stands last."""
    return Subject(FormalRequest.__tablename__, request.id)


def may_be_proposed(file: CompanyFile) -> Decision:
    """Whether the file may be put before the board now, and if not, why not. It allows, and does nothing by itself.

    Either the threshold is met, or two persons have agreed on a grave ground.
    """
    if is_before_the_board(file):
        return refused(ProposalRefusal.ALREADY_PROPOSED.code)
    if not FILE_LIFECYCLE.allows(file.state, FileAct.PROPOSE_TO_BOARD):
        return refused(ProposalRefusal.BELOW_THRESHOLD.code)
    decision = _decided(file)
    if decision or decision.reason != ProposalRefusal.BELOW_THRESHOLD.code:
        return decision
    act = approved_ground(file)
    return _decided(file, ground=Ground(str(act.code)), approvals=TWO) if act is not None else decision


def may_name_a_ground(file: CompanyFile) -> bool:
    """Whether a grave ground would open the way to the board now, which the threshold does not."""
    if is_before_the_board(file) or not FILE_LIFECYCLE.allows(file.state, FileAct.PROPOSE_TO_BOARD):
        return False
    return not _decided(file) and bool(_decided(file, ground=Ground.RETALIATION, approvals=TWO))


def ground_asked(file: CompanyFile) -> JointAct | None:
    """The grave ground that was named for the request that stands last, asked or approved."""
    last = last_request_followed(file)
    return open_act(JointKind.GRAVE_GROUND, last.id) if last is not None else None


def approved_ground(file: CompanyFile) -> JointAct | None:
    """The grave ground on which two persons have agreed, while their agreement holds."""
    last = last_request_followed(file)
    return approved_act(JointKind.GRAVE_GROUND, subject=of_request(last)) if last is not None else None


def is_mine_to_propose(file: CompanyFile, actor: Actor) -> bool:
    """Whether a proposal is this person's to make: one by a grave ground alone is for the one who approved it."""
    return bool(_decided(file)) or (found := approved_ground(file)) is None or doer_of(found) == actor.id


def annulment_asked(request: FormalRequest) -> JointAct | None:
    """That somebody has asked to take this request out of the count."""
    return open_act(JointKind.LADDER_RESET, request.id)


def _decided(file: CompanyFile, *, ground: Ground | None = None, approvals: int = 0) -> Decision:
    at = moment_of(file)
    policy = ladder_policy_at(at)
    return may_propose(history_of_steps(file), now=at, policy=policy, grave_ground=ground, approvals=approvals)


@describes(JointKind.LADDER_RESET)
def _annulment(act: JointAct) -> Described:
    request = db().get_one(FormalRequest, act.subject_id)
    words = _("%(number)s(%(why)s)", number=request.number or "―", why=label(AnnulReason(str(act.code))))
    return Described(_with_company(request, words), lambda: url_for("escalations.letter", number=request.number))


@describes(JointKind.GRAVE_GROUND)
def _grave_ground(act: JointAct) -> Described:
    request = db().get_one(FormalRequest, act.subject_id)
    file = db().get_one(CompanyFile, request.company_file_id)
    words = _("%(number)s(%(why)s)", number=file.number, why=label(Ground(str(act.code))))
    return Described(_with_company(request, words), lambda: url_for("escalations.proposal", number=file.number))


def _with_company(request: FormalRequest, words: str) -> str:
    company = db().get_one(Company, db().get_one(CompanyFile, request.company_file_id).company_id)
    return f"{company.name_on(today()).name} {words}"
