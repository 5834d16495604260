"""How the board approves a certification at a meeting, and what its count must be (domain 2.5, 6.5, 6.7)."""

from types import MappingProxyType

from models.rules.board import BoardReason, MeetingMode, reason_of_count
from models.rules.labelled import Labelled


class ApprovalDecision(Labelled):
    """What the board decided on an application."""

    # fmt: off
    APPROVED = "approved", "承認する",   "Approved"
    REJECTED = "rejected", "承認しない", "Not approved"
    # fmt: on


class ApprovalRefusal(Labelled):
    """Why what the board decided cannot be recorded so."""

    # fmt: off
    NOT_BEGUN     = "not_begun",     "会議の開始時刻になるまで、決議は記録できません。",                           "A decision cannot be recorded before the meeting begins."
    MEETING_OVER  = "meeting_over",  "その会議はもう終わっています。これからの会議を選んでください。",             "That meeting is over; choose one to come."
    COUNT_WRONG   = "count_wrong",   "出席者の数が、この会社の議案に参加できる理事の数と合いません。",             "The number present does not fit the directors who may take part in this company's item."
    NO_QUORUM     = "no_quorum",     "定足数に達していないため、決議として記録できません。次の会議に付議してください。", "There is no quorum; put it before the next meeting."
    NO_MAJORITY   = "no_majority",   "過半数に達していないため、決議として記録できません。次の会議に付議してください。", "There is no majority; put it before the next meeting."
    TERM_TOO_LATE = "term_too_late", "認定の初日は、決議の日から1年以内にしてください。",                         "The first day lies more than a year after the decision."
    TERM_TOO_EARLY = "term_too_early", "認定の初日は、決議の日より前にはできません。",                            "The first day lies before the decision."
    NOT_A_MEMBER  = "not_a_member",  "正会員でない会社は認定できません。承認しないこととして、その理由とともに記録してください。", "A company that is no regular member cannot be certified; record that it was not approved, and why."
    # fmt: on


_REFUSED = MappingProxyType({
    BoardReason.NO_QUORUM: ApprovalRefusal.NO_QUORUM,
    BoardReason.NO_MAJORITY: ApprovalRefusal.NO_MAJORITY,
})


def refusal_of_count(*, votes_for: int, present: int, eligible: int, mode: MeetingMode) -> ApprovalRefusal | None:
    """Why this count carries no decision by the rule of every vote of the board; None when it does.

    ``eligible`` are the serving directors whom the register does not exclude, ``present`` those of them who were there,
    ``votes_for`` those who voted for what is recorded.
    """
    try:
        reason = reason_of_count(votes_for=votes_for, present=present, eligible=eligible, mode=mode)
    except ValueError:
        return ApprovalRefusal.COUNT_WRONG
    return _REFUSED.get(reason)
