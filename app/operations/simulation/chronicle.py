"""What happened in a span of time, read from the record of acts alone and counted in the order of a company's life."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select

from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.company_file import CompanyFile

# One line of the print: its words, the event of the record, and the fact that tells it from others of its kind.
LINES: tuple[tuple[str, str, Mapping[str, object]], ...] = (
    ("joined", "company.register", {}),
    ("renamed", "company.rename", {}),
    ("left", "company.change_membership", {"is_member": False}),
    ("came back", "company.change_membership", {"is_member": True}),
    ("of another type", "company.change_member_type", {}),
    ("applied", "certification.submitted", {}),
    ("returned for correction", "certification.returned", {}),
    ("pre-certified", "certification.entered", {}),
    ("certified", "certification.certified", {}),
    ("not approved", "certification.rejected", {}),
    ("renewal opened", "certification.renewal_opened", {}),
    ("renewal filed", "certification.renewal_filed", {}),
    ("renewed", "certification.renewed", {}),
    ("expired", "certification.expired", {}),
    ("lapsed with membership", "certification.lapsed", {}),
    ("given back", "certification.withdrawn", {}),
    ("absorbed, both certified", "succession.took_effect", {"merger_case": "certified_by_certified"}),
    ("absorbed by a certified one", "succession.took_effect", {"merger_case": "other_by_certified"}),
    ("certified, absorbed by another", "succession.took_effect", {"merger_case": "certified_by_other"}),
    ("absorbed, neither certified", "succession.took_effect", {"merger_case": "other_by_other"}),
    ("splits", "succession.took_effect", {"merger_case": "split"}),
    ("businesses transferred", "succession.took_effect", {"merger_case": "transfer"}),
    ("successions taken back", "succession.cancelled", {}),
    ("places handed over", "site.go_over", {}),
    ("certifications ended by it", "certification.transferred", {}),
    ("handed over", "succession.handed_over", {}),
    ("officers who came", "person.register", {"role": "officer"}),
    ("directors who came", "person.register", {"role": "director"}),
    ("people who went", "person.end", {}),
    ("confirmations asked for", "confirmation.ask", {}),
    ("pledges confirmed", "confirmation.say", {}),
    ("consultations", "case.submit", {}),
    ("forwarded", "exchange.deliver", {}),
    ("reports", "case.report_submitted", {}),
    ("reminders (E0)", "reminder.issue", {}),
    ("files opened", "", {}),
    ("requests E1", "request.issued", {"step": "E1"}),
    ("requests E2", "request.issued", {"step": "E2"}),
    ("requests E3", "request.issued", {"step": "E3"}),
    ("requests E4", "request.issued", {"step": "E4"}),
    ("met in time", "request.fulfilled", {}),
    ("unmet", "request.unmet", {}),
    ("met late", "request.fulfilled_late", {}),
    ("annulled", "request.annulled", {}),
    ("complied, file ended", "file.complied", {}),
    ("frozen", "file.frozen", {}),
    ("taken up again", "file.thawed", {}),
    ("put to the board (E5)", "file.proposed", {}),
    ("notices of hearing (E6)", "file.hearing_notice_served", {}),
    ("explained (E7)", "file.explanation_given", {}),
    ("silence recorded (E7)", "file.silence_recorded", {}),
    ("directors excluded", "board.recuse", {}),
    ("decided: revocation (E8)", "file.decided", {"option": "revoke"}),
    ("decided: warning", "file.decided", {"option": "warning"}),
    ("decided: conditional", "file.decided", {"option": "conditional"}),
    ("decided: no action", "file.decided", {"option": "no_action"}),
    ("decided: deferred", "file.decided", {"option": "defer"}),
    ("nothing decided", "board.end_undecided", {}),
    ("objections (E9)", "file.objection_raised", {}),
    ("revoked (E10)", "certification.revoked", {}),
    ("reversed", "file.rescinded", {}),
    ("reinstated", "certification.reinstated", {}),
    ("letters", "letter.issue", {}),
)
FILES_OPENED = "files opened"
_EVENTS = frozenset(event for _words, event, _facts in LINES if event)


def counted(since: datetime, until: datetime) -> Counter[str]:
    """How often each of the lines happened from one moment up to another."""
    found: Counter[str] = Counter()
    rows = db().execute(
        select(AuditRecord.name, AuditRecord.facts).where(
            AuditRecord.name.in_(_EVENTS), AuditRecord.at >= since, AuditRecord.at < until
        )
    )
    for name, facts in rows:
        given = json.loads(facts)
        for words, event, wanted in LINES:
            if event == name and all(given.get(key) == value for key, value in wanted.items()):
                found[words] += 1
    opened = select(func.count()).where(CompanyFile.opened_at >= since, CompanyFile.opened_at < until)
    found[FILES_OPENED] = db().scalar(opened) or 0
    return found


def in_columns(heads: list[str], counts: list[Counter[str]]) -> list[str]:
    """One line for each thing that happened at all, with a column for each year and one for all of them."""
    widest = max(len(words) for words, _event, _facts in LINES)
    lines = ["  ".join([" " * widest, *(f"{head:>10}" for head in [*heads, "all"])])]
    for words, _event, _facts in LINES:
        row = [count[words] for count in counts]
        if any(row):
            lines.append("  ".join([words.ljust(widest), *(f"{number:>10}" for number in [*row, sum(row)])]))
    return lines
