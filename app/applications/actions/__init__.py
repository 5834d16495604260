"""What is done with an application: it is begun, written, submitted, reviewed, put before the board and decided."""

from __future__ import annotations

from app.applications.actions.deciding import decide
from app.applications.actions.filing import (
    begin,
    due_renewals,
    end_with_the_company,
    open_renewals,
    submit,
    take_back,
    write_pledge,
)
from app.applications.actions.reviewing import begin_review, put_before_board, return_for_correction, review_pledge
from app.applications.actions.steps import ApplicationRefused, Incomplete

__all__ = [
    "ApplicationRefused",
    "Incomplete",
    "begin",
    "begin_review",
    "decide",
    "due_renewals",
    "end_with_the_company",
    "open_renewals",
    "put_before_board",
    "return_for_correction",
    "review_pledge",
    "submit",
    "take_back",
    "write_pledge",
]
