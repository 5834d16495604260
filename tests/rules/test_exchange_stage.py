"""How far a company is, what its officer may then do, which blocks say nothing, and who asks who it is."""

from datetime import UTC, datetime, timedelta

import pytest

from models.rules.case_lifecycle import CASE_LIFECYCLE, CaseAct
from models.rules.exchange_stage import CASE_STATE_AT, ExchangeStage, officers_acts, stage_of
from models.rules.report_blocks import WHERE_IT_APPLIES, ReportBlock, thin_blocks

AT = datetime(2026, 11, 24, 1, tzinfo=UTC)
LATER = AT + timedelta(days=1)
NOTHING_YET = {
    "is_closed": False, "acknowledged_at": None, "acted": False, "responded_at": None,
    "reported": False, "returned_at": None, "accepted": False,
}


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        ({}, ExchangeStage.NEW),
        ({"acknowledged_at": AT}, ExchangeStage.ACKED),
        ({"acknowledged_at": AT, "acted": True}, ExchangeStage.IN_ACTION),
        ({"acknowledged_at": AT, "acted": True, "responded_at": AT}, ExchangeStage.RESPONDED),
        ({"acknowledged_at": AT, "acted": True, "reported": True}, ExchangeStage.REPORTED),
        ({"acknowledged_at": AT, "acted": True, "reported": True, "returned_at": LATER}, ExchangeStage.RETURNED),
        ({"responded_at": AT, "reported": True, "returned_at": LATER}, ExchangeStage.RETURNED),
        ({"responded_at": LATER, "reported": True, "returned_at": AT}, ExchangeStage.RESPONDED),
        ({"reported": True, "accepted": True}, ExchangeStage.ACCEPTED),
        ({"reported": True, "accepted": True, "is_closed": True}, ExchangeStage.CLOSED),
    ],
)
def test_the_stage_is_read_from_what_happened(facts: dict[str, object], stage: ExchangeStage) -> None:
    assert stage_of(**{**NOTHING_YET, **facts}) is stage


def test_every_stage_has_its_state_and_offers_only_what_the_lifecycle_allows() -> None:
    assert set(CASE_STATE_AT) == set(ExchangeStage)
    for stage in ExchangeStage:
        for act in officers_acts(stage):
            at_once = stage is ExchangeStage.ACKED and act is CaseAct.SUBMIT_REPORT
            assert at_once or CASE_LIFECYCLE.allows(CASE_STATE_AT[stage], act)


def test_nothing_is_offered_while_the_desk_reviews_or_when_it_is_over() -> None:
    for stage in (ExchangeStage.REPORTED, ExchangeStage.ACCEPTED, ExchangeStage.CLOSED):
        assert officers_acts(stage) == ()


def test_a_report_that_says_only_that_it_was_handled_is_thin_in_every_block() -> None:
    assert thin_blocks({block.value: "適切に対応しました。" for block in ReportBlock}) == tuple(ReportBlock)
    assert set(thin_blocks({})) == {*ReportBlock} - WHERE_IT_APPLIES


def test_a_report_that_says_something_is_not_thin() -> None:
    told = "11月20日に録音を聞き、四十分にわたる暴言を確かめました。"
    assert thin_blocks({block.value: told for block in ReportBlock}) == ()


def test_a_block_that_concerns_another_employer_may_stay_empty_and_may_not_be_a_phrase() -> None:
    told = {block.value: "11月20日に録音を聞き、四十分にわたる暴言を確かめました。" for block in ReportBlock}
    assert thin_blocks({**told, "cooperation": ""}) == ()
    assert thin_blocks({**told, "cooperation": "適切に対応しました。"}) == (ReportBlock.COOPERATION,)
