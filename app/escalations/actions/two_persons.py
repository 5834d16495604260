"""What nobody does alone: to take a request out of the count, and to name a ground that leads to the board at once."""

from __future__ import annotations

from app.escalations.queries.files import file_of_company
from app.escalations.queries.inherited import last_request_followed
from app.escalations.queries.two_persons import may_name_a_ground, of_request
from app.joint_acts.actions import ask_for
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.audit import of_company_file
from app.pipeline.identity import Actor
from app.pipeline.standing import must_be_allowed, towards_company
from app.pipeline.transaction import db
from models.company_file import CompanyFile
from models.formal_request import FormalRequest
from models.joint_act import JointAct
from models.rules.escalation_ladder import GRAVE_GROUNDS, Ground, Step
from models.rules.joint_acts import JointKind
from models.rules.permissions import Permission
from models.rules.request_lifecycle import AnnulReason, RequestAct, request_lifecycle


def ask_to_annul(request: FormalRequest, *, reason: AnnulReason, because: str, actor: Actor) -> JointAct:
    """Ask that a request be taken out of the count. Nothing changes until another person has approved it.

    Raises JointRefused when the same was asked already.
    """
    file = db().get_one(CompanyFile, request.company_file_id)
    must_be_allowed(Permission.ESCALATION_CONCLUDE, actor=actor, standing=towards_company(actor, file.company_id))
    if not request_lifecycle(Step(request.step)).allows(request.state, RequestAct.ANNUL):
        raise ChangedMeanwhile(of_company_file(file))
    return ask_for(JointKind.LADDER_RESET, subject=of_request(request), reason=because, code=reason.value, actor=actor)


def name_grave_ground(file: CompanyFile, *, ground: Ground, because: str, actor: Actor) -> JointAct:
    """Name a grave ground for which the file may go before the board from E3 on, once another person agrees.

    Raises JointRefused when one was named already.
    """
    must_be_allowed(Permission.ESCALATION_CONCLUDE, actor=actor, standing=towards_company(actor, file.company_id))
    last = last_request_followed(file)
    if ground not in GRAVE_GROUNDS:
        raise ValueError(f"{ground.value} is no grave ground")
    if last is None or file_of_company(file.company_id) is not file or not may_name_a_ground(file):
        raise ChangedMeanwhile(of_company_file(file))
    return ask_for(JointKind.GRAVE_GROUND, subject=of_request(last), reason=because, code=ground.value, actor=actor)
