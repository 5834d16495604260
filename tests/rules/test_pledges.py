"""The sheet of nine pledges: what each lacks, when it may go on, and what the board's count must be."""

import pytest

from models.rules.approvals import ApprovalRefusal, refusal_of_count
from models.rules.board import MeetingMode
from models.rules.pledges import SHEETS, AnswerKind, Pledge, Question, ReviewMark, lacking, may_go_to_board, may_return
from tests.support.pledges import ANSWERS


def test_every_pledge_has_its_sheet_and_every_question_stands_on_one():
    asked = [one.question for sheet in SHEETS.values() for one in sheet.asks]
    assert set(SHEETS) == set(Pledge)
    assert sorted(asked) == sorted(Question)
    assert [pledge.number for pledge in Pledge] == list(range(1, 10))


@pytest.mark.parametrize("pledge", list(Pledge))
def test_choices_have_their_lists_and_conditions_speak_of_the_same_sheet(pledge):
    sheet = SHEETS[pledge]
    here = {one.question for one in sheet.asks}
    assert all((one.kind is AnswerKind.CHOICE) == (one.options is not None) for one in sheet.asks)
    assert all(set(either.questions) <= here for either in sheet.either)
    for need in sheet.needed:
        assert {need.question, need.when} <= here
        options = next(one.options for one in sheet.asks if one.question is need.when)
        assert need.among <= {option.code for option in options}


@pytest.mark.parametrize("pledge", list(Pledge))
def test_a_whole_answer_lacks_nothing_and_each_required_part_is_missed(pledge):
    answers = ANSWERS[pledge]
    assert lacking(pledge, answers, agreed=True) == ()
    assert lacking(pledge, answers, agreed=False) == (None,)
    for one in SHEETS[pledge].asks:
        if one.required:
            assert one.question in lacking(pledge, {**answers, one.question.code: ""}, agreed=True)


def test_what_is_not_in_place_says_what_will_be_improved():
    answers = {**ANSWERS[Pledge.GUIDELINE], "improvement": ""}
    assert lacking(Pledge.GUIDELINE, answers, agreed=True) == (Question.IMPROVEMENT,), "asked once, for two chapters"
    settled = {**answers, "chapter_4": "in_place", "chapter_5": "in_place"}
    assert lacking(Pledge.GUIDELINE, settled, agreed=True) == ()


def test_the_board_gets_what_was_confirmed_and_a_return_says_what_is_wrong():
    met = dict.fromkeys(Pledge, ReviewMark.MET)
    assert may_go_to_board(met)
    assert not may_return(met)
    assert not may_go_to_board({pledge: mark for pledge, mark in met.items() if pledge is not Pledge.DESK})
    assert may_return({**met, Pledge.DESK: ReviewMark.NOT_MET})


@pytest.mark.parametrize(
    ("votes_for", "present", "eligible", "mode", "refusal"),
    [
        (3, 5, 9, MeetingMode.IN_PERSON, None),
        (3, 4, 9, MeetingMode.IN_PERSON, ApprovalRefusal.NO_QUORUM),
        (2, 4, 6, MeetingMode.ONLINE, ApprovalRefusal.NO_MAJORITY),
        (3, 5, 5, MeetingMode.WRITTEN, ApprovalRefusal.NO_MAJORITY),
        (5, 5, 5, MeetingMode.WRITTEN, None),
        (6, 5, 9, MeetingMode.IN_PERSON, ApprovalRefusal.COUNT_WRONG),
        (5, 10, 9, MeetingMode.IN_PERSON, ApprovalRefusal.COUNT_WRONG),
        (0, 0, 0, MeetingMode.IN_PERSON, ApprovalRefusal.NO_QUORUM),
    ],
)
def test_a_count_carries_a_decision_or_says_why_not(votes_for, present, eligible, mode, refusal):
    assert refusal_of_count(votes_for=votes_for, present=present, eligible=eligible, mode=mode) is refusal
