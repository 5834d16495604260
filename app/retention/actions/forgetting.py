"""The rows of what was erased go as models/rules/erasure.py says, table by table; the coded skeleton is left."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Executable, Table, and_, delete, or_, select, update

from app.attachments.actions import erase_files
from app.pipeline.transaction import db
from models.case import Case
from models.case_facet import CaseFacet
from models.case_link import CaseLink
from models.compartment import Compartment
from models.compartment_grant import CompartmentGrant
from models.exchange import Exchange
from models.receipt import Receipt
from models.recovery_answers import RecoveryAnswers
from models.registry import metadata
from models.rules.erasure import KEPT_FACETS, LEAVINGS, ErasedPart, Fate, Leaving
from models.rules.people import CompartmentKind
from models.statement import Statement
from models.waiting_grant import WaitingGrant

OF_A_NAME = (Statement, RecoveryAnswers, CompartmentGrant, WaitingGrant)
Ids = Sequence[uuid.UUID]


def kinds_of(case: Case, part: ErasedPart) -> str:
    """Which kinds of compartments this part of a case has."""
    kinds = select(Compartment.kind).where(*_of_part(case, part)).distinct()
    return "+".join(sorted(kind.value for kind in db().scalars(kinds))) or "none"


def forget_rows(case: Case, part: ErasedPart) -> int:
    """Take away what held the words; returns how many rows went."""
    if part is ErasedPart.IDENTITY:
        return _forget_name(case)
    # Their bytes are put on the list of what is removed from the store, before the rows that name them go.
    erase_files(case)
    db().flush()
    found_by = _ids_by_column(case)
    rows = 0
    for table in metadata.sorted_tables:
        leaving = LEAVINGS.get(table.name)
        if leaving is None or not (leaving.emptied or leaving.fate is Fate.GOES):
            continue
        which = _rows_of(table, leaving, found_by)
        if leaving.emptied:
            _execute(update(table).where(which).values(**_empty(table, leaving)))
        else:
            rows += _execute(delete(table).where(which))
    # What was read before is no longer so.
    db().expire_all()
    return rows


def _forget_name(case: Case) -> int:
    ids = list(db().scalars(select(Compartment.id).where(*_of_part(case, ErasedPart.IDENTITY))))
    rows = sum(_execute(delete(table).where(table.compartment_id.in_(ids))) for table in OF_A_NAME)
    rows += _execute(delete(Compartment).where(Compartment.id.in_(ids)))
    db().expire_all()
    return rows


def _of_part(case: Case, part: ErasedPart) -> list[ColumnElement[bool]]:
    of_case = [Compartment.case_id == case.id]
    return of_case if part is ErasedPart.CONTENT else [*of_case, Compartment.kind == CompartmentKind.IDENTITY]


def _ids_by_column(case: Case) -> dict[str, Ids]:
    """What the rows are found by: all of it is read before the first of it goes."""
    return {
        "id": [case.id],
        "case_id": [case.id],
        "exchange_id": list(db().scalars(select(Exchange.id).where(Exchange.case_id == case.id))),
        "compartment_id": list(db().scalars(select(Compartment.id).where(Compartment.case_id == case.id))),
        "receipt_id": list(db().scalars(select(Receipt.id).where(Receipt.case_id == case.id))),
    }


def _rows_of(table: Table, leaving: Leaving, found_by: dict[str, Ids]) -> ColumnElement[bool]:
    which = table.c[leaving.by].in_(found_by[leaving.by])
    if table.name == CaseLink.__tablename__:
        return or_(which, table.c.other_case_id.in_(found_by["case_id"]))
    if table.name == CaseFacet.__tablename__:
        return and_(which, table.c.field.not_in(KEPT_FACETS))
    return which


def _empty(table: Table, leaving: Leaving) -> dict[str, Any]:
    """Nothing, or no byte where the column must hold some."""
    return {name: None if table.c[name].nullable else b"" for name in leaving.emptied}


def _execute(statement: Executable) -> int:
    return cast(CursorResult[Any], db().execute(statement, execution_options={"synchronize_session": False})).rowcount
