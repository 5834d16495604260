"""How a company stands towards each pledge: each row of the table is reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from models.rules.company_file_lifecycle import FileState
from models.rules.pledge_confirmation import Keeping
from models.rules.pledge_standing import (
    STANDING,
    TONE,
    Forwarded,
    Kept,
    PledgeState,
    Post,
    StandingFacts,
    Survey,
    standing_of,
    told_to_a_company,
)
from models.rules.pledges import Pledge

P, S, K, F = Pledge, PledgeState, Keeping, FileState
TODAY = date(2026, 11, 24)
NOTHING = StandingFacts(TODAY)
SAID = replace(NOTHING, said_on=date(2026, 10, 9))
PAGE = replace(NOTHING, has_policy_page=True)


def says(pledge: Pledge, keeping: Keeping, facts: StandingFacts = SAID) -> StandingFacts:
    return replace(facts, keeping={pledge: keeping})


# fmt: off
CASES = [
    (P.GUIDELINE,   S.NOT_SAID,       NOTHING),
    (P.GUIDELINE,   S.SAID,           SAID),
    (P.GUIDELINE,   S.NEEDS_WORK,     says(P.GUIDELINE, K.NOT_KEPT)),
    (P.GUIDELINE,   S.OUTDATED,       replace(says(P.GUIDELINE, K.NOT_KEPT), confirmation_overdue=True)),
    (P.OFFICER,     S.VACANT,         NOTHING),
    (P.OFFICER,     S.DEPUTISED,      replace(NOTHING, post=Post(deputy=True))),
    (P.OFFICER,     S.UNVERIFIED,     replace(NOTHING, post=Post(registered=True, deputy=True))),
    (P.OFFICER,     S.ACTIVE,         replace(NOTHING, post=Post(registered=True, verified=True))),
    (P.POLICY,      S.NOT_KNOWN,      SAID),
    (P.POLICY,      S.PLANNED,        replace(NOTHING, policy_planned_on=TODAY)),
    (P.POLICY,      S.PLAN_PASSED,    replace(NOTHING, policy_planned_on=date(2026, 11, 23))),
    (P.POLICY,      S.PUBLISHED,      PAGE),
    (P.POLICY,      S.PUBLISHED,      replace(PAGE, page_is_there=True)),
    (P.POLICY,      S.LINK_BROKEN,    replace(PAGE, page_is_there=False)),
    (P.POLICY,      S.UNDER_REVISION, says(P.POLICY, K.CHANGED, PAGE)),
    (P.DESK,        S.NOT_KNOWN,      NOTHING),
    (P.DESK,        S.SET_UP,         replace(NOTHING, has_desk=True)),
    (P.DESK,        S.SET_UP,         says(P.DESK, K.KEPT)),
    (P.DESK,        S.CHANGING,       says(P.DESK, K.NOT_KEPT, replace(NOTHING, has_desk=True))),
    (P.RESPONSE,    S.NOT_KNOWN,      NOTHING),
    (P.RESPONSE,    S.IN_PLACE,       SAID),
    (P.RESPONSE,    S.PARTLY,         says(P.RESPONSE, K.CHANGED)),
    (P.RESPONSE,    S.NOT_IN_PLACE,   says(P.RESPONSE, K.NOT_KEPT)),
    (P.RESPONSE,    S.OFTEN_LATE,     replace(SAID, kept=Kept(counted=10, in_time=8))),
    (P.RESPONSE,    S.IN_PLACE,       replace(SAID, kept=Kept(counted=10, in_time=9))),
    # Of fewer than five deadlines nothing is concluded, not even from all of them.
    (P.RESPONSE,    S.IN_PLACE,       replace(SAID, kept=Kept(counted=4, in_time=0))),
    (P.REPORT,      S.WITHHELD,       NOTHING),
    (P.REPORT,      S.NOTHING_CAME,   replace(NOTHING, forwarded=Forwarded())),
    (P.REPORT,      S.REPORTED,       replace(NOTHING, forwarded=Forwarded(reported=1))),
    (P.REPORT,      S.UNDER_WAY,      replace(NOTHING, forwarded=Forwarded(under_way=1, reported=3))),
    (P.REPORT,      S.OVERDUE,        replace(NOTHING, forwarded=Forwarded(under_way=1, overdue=1))),
    (P.SURVEY,      S.NOT_ASKED,      NOTHING),
    (P.SURVEY,      S.ASKED,          replace(NOTHING, survey=Survey.ASKED)),
    (P.SURVEY,      S.ANSWERED,       replace(NOTHING, survey=Survey.ANSWERED)),
    (P.SURVEY,      S.UNANSWERED,     replace(NOTHING, survey=Survey.UNANSWERED)),
    (P.SURVEY,      S.EXEMPT,         replace(NOTHING, survey=Survey.EXEMPT)),
    (P.OUTSOURCING, S.NONE_ENTERED,   NOTHING),
    (P.OUTSOURCING, S.REGISTERED,     replace(NOTHING, has_relations=True)),
    (P.OUTSOURCING, S.AGREEING,       says(P.OUTSOURCING, K.CHANGED)),
    (P.OUTSOURCING, S.NOT_IN_PLACE,   says(P.OUTSOURCING, K.NOT_KEPT)),
    (P.REVOCATION,  S.WITHHELD,       NOTHING),
    (P.REVOCATION,  S.CALM,           replace(NOTHING, file=F.COMPLIED)),
    (P.REVOCATION,  S.REQUESTING,     replace(NOTHING, file=F.REQUESTING)),
    (P.REVOCATION,  S.IMPROVEMENT,    replace(NOTHING, file=F.IMPROVEMENT)),
    (P.REVOCATION,  S.PROPOSED,       replace(NOTHING, file=F.PROPOSED)),
    (P.REVOCATION,  S.HEARING,        replace(NOTHING, file=F.HEARING)),
    (P.REVOCATION,  S.DECIDED,        replace(NOTHING, file=F.EFFECTIVE)),
    (P.REVOCATION,  S.FROZEN,         replace(NOTHING, file=F.FROZEN)),
]
# fmt: on


@pytest.mark.parametrize(("pledge", "state", "facts"), CASES)
def test_a_company_stands_as_the_table_says(pledge, state, facts):
    assert standing_of(pledge, facts) is state


def test_every_row_of_the_table_is_reached_and_every_state_has_its_tone():
    assert {(row.pledge, row.state) for row in STANDING} == {(pledge, state) for pledge, state, _facts in CASES}
    assert {row.state for row in STANDING} == set(PledgeState) == set(TONE)


@pytest.mark.parametrize("file", list(FileState))
def test_a_company_does_not_learn_that_it_lies_before_the_board_before_the_notice(file):
    told = told_to_a_company(file)
    assert told is (FileState.IMPROVEMENT if file is FileState.PROPOSED else file)
