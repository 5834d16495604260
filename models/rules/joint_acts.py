"""Acts that take two persons: one asks with a reason, another approves; it lapses in time, and is used once.

Source: domain, 4.2 (two-person rule for key recovery and bulk export), 6.4 (the ladder) and 6.7 (share 1, share 2). Acts on a case that take
two have their own rows in its lifecycle; here are those that concern keys, whole stocks of cases, or what cannot be undone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from models.rules.dated import row_at
from models.rules.labelled import Labelled
from models.rules.lifecycle import Lifecycle, Row, each


class JointKind(Labelled):
    """What two persons do together."""

    # fmt: off
    RECOVERY_KIT  = "recovery_kit",  "鍵の復元カードを作る",       "Make a recovery kit"
    KEY_RECOVERY  = "key_recovery",  "復元カードで席の鍵を戻す",   "Recover a seat's keys"
    BULK_EXPORT   = "bulk_export",   "相談をまとめて書き出す",     "Export cases in bulk"
    EARLY_ERASURE = "early_erasure", "保存の期限より前に消去する", "Erase before the time to keep is over"
    LADDER_RESET  = "ladder_reset",  "要請を取りやめ、回数に数えない", "Annul a request, so that it does not count"
    GRAVE_GROUND  = "grave_ground",  "重大な事由により理事会に付議する", "Put a file before the board on a grave ground"
    # fmt: on


class JointState(Labelled):
    """Where such an act stands."""

    # fmt: off
    ASKED     = "asked",     "二人目の確認待ち", "Waits for the second person"
    APPROVED  = "approved",  "認められました",   "Approved"
    DECLINED  = "declined",  "認められませんでした", "Declined"
    WITHDRAWN = "withdrawn", "取り下げました",   "Taken back"
    LAPSED    = "lapsed",    "期限が過ぎました", "Lapsed"
    USED      = "used",      "行いました",       "Done"
    # fmt: on


class JointStep(Labelled):
    """What may be done with it; the words are those on its button."""

    # fmt: off
    APPROVE  = "approve",  "二人目として認める",   "Approve as the second person"
    DECLINE  = "decline",  "認めない",             "Decline"
    WITHDRAW = "withdraw", "申し出を取り下げる",   "Take it back"
    CARRY_OUT = "carry_out", "認めた本人が行う",     "Do oneself what one approved"
    LAPSE    = "lapse",    "期限が過ぎる",         "Lapse"
    USE      = "use",      "認められたことを行う", "Do what was approved"
    # fmt: on


_S, _A = JointState, JointStep
_GIVES = ("joint_id", "joint_kind")

# fmt: off
JOINT_LIFECYCLE: Lifecycle[JointState, JointStep] = Lifecycle(
    "joint_act", _S.ASKED, frozenset({_S.DECLINED, _S.WITHDRAWN, _S.LAPSED, _S.USED}), (
    #   while in     act          makes         by                   event
    Row(_S.ASKED,    _A.APPROVE,  _S.APPROVED,  "keys:second_share", "joint.approve",  gives=_GIVES, marks=("decided_at",)),
    Row(_S.ASKED,    _A.DECLINE,  _S.DECLINED,  "keys:second_share", "joint.decline",  gives=_GIVES, marks=("decided_at",)),
    *each((_S.ASKED, _S.APPROVED),
                     _A.WITHDRAW, _S.WITHDRAWN, "keys:first_share",  "joint.withdraw", gives=_GIVES, marks=("ended_at",)),
    *each((_S.ASKED, _S.APPROVED),
                     _A.LAPSE,    _S.LAPSED,    "system:clock",      "joint.lapse",    gives=_GIVES, marks=("ended_at",)),
    Row(_S.APPROVED, _A.USE,      _S.USED,      "keys:first_share",  "joint.use",      gives=_GIVES, marks=("ended_at",)),
    # What is the second person's own act, such as the head's proposal to the board, the head does after approving it.
    Row(_S.APPROVED, _A.CARRY_OUT, _S.USED,     "keys:second_share", "joint.use",      gives=_GIVES, marks=("ended_at",)),
))
# fmt: on

DONE_BY_THE_SECOND = frozenset({JointKind.GRAVE_GROUND})
"""What is asked of the second person, who does it herself once she approved."""
BY_CARDS_AS_WELL = frozenset({JointKind.KEY_RECOVERY})
"""What takes the cards of two keepers besides: there nobody has to be known for a while, as whoever recovers a seat's keys is
mostly new."""
STANDING_OPEN = frozenset({JointState.ASKED, JointState.APPROVED})
"""While it is one of these, the same is not asked a second time."""


class JointRefusal(Labelled):
    """Why it cannot be done; it says what to do instead."""

    # fmt: off
    ASKED_ALREADY = "asked_already", "同じことが、すでに申し出られています。「二人で行うこと」の一覧で確かめてください。",     "The same was asked already; see the list."
    SAME_PERSON   = "same_person",   "申し出た人とは別の人が確認します。",                                               "Somebody else than the one who asked decides."
    CONCERNED     = "concerned",     "この申し出に関わりのある人は、確認できません。別の人に頼んでください。",           "Whom the act concerns does not decide about it."
    LAPSED        = "lapsed",        "期限が過ぎました。必要なら、もう一度申し出てください。",                           "It has lapsed; ask again."
    NOT_APPROVED  = "not_approved",  "まだ二人目に認められていないか、すでに使われています。",                           "It was not approved, or is used already."
    UNKNOWN_YET   = "unknown_yet",   "申し出た人か確認する人が、登録されてから日が浅いため、まだ二人で行うことに加われません。別の人に頼むか、日をおいてください。", "Whoever asked or whoever decides was registered too lately to be one of two. Ask somebody else, or wait."
    SECOND_GONE   = "second_gone",   "認めた人が、いまはこの申し出に関わることができません。必要なら、もう一度申し出てください。", "Whoever approved it can have no part in it any more. Ask again if it is still needed."
    NOT_YOURS     = "not_yours",     "認められたことを行えるのは、申し出た本人、または認めた本人に決まっています。",       "Only the one whose act it is does it."
    # fmt: on


@dataclass(frozen=True, slots=True)
class Term:
    """How long a question waits for its answer, and from then on how long an approval holds."""

    waits: timedelta
    holds: timedelta


@dataclass(frozen=True, slots=True)
class JointPolicy:
    """The terms of every kind, from a day on."""

    version: str
    valid_from: date
    terms: Mapping[JointKind, Term]


def _days(waits: int, holds: int) -> Term:
    return Term(timedelta(days=waits), timedelta(days=holds))


# A change is a new row with its own day; a row that has been in force is never edited.
# fmt: off
JOINT_POLICIES: tuple[JointPolicy, ...] = (
    JointPolicy("2026-11", date(2025, 10, 1), MappingProxyType({
        #                                waits  holds
        JointKind.RECOVERY_KIT:  _days(  7,     3),
        # Those who keep the cards must come together.
        JointKind.KEY_RECOVERY:  _days(  7,     7),
        JointKind.BULK_EXPORT:   _days(  7,     1),
        JointKind.EARLY_ERASURE: _days( 14,     7),
        JointKind.LADDER_RESET:  _days(  7,     7),
        # The grounds of the proposal are still to be written, with the same care as any other.
        JointKind.GRAVE_GROUND:  _days(  7,    14),
    })),
)
# fmt: on


@dataclass(frozen=True, slots=True)
class KnownPolicy:
    """For how long somebody whom a person registered has been known before she may be one of two, from a day on.

    Whoever registers people could otherwise register a second account, and agree with herself within the hour. It is a
    proposal of the product: within these days those who oversee the desk have read that there is somebody new.
    """

    version: str
    valid_from: date
    known_for: timedelta


# A change is a new row with its own day; a row that has been in force is never edited.
KNOWN_POLICIES: tuple[KnownPolicy, ...] = (KnownPolicy("2026-11", date(2025, 10, 1), timedelta(days=14)),)


def is_known(registered_at: datetime | None, *, at: datetime, policies: Iterable[KnownPolicy] = KNOWN_POLICIES) -> bool:
    """Whether somebody may be one of two; ``registered_at`` is None for whoever was there when it was set up."""
    return registered_at is None or registered_at + row_at(at, policies).known_for <= at


def term_of(kind: JointKind, *, at: datetime, policies: Iterable[JointPolicy] = JOINT_POLICIES) -> Term:
    """The terms of a kind in force at a moment."""
    return row_at(at, policies).terms[kind]


def refusal_to_decide(
    *,
    asked_by: object,
    concerned: Iterable[object],
    by: object,
    at: datetime,
    lapses_at: datetime,
    are_known: bool = True,
) -> JointRefusal | None:
    """Why somebody may not be the second person; None when she may. People are told apart by whatever identifies them."""
    if at >= lapses_at:
        return JointRefusal.LAPSED
    if by == asked_by:
        return JointRefusal.SAME_PERSON
    if by in set(concerned):
        return JointRefusal.CONCERNED
    return None if are_known else JointRefusal.UNKNOWN_YET
