"""A company gives its certification back: the list, its file and the secretariat follow."""

from __future__ import annotations

from app.certifications.actions import withdraw_certification
from app.escalations.actions import freeze_file
from app.escalations.queries import file_of_company
from app.people.queries import serving
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.outbox import queue_mail
from models.certification import Certification
from models.rules.mail_kinds import MailKind
from models.rules.people import Role


def withdraw(certification: Certification, *, actor: Actor) -> None:
    """Withdraw at once (辞退). The ladder rests with the pledges, and a return to them finds the file as it was.

    A revocation that the board has decided is not kept back by it, see ``freeze_file``.
    """
    withdraw_certification(certification, actor=actor)
    file = file_of_company(certification.company_id)
    if file is not None:
        freeze_file(file, reason_code="withdrawn", actor=actor)
    for person in serving(now(), Role.MANAGER, Role.HEAD):
        queue_mail(person, MailKind.UPDATE, actor=actor, key=f"withdrawn:{certification.id.hex}")
