"""Making the report of a year: once, with what may be shown of it, and with the digest of its file in the record."""

from __future__ import annotations

import hashlib

from app.custody.actions import ASSOCIATION
from app.pipeline.audit import Fact, record, take_turn
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.ids import new_id
from app.pipeline.standing import must_be_allowed
from app.pipeline.transaction import db
from app.statistics.files import LANGUAGE_OF_THE_PAPER, set_report
from app.statistics.queries import Year
from app.statistics.report import content_of, made_report, read_report
from models.rules.letters import LAYOUT
from models.rules.people import Standing
from models.rules.permissions import Permission
from models.rules.working_days import in_japan
from models.yearly_report import YearlyReport


def make_report(year: Year, *, actor: Actor) -> YearlyReport | None:
    """Count a year that is over and keep its report; None where it has one already, which stays as it is."""
    must_be_allowed(Permission.STATISTICS_REPORT, actor=actor, standing=Standing.NONE)
    if actor.id is None:
        raise ValueError("a person makes a report, never the clock")
    take_turn(ASSOCIATION)
    if made_report(year) is not None:
        return None
    report = YearlyReport(
        id=new_id(),
        year=year.begins,
        content=content_of(year),
        made_at=now(),
        made_by_id=actor.id,
        layout=LAYOUT,
        file_digest=b"",
    )
    file = set_report(read_report(report, LANGUAGE_OF_THE_PAPER), day=in_japan(report.made_at).date())
    digest = hashlib.sha256(file)
    report.file_digest = digest.digest()
    db().add(report)
    facts: dict[str, Fact] = {"year": year.begins, "file_digest": digest.hexdigest()}
    record(ASSOCIATION, "statistics.report", actor=actor, facts=facts)
    return report
