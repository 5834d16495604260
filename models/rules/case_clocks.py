"""Which clock runs while a case is in a state, so that nobody forgets it (domain section 6.1, fifth column).

Another officer's coming restarts none of them: ``app/responses/actions/passing_on.py`` (7.8). The states themselves, and
that answered without a report is one: ``case_lifecycle``; that such a company is asked for the report only:
``company_duties``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.rules.case_lifecycle import CaseState
from models.rules.deadlines import ClockKind


@dataclass(frozen=True, slots=True)
class Runs:
    """At least one of these runs: for the case itself, or for what passes with a company. Others may run beside it."""

    of_case: tuple[ClockKind, ...] = ()
    of_exchange: tuple[ClockKind, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether nobody is waited for."""
        return not self.of_case and not self.of_exchange


_S, _K = CaseState, ClockKind
_THE_OFFICERS = (_K.OFFICER_ACK, _K.INITIAL_REPORT, _K.FINAL_REPORT)

# What the consulter was promised runs in whatever state her case is, until it is kept or the case is over.
PROMISED = (_K.ACKNOWLEDGE_CONSULTER, _K.ACKNOWLEDGE_OUTER, _K.FEEDBACK_OUTER)
OUTER_LIMITS = (_K.ACKNOWLEDGE_OUTER, _K.FEEDBACK_OUTER)
# What is waited for from her; when it does not come, the desk goes on.
ANSWERS = (_K.CONSULTER_ANSWER, _K.CONSENT_ANSWER)

# fmt: off
RUNS_IN: Mapping[CaseState, Runs] = MappingProxyType({
    _S.RECEIVED:      Runs(of_case=(_K.TRIAGE,)),
    _S.TRIAGE:        Runs(of_case=(_K.TRIAGE,)),
    _S.NEED_INFO:     Runs(of_case=(_K.CONSULTER_ANSWER,)),
    # The consulter's answer is waited for or, once she asked for a change, the desk's work goes on.
    _S.AWAIT_CONSENT: Runs(of_case=(_K.CONSENT_ANSWER, _K.TRIAGE, _K.ADVICE, _K.ROUTE)),
    _S.READY:         Runs(of_case=(_K.SEND_HOLD, _K.ROUTE)),
    _S.ROUTED:        Runs(of_exchange=_THE_OFFICERS),
    _S.REROUTE:       Runs(of_case=(_K.ROUTE,)),
    _S.RECALLED:      Runs(of_case=(_K.ROUTE,)),
    _S.ACKED:         Runs(of_exchange=_THE_OFFICERS),
    _S.IN_ACTION:     Runs(of_exchange=_THE_OFFICERS),
    _S.RESPONDED:     Runs(of_exchange=_THE_OFFICERS),
    _S.REPORTED:      Runs(of_case=(_K.REVIEW,)),
    _S.REVIEW:        Runs(of_case=(_K.REVIEW,)),
    # The desk tells the result, and then it is the consulter who says whether it is enough.
    _S.FEEDBACK:      Runs(of_case=(_K.FEEDBACK, _K.CONSULTER_ANSWER)),
    _S.MONITOR:       Runs(of_case=(_K.PROGRESS_NOTE,)),
    _S.ADVICE:        Runs(of_case=(_K.ADVICE,)),
    _S.CLOSED:        Runs(),
    _S.WITHDRAWN:     Runs(),
})

# While the consulter is asked, the desk's own term stands still, and her answer lets what was left of it go on. A case
# has one such term at a time: that of the state from which she was asked.
RESTS_IN: Mapping[CaseState, tuple[ClockKind, ...]] = MappingProxyType({
    _S.NEED_INFO:     (_K.TRIAGE,),
    _S.AWAIT_CONSENT: (_K.TRIAGE, _K.ADVICE, _K.ROUTE),
})
# fmt: on
