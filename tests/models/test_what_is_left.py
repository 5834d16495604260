"""Every table that reaches a case is said to go or to stay when its keys are destroyed; no row refers to a gone one."""

from __future__ import annotations

from models.registry import metadata
from models.rules.erasure import LEAVINGS, Fate
from models.rules.sealed_fields import SEALED_FIELDS

OTHER_SUBJECTS = {
    "advice_message", "approval", "board_item", "confirmed_pledge", "explanation", "formal_request", "issued_letter",
    "leak_sheet", "leak_telling", "pledge_entry", "pledge_evidence", "request_answer", "resolution",
}  # fmt: skip
"""These lie in compartments of a company's file, of advice, of a leak or of an application, and never of a case."""
REACHES = {"case", "exchange", "compartment", "receipt", "forwarded_copy", "message", "report", "retaliation_watch"}


def references() -> set[tuple[str, str, str]]:
    return {
        (table.name, key.parent.name, key.column.table.name)
        for table in metadata.sorted_tables
        for key in table.foreign_keys
    }


def test_every_table_that_reaches_a_case_is_named_and_none_that_is_not_there():
    reaching = {table for table, _column, to in references() if to in REACHES}
    assert reaching | {"case"} <= LEAVINGS.keys() | OTHER_SUBJECTS
    assert LEAVINGS.keys() <= metadata.tables.keys()


def test_no_row_that_stays_refers_to_one_that_goes():
    for table, column, to in references():
        leaving, its = LEAVINGS.get(table), LEAVINGS.get(to)
        if leaving is not None and its is not None and its.fate is Fate.GOES and to != "case_facet":
            assert leaving.fate is Fate.GOES or column in leaving.emptied, (table, column)


def test_no_sealed_column_of_a_case_stays_as_it_is():
    """What opens no more is not kept either, except where another list removes it."""
    for field in SEALED_FIELDS:
        leaving = LEAVINGS.get(field.table)
        if leaving is not None and field.name != "attachment.sealed_card":
            assert leaving.fate is Fate.GOES or field.column in leaving.emptied, field.name
