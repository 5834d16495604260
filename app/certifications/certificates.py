"""The certificate: issued under a number of its own for a certification that is held, as often as a name changes."""

from __future__ import annotations

from app.letters.actions import issue_letter, next_number
from app.people.queries import name_of, serving
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.audit import of_company
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import must_be_allowed, towards_company
from app.pipeline.transaction import db
from models.certification import Certification
from models.company import Company
from models.issued_letter import IssuedLetter
from models.rules.certification_lifecycle import HELD, CertificationState
from models.rules.letters import LetterKind, Placeholder, day_in_letter
from models.rules.people import Role
from models.rules.permissions import Permission

SERIES = "KNS"


def may_be_issued(certification: Certification) -> bool:
    """Whether a certificate may be given: while it is held, and not while the board decides whether it is to end."""
    return certification.state in HELD and certification.state is not CertificationState.REVOCATION_PROC


def issue_certificate(certification: Certification, *, actor: Actor) -> IssuedLetter:
    """Issue the certificate in the company's name of today; those of before keep the name they were issued in."""
    standing = towards_company(actor, certification.company_id)
    must_be_allowed(Permission.CERTIFICATION_EFFECT, actor=actor, standing=standing)
    number, first, last = certification.number, certification.valid_from, certification.valid_to
    if not may_be_issued(certification) or number is None or first is None or last is None:
        raise ChangedMeanwhile(of_company(certification.company_id))
    chairs = [person for person in serving(now(), Role.DIRECTOR) if person.is_chair]
    return issue_letter(
        LetterKind.CERTIFICATE,
        number=next_number(SERIES),
        company=db().get_one(Company, certification.company_id),
        to=[],
        sender=[f"会長 {name_of(chairs[0]) if chairs else ''}".strip()],
        values={
            Placeholder.CERTIFIED: number,
            Placeholder.FIRST_DAY: day_in_letter(first),
            Placeholder.LAST_DAY: day_in_letter(last),
        },
        actor=actor,
        about=number,
    )
