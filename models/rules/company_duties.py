"""What a company may owe the association, how it shows, and on which ground it leads to the ladder (domain 6.3, 6.4)."""

from collections.abc import Mapping
from types import MappingProxyType

from models.rules.deadlines import ClockKind
from models.rules.escalation_ladder import Ground
from models.rules.labelled import Labelled


class Duty(Labelled):
    """One thing that a company owes; a formal request names each that is unmet."""

    # fmt: off
    ACKNOWLEDGE    = "acknowledge",    "受領の確認",                   "Acknowledgement of receipt"
    INITIAL_REPORT = "initial_report", "初期報告",                     "Initial report"
    REPORT         = "report",         "対応結果の報告",               "Report"
    VACANCY        = "vacancy",        "責任者の選任と登録",           "Appointment of an officer"
    POOR_REPORT    = "poor_report",    "差戻しに応じた報告の出し直し", "A report that answers its return"
    CONFIRMATION   = "confirmation",   "誓約の年1回の確認",            "Yearly confirmation of the pledges"
    SURVEY         = "survey",         "実態調査への回答",             "Answer to a survey"
    # fmt: on


# An overdue clock of an exchange is a duty; the officer is reminded of these and of no other.
DUTY_OF_CLOCK: Mapping[ClockKind, Duty] = MappingProxyType(
    {
        ClockKind.OFFICER_ACK: Duty.ACKNOWLEDGE,
        ClockKind.INITIAL_REPORT: Duty.INITIAL_REPORT,
        ClockKind.FINAL_REPORT: Duty.REPORT,
    }
)

# What a company owes by itself, for no exchange: each has one clock of the company.
CLOCK_OF_COMPANY: Mapping[Duty, ClockKind] = MappingProxyType(
    {
        Duty.VACANCY: ClockKind.VACANCY,
        Duty.CONFIRMATION: ClockKind.PLEDGE_CONFIRMATION,
    }
)

# An answer is owed for each survey that a company was asked to answer, and each has a clock of its own.
OF_THE_COMPANY = frozenset({*CLOCK_OF_COMPANY, Duty.SURVEY})

GROUND_OF_DUTY: Mapping[Duty, Ground] = MappingProxyType(
    {
        Duty.ACKNOWLEDGE: Ground.OVERDUE_CLOCK,
        Duty.INITIAL_REPORT: Ground.OVERDUE_CLOCK,
        Duty.REPORT: Ground.OVERDUE_CLOCK,
        Duty.VACANCY: Ground.VACANCY,
        Duty.POOR_REPORT: Ground.POOR_REPORTS,
        Duty.CONFIRMATION: Ground.PLEDGE_DUTY,
        Duty.SURVEY: Ground.PLEDGE_DUTY,
    }
)


def covered_by(duty: Duty) -> frozenset[Duty]:
    """What is fulfilled together with a duty: a report says all that the initial report would have said."""
    return frozenset({Duty.REPORT, Duty.INITIAL_REPORT}) if duty is Duty.REPORT else frozenset({duty})
