"""Cases of every state are erased, and every page still answers everybody as if nothing had ever been there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from app.operations.erasing import erase_due
from app.operations.sweep import sweep
from app.operations.verification import verify_all
from app.pipeline.clock import FixedClock
from app.pipeline.identity import THE_CLOCK
from app.pipeline.transaction import WatchedSession, db, transaction
from app.retention.actions import order_erasure
from crypto import new_receipt_secret, receipt_code
from models.case import Case
from models.incident_group import IncidentGroup
from models.rules.case_lifecycle import CaseState
from models.rules.erasure import ErasedPart, ErasureCause
from models.rules.retention import DataKind
from tests.app.test_authorisation_matrix import Matrix
from tests.conftest import STARTS_AT
from tests.support import road
from tests.support.installation import Installation
from tests.support.visitor import Visitor


@pytest.fixture(scope="module")
def walked(installation: Installation) -> Iterator[Matrix]:
    """The whole association of the authorisation matrix, with a closed case beside; a request changes nothing."""
    app = installation.fresh(FixedClock(STARTS_AT))
    with app.app_context():
        road.closed()
    made = Matrix(app)

    def undone(session: WatchedSession) -> None:
        session.flush()
        session.rollback()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(WatchedSession, "commit", undone)
        made.undo = patched  # type: ignore[attr-defined]
        yield made
    installation.let_go()


def answers(matrix: Matrix) -> dict[tuple[str, str, str], int]:
    """What each page answers each role that may have it."""
    found = {}
    for cell in matrix.cells():
        if cell.method == "GET" and cell.expected() == "reached":
            found[cell.endpoint, cell.address, cell.key] = matrix.ask("GET", cell.address, cell.key).status_code
    return found


def erase_all(app: Flask) -> None:
    """Every case there is, in whatever state it is."""
    with app.app_context():
        with transaction():
            for case in db().scalars(select(Case)).all():
                # However it ended: the act of closing has rules of its own, and is not what is looked at here.
                case.state = case.state if case.state is CaseState.CLOSED else CaseState.WITHDRAWN
                case.is_open, case.withdrawn_at = False, case.withdrawn_at or STARTS_AT
            for group in db().scalars(select(IncidentGroup)).all():
                group.is_gathering = False
        with transaction():
            for case in db().scalars(select(Case)).all():
                assert order_erasure(
                    case, ErasedPart.CONTENT, ErasureCause.TERM, rule=DataKind.CASE_CONTENT, actor=THE_CLOCK
                )
        assert erase_due() == len(db().scalars(select(Case)).all())


def test_every_page_of_every_role_answers_after_all_cases_are_erased(walked: Matrix) -> None:
    before = answers(walked)
    walked.undo.undo()  # type: ignore[attr-defined]
    erase_all(walked.app)
    after = answers(walked)
    assert after.keys() == before.keys()
    changed = {where: (before[where], status) for where, status in after.items() if before[where] != status}
    assert not {where: codes for where, codes in changed.items() if codes[1] not in {404, 410}}
    # What is about a case is gone; a list, a search, a count and a table are there as before.
    of_nothing = {rule.endpoint for rule, _asks in walked.rules() if not rule.arguments}
    assert not {where for where in changed if where[0] in of_nothing}
    assert len(changed) > 50
    the_clock_goes_on(walked)
    her_code_is_answered_as_one_that_never_was(walked)


def the_clock_goes_on(matrix: Matrix) -> None:
    came = sweep(matrix.app)
    assert (came.failed, came.failed_items) == ((), 0)
    with matrix.app.app_context():
        assert verify_all().ok


def her_code_is_answered_as_one_that_never_was(matrix: Matrix) -> None:
    with matrix.app.app_context():
        never_was = receipt_code(new_receipt_secret())
    said = []
    for code in (matrix.full.code, never_was):
        visitor = Visitor(matrix.app)
        visitor.get("/mailbox/enter")
        said.append(visitor.send({"receipt": code}).text.replace(code, ""))
    assert said[0] == said[1]
    assert matrix.ask("GET", "/mailbox", "hers").status_code == 302, "a session that was open is no longer"
