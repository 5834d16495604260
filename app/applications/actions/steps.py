"""What every act on an application does: move the certification, note it, tell who is concerned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.pipeline.acting import perform
from app.pipeline.audit import Fact, of_company, record
from app.pipeline.identity import Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import towards_company
from models.certification import Certification
from models.certification_application import CertificationApplication
from models.person import Person
from models.rules.approvals import ApprovalRefusal
from models.rules.certification_lifecycle import (
    CERTIFICATION_LIFECYCLE,
    CertificationAct,
)
from models.rules.mail_kinds import MailKind


class ApplicationRefused(Exception):
    """The step was refused for one of the reasons of the rules; nothing was done."""

    def __init__(self, refusal: ApprovalRefusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class Incomplete(Exception):
    """Something is still missing for this step: pledges to fill in, or to review."""


def person_of(actor: Actor) -> Person:
    if actor.person is None:
        raise TypeError("an application is handled by a person")
    return actor.person


def note_down(application: CertificationApplication, name: str, actor: Actor, facts: dict[str, str]) -> None:
    given: dict[str, Fact] = {"application_id": application.id.hex, **facts}
    record(of_company(application.company_id), name, actor=actor, facts=given)


def tell(
    people: Iterable[Person], application: CertificationApplication, actor: Actor, kind: MailKind = MailKind.UPDATE
) -> None:
    for person in people:
        queue_mail(person, kind, actor=actor, key=f"application:{application.id.hex}:{application.version}")


def act_on(
    certification: Certification, act: CertificationAct, actor: Actor, facts: Mapping[str, Fact] | None = None
) -> None:
    perform(
        CERTIFICATION_LIFECYCLE,
        certification,
        act,
        actor=actor,
        standing=towards_company(actor, certification.company_id),
        subject=of_company(certification.company_id),
        facts=facts,
    )
