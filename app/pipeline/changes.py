"""What somebody else did meanwhile, in words: the newest acts on a subject, without anybody's text."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from app.pipeline.audit import Subject
from app.pipeline.transaction import db
from app.presentation.filters import ja_datetime, label
from models.audit_record import AuditRecord
from models.rules.audit_events import LIFECYCLES
from models.rules.labelled import Labelled
from models.rules.people import Role

MOST = 5
ACT_OF_EVENT: dict[str, Labelled] = {row.event: row.act for lifecycle in LIFECYCLES for row in lifecycle}


def what_changed(subject: Subject, *, acts: int) -> list[str]:
    """One sentence for each of the newest acts, the newest last."""
    newest = db().scalars(
        select(AuditRecord)
        .where(
            AuditRecord.subject_kind == subject.kind,
            AuditRecord.subject_id == subject.id,
            AuditRecord.name.in_(ACT_OF_EVENT),
        )
        .order_by(AuditRecord.number.desc())
        .limit(min(acts, MOST))
    )
    return [
        _(
            "%(moment)s %(role)sが「%(act)s」を行いました。",
            moment=ja_datetime(entry.at),
            role=label(Role(entry.actor_role)),
            act=label(ACT_OF_EVENT[entry.name]),
        )
        for entry in reversed(newest.all())
    ]
