"""What must hold on every day of a simulation, read from what is stored and by nothing that the actions use.

Each check asks the tables themselves and counts anew; only the public list is asked as the public asks it, because it
is the list that is looked over. A check gives what it found wrong, with the company's id where there is one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.operations.simulation.checks_of_board import (
    decided_files_wait_for_a_day,
    revocations_rest_on_resolution_and_notice,
    votes_counted_are_those_of_the_eligible,
)
from app.operations.simulation.checks_of_ladder import (
    counted_steps_lie_in_their_window,
    ladders_of_those_who_left_stand_still,
    rungs_follow_one_another,
    what_fell_due_was_marked,
)
from app.operations.simulation.checks_of_letters import each_letter_once
from app.operations.simulation.checks_of_lists import (
    certifications_belong_to_members,
    memberships_are_as_they_are_told,
    nobody_returns_before_the_waiting_time,
    terms_end_or_are_under_review,
    the_list_equals_the_status,
)


@dataclass(frozen=True)
class Violation:
    """One rule that does not hold: which, for which company, and what was found."""

    rule: str
    company: uuid.UUID | None
    what: str

    def __str__(self) -> str:
        of = f" (company {self.company})" if self.company else ""
        return f"{self.rule}{of}: {self.what}"


Found = Iterator[tuple[uuid.UUID | None, str]]
CHECKS: dict[str, Callable[[], Found]] = {
    "nothing is revoked without a resolution, and a notice served at least 14 days before": (
        revocations_rest_on_resolution_and_notice
    ),
    "only the votes of directors who may take part are counted": votes_counted_are_those_of_the_eligible,
    "what was decided ends a file, or waits for its day": decided_files_wait_for_a_day,
    "no counted request lies outside its 12 months, and none counts twice": counted_steps_lie_in_their_window,
    "each request follows an unmet one of the rung below": rungs_follow_one_another,
    "what fell due is met or unmet": what_fell_due_was_marked,
    "no ladder runs on for a company that left or whose file is frozen": ladders_of_those_who_left_stand_still,
    "each letter and number exists once, and its series has no gap": each_letter_once,
    "the public list equals the status of the day": the_list_equals_the_status,
    "only members hold a certification, and one at a time": certifications_belong_to_members,
    "no day is in two memberships, and each company stands as they say": memberships_are_as_they_are_told,
    "a term that is over has ended, or its renewal is under review": terms_end_or_are_under_review,
    "nobody is certified anew within the waiting time": nobody_returns_before_the_waiting_time,
}


def violations() -> list[Violation]:
    """Everything that does not hold at this moment; empty when all is well."""
    return [Violation(rule, company, what) for rule, check in CHECKS.items() for company, what in check()]
