"""Which states and rows of the lifecycle cases have come through, told again from their records alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import select

from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.rules.case_lifecycle import CASE_LIFECYCLE, CaseAct, CaseState
from models.rules.lifecycle import Row

Way = Row[CaseState, CaseAct]


def ways_of(case: Case) -> list[Way]:
    """The rows that a case went, in their order. Fails where its record does not lead to where it is."""
    ways: list[Way] = []
    state = CaseState.RECEIVED
    names = select(AuditRecord.name).where(AuditRecord.subject_kind == "case", AuditRecord.subject_id == case.id)
    for name in db().scalars(names.order_by(AuditRecord.number)):
        row = next((row for row in CASE_LIFECYCLE.acts_from(state) if row.event == name), None)
        if row is not None:
            ways.append(row)
            state = row.makes
    assert state is case.state, "the record tells where the case is"
    return ways


class Coverage:
    """How often each row was gone in all walks of a run."""

    def __init__(self) -> None:
        self.gone: Counter[tuple[CaseState, CaseAct]] = Counter()
        self.states = {CaseState.RECEIVED}

    def add(self, ways: Iterable[Way]) -> None:
        for row in ways:
            self.gone[row.while_in, row.act] += 1
            self.states |= {row.makes}

    def in_words(self) -> str:
        """How much of the table was gone, and what of it was not."""
        rows = [(row.while_in, row.act) for row in CASE_LIFECYCLE]
        missed = sorted(state.code for state in set(CaseState) - self.states)
        not_gone = sorted(f"{state.code} {act.code}" for state, act in rows if not self.gone[state, act])
        return (
            f"walks: {len(self.states)} of {len(CaseState)} states, {len(rows) - len(not_gone)} of {len(rows)} rows, "
            f"{self.gone.total()} acts\nstates not reached: {missed}\nrows not gone: {not_gone}"
        )
