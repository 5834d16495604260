"""A formal request as the letter that leaves: whom it addresses, until when, and on which pledge it rests."""

from __future__ import annotations

from collections.abc import Sequence

from app.clocks.queries import clocks_of
from app.custody.queries import compartment_of_file
from app.escalations.letter import CLOCKS_OF_STEP
from app.escalations.queries.letters import matters_of
from app.letters.actions import issue_letter
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.rulebook.queries import deadlines_at
from crypto import CannotOpen
from models.company import Company
from models.company_file import CompanyFile
from models.formal_request import FormalRequest
from models.rules.company_duties import OF_THE_COMPANY, Duty
from models.rules.deadlines import ClockKind
from models.rules.escalation_ladder import Addressee, Step
from models.rules.letters import KIND_OF_STEP, Placeholder, due_in_letter
from models.rules.people import CompartmentKind, Role
from models.rules.pledges import Pledge
from models.rules.working_days import in_japan

WHAT_IS_DUE = {ClockKind.REQUEST_E3: "計画", ClockKind.REQUEST_E3_PROOF: "実施したことの証明"}


def issue_as_letter(request: FormalRequest, *, text: str, posts: Sequence[Addressee], actor: Actor) -> None:
    """Keep the letter of a request that has its number, and the digest of its file in the record."""
    file = db().get_one(CompanyFile, request.company_file_id)
    compartment = compartment_of_file(file, CompartmentKind.COMPANY_FILE)
    if compartment is None or request.number is None:
        raise CannotOpen
    step = Step(request.step)
    issue_letter(
        KIND_OF_STEP[step],
        number=request.number,
        company=db().get_one(Company, file.company_id),
        to=[f"{'・'.join(post.ja for post in posts)} 様"],
        sender=["事務局 管理者" if actor.role is Role.MANAGER else actor.role.ja],
        values={
            Placeholder.MATTER: text,
            Placeholder.TERM: _term(request, step),
            Placeholder.GROUND: "、".join(f"誓約事項{one.number}「{one.ja}」" for one in pledges_of(request, step)),
        },
        actor=actor,
        compartment=compartment,
    )


def pledges_of(request: FormalRequest, step: Step) -> tuple[Pledge, ...]:
    """The pledges that a request rests on; the last one before the board names what may follow."""
    duties = {matter.duty for matter, _exchange in matters_of(request)}
    found = {
        # The yearly look at oneself belongs to the first pledge.
        Pledge.GUIDELINE: Duty.CONFIRMATION in duties,
        Pledge.OFFICER: Duty.VACANCY in duties,
        Pledge.REPORT: bool(duties - OF_THE_COMPANY),
        Pledge.SURVEY: Duty.SURVEY in duties,
        Pledge.REVOCATION: step is Step.E4,
    }
    return tuple(pledge for pledge, holds in found.items() if holds)


def _term(request: FormalRequest, step: Step) -> str:
    due = {clock.kind: clock.due_at for clock in clocks_of(request.id)}
    lines = []
    for kind in CLOCKS_OF_STEP[step]:
        days = f"この文書が届いた日の翌営業日から数えて{deadlines_at(now()).term(kind).amount}営業日以内"
        until = due.get(kind)
        if until is not None:
            days = f"{due_in_letter(in_japan(until))}まで({days})"
        what = WHAT_IS_DUE.get(kind)
        lines.append(f"{what}は、{days}" if what else days)
    return "。".join(lines)
