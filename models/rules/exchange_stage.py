"""How far a company is with one matter that was forwarded to it, and what its officer may do then (domain 1.2, pledge 6).

One case may lie with two companies (domain, finding 13), and each has its own pace: the stage is read from the exchange
and its newest report, and the acts are those that the case's own lifecycle has in the matching state.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from models.rules.case_lifecycle import CASE_LIFECYCLE, CaseAct, CaseState
from models.rules.labelled import Labelled


class ExchangeStage(Labelled):
    """Where one company is with one matter."""

    # fmt: off
    NEW       = "new",       "受領の確認待ち",         "To be acknowledged"
    ACKED     = "acked",     "受領済み",               "Acknowledged"
    IN_ACTION = "in_action", "対応中",                 "In action"
    RESPONDED = "responded", "対応済み・報告書が未提出", "Responded, report outstanding"
    RETURNED  = "returned",  "差戻し・書き直し",       "Returned for completion"
    REPORTED  = "reported",  "報告済み・事務局が確認中", "Reported, being reviewed"
    ACCEPTED  = "accepted",  "報告を受理",             "Report accepted"
    CLOSED    = "closed",    "終了",                   "Finished"
    # fmt: on


_G, _S = ExchangeStage, CaseState

# In which state a case is that lies with this one company alone.
CASE_STATE_AT: Mapping[ExchangeStage, CaseState] = MappingProxyType(
    {
        _G.NEW: _S.ROUTED,
        _G.ACKED: _S.ACKED,
        _G.IN_ACTION: _S.IN_ACTION,
        _G.RESPONDED: _S.RESPONDED,
        _G.RETURNED: _S.IN_ACTION,
        _G.REPORTED: _S.REPORTED,
        _G.ACCEPTED: _S.FEEDBACK,
        _G.CLOSED: _S.CLOSED,
    }
)

OFFICERS_ACTS = (CaseAct.ACKNOWLEDGE, CaseAct.LOG_ACTION, CaseAct.RECORD_RESPONSE, CaseAct.SUBMIT_REPORT)

# While the matter lies with the officer, she may also write to the worker and ask for more time.
WITH_THE_OFFICER = frozenset({_G.ACKED, _G.IN_ACTION, _G.RESPONDED, _G.RETURNED})


def stage_of(  # noqa: PLR0911 - one answer for each stage, from the end to the beginning
    *,
    is_closed: bool,
    acknowledged_at: datetime | None,
    acted: bool,
    responded_at: datetime | None,
    reported: bool,
    returned_at: datetime | None,
    accepted: bool,
) -> ExchangeStage:
    """The stage; ``reported``, ``returned_at`` and ``accepted`` are those of the newest report."""
    if is_closed:
        return _G.CLOSED
    if accepted:
        return _G.ACCEPTED
    if reported and returned_at is None:
        return _G.REPORTED
    if responded_at is not None and (returned_at is None or responded_at > returned_at):
        return _G.RESPONDED
    if returned_at is not None:
        return _G.RETURNED
    if acted:
        return _G.IN_ACTION
    return _G.NEW if acknowledged_at is None else _G.ACKED


def officers_acts(stage: ExchangeStage) -> tuple[CaseAct, ...]:
    """What the officer may do at a stage, in the order in which it is usually done.

    A report also stands for the first action, so that it may follow the acknowledgement at once.
    """
    state = CASE_STATE_AT[stage]
    acts = tuple(act for act in OFFICERS_ACTS if CASE_LIFECYCLE.allows(state, act))
    return (*acts, CaseAct.SUBMIT_REPORT) if stage is _G.ACKED else acts
