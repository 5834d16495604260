"""What kinds of member there are, since when, and what the association may do towards whom (domain 1.1, A9; 1.5; 7.10, 7.11, 7.31).

A membership is told as stretches of days, each with one type: a company that leaves and comes back has two, and one whose
type changes goes on with another the day after. No two of them share a day, and what was is asked of them by the day.

What ends with it: the certification by ``certification_lifecycle`` (LAPSE_WITH_MEMBERSHIP), while the company's file is
frozen by ``company_file_lifecycle`` (FREEZE).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from models.rules.labelled import Labelled


class MemberType(Labelled):
    """How a company or person belongs to the association."""

    REGULAR    = "regular",    "正会員",         "Regular member"
    SUPPORTING = "supporting", "賛助会員(個人)", "Supporting individual"
    NONE       = "none",       "非会員",         "Not a member"


class OperatorType(Labelled):
    """What a company does with its contact centers."""

    INHOUSE = "inhouse", "インハウス",     "In-house"
    AGENCY  = "agency",  "エージェンシー", "Agency"
    VENDOR  = "vendor",  "ベンダー等",     "Vendor"
    OTHER   = "other",   "その他",         "Other"


MEMBERS = (MemberType.REGULAR, MemberType.SUPPORTING)
"""The types of whoever is a member."""


def may_be_certified(member_type: MemberType, operator_type: OperatorType) -> bool:
    """Only regular members that operate contact centers may apply (domain 1.1, A9)."""
    return member_type is MemberType.REGULAR and operator_type in {OperatorType.INHOUSE, OperatorType.AGENCY}


def owes_an_officer(member_type: MemberType) -> bool:
    """Whether somebody must be appointed to whom consultations go: an individual has nobody to appoint."""
    return member_type is MemberType.REGULAR


def may_succeed(member_type: MemberType) -> bool:
    """Whether it may take over a company or a business: an individual is no company, also after leaving."""
    return member_type is not MemberType.SUPPORTING


class Beginning(Labelled):
    """How a stretch of a membership began."""

    # fmt: off
    JOINED       = "joined",       "入会",       "Joined"
    CAME_BACK    = "came_back",    "再入会",     "Joined again"
    TYPE_CHANGED = "type_changed", "種別の変更", "Change of type"
    # fmt: on


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row on which somebody is a member of one type; no last day while it lasts."""

    member_type: MemberType
    began: Beginning
    first: date
    last: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class MembershipStanding:
    """What the stretches come to: the last type, since when it is a member without a break, and its last day."""

    member_type: MemberType
    joined_on: date | None
    left_on: date | None


NEVER_A_MEMBER = MembershipStanding(MemberType.NONE, None, None)


def type_on(stretches: Sequence[Stretch], day: date) -> MemberType:
    """Which type of member somebody was on a day; no member on a day of no stretch."""
    return next((one.member_type for one in stretches if one.holds_on(day)), MemberType.NONE)


def standing_of(stretches: Sequence[Stretch]) -> MembershipStanding:
    """What the stretches, oldest first, come to."""
    if not stretches:
        return NEVER_A_MEMBER
    joined = [one.first for one in stretches if one.began is not Beginning.TYPE_CHANGED]
    return MembershipStanding(stretches[-1].member_type, joined[-1], stretches[-1].last)


def is_sound(stretches: Sequence[Stretch]) -> bool:
    """Whether the stretches, oldest first, can be somebody's membership: no day twice, and each begins as it must."""
    if not stretches:
        return True
    follow = all(_follows(before, after) for before, after in pairwise(stretches))
    whole = all(one.member_type in MEMBERS and (one.last is None or one.first <= one.last) for one in stretches)
    return follow and whole and stretches[0].began is Beginning.JOINED


def _follows(before: Stretch, after: Stretch) -> bool:
    if before.last is None or after.first <= before.last:
        return False
    if after.began is Beginning.TYPE_CHANGED:
        return after.first == before.last + timedelta(days=1) and after.member_type is not before.member_type
    return after.began is Beginning.CAME_BACK


class MembershipRefusal(Labelled):
    """Why a joining, a leaving or a change of type cannot be entered; it says what to do instead."""

    # fmt: off
    NO_TYPE       = "no_type",       "会員の種別を選んでください。",                                     "Choose the type of member."
    MEMBER_NOW    = "member_now",    "この会社は、いま会員です。画面を開き直して確かめてください。",     "The company is a member now. Open its page again."
    NO_MEMBER     = "no_member",     "この会社は、いま会員ではありません。画面を開き直して確かめてください。", "The company is no member now. Open its page again."
    BEFORE_LEFT   = "before_left",   "退会した日より後の日付を入力してください。",                       "Enter a day after the last one of the membership before."
    BEFORE_JOINED = "before_joined", "入会した日より前の日付です。",                                     "The day lies before the company joined."
    BEFORE_TYPE   = "before_type",   "いまの種別になった日より前の日付です。",                           "The day lies before the company had its present type."
    AHEAD         = "ahead",         "今日より後の日付です。その日が来てから入力してください。",         "The day lies ahead. Enter it when it has come."
    SAME_TYPE     = "same_type",     "いまと同じ種別です。新しい種別を選んでください。",                 "It is the present type; choose the new one."
    HAS_CERTIFICATION = "has_certification", "認定か、認定の申請があるあいだは、認定を受けられない種別にできません。先に、会社から辞退か取下げの届けを受けてください。", "While there is a certification or an application, the type cannot become one that may not be certified. The company withdraws it first."
    TAKEN_OVER    = "taken_over",    "この会社の合併が登録されています。取り消すときは、先に合併の登録を取り消してください。", "The company's merger is entered. Take that entry back first."
    # fmt: on


def refusal_of_joining(
    stretches: Sequence[Stretch], member_type: MemberType, day: date, *, certification: bool
) -> MembershipRefusal | None:
    """Why somebody cannot become a member of a type from a day on; None when it can.

    ``certification`` is whether one is held or applied for, as it may be that an application outlived the last membership.
    """
    if member_type not in MEMBERS:
        return MembershipRefusal.NO_TYPE
    if stretches:
        last = stretches[-1].last
        if last is None:
            return MembershipRefusal.MEMBER_NOW
        if day <= last:
            return MembershipRefusal.BEFORE_LEFT
    return _refusal_of_type(member_type, certification=certification)


def refusal_of_leaving(stretches: Sequence[Stretch], day: date, *, today: date) -> MembershipRefusal | None:
    """Why a membership cannot end with a day, which may lie ahead; None when it can."""
    if not stretches or not _lasts(stretches[-1], today):
        return MembershipRefusal.NO_MEMBER
    return _refusal_of_day(stretches[-1], day)


def refusal_of_change(
    stretches: Sequence[Stretch], member_type: MemberType, day: date, *, today: date, certification: bool
) -> MembershipRefusal | None:
    """Why a member cannot be of another type from a day on; None when it can.

    The first day of the present type is no refusal: days are whole, so it was of the other type from its beginning.
    """
    if member_type not in MEMBERS:
        return MembershipRefusal.NO_TYPE
    if not stretches or not _lasts(stretches[-1], today):
        return MembershipRefusal.NO_MEMBER
    if stretches[-1].member_type is member_type:
        return MembershipRefusal.SAME_TYPE
    if day > today:
        return MembershipRefusal.AHEAD
    return _refusal_of_day(stretches[-1], day) or _refusal_of_type(member_type, certification=certification)


def _lasts(stretch: Stretch, today: date) -> bool:
    return stretch.last is None or stretch.last >= today


def _refusal_of_day(stretch: Stretch, day: date) -> MembershipRefusal | None:
    if day >= stretch.first:
        return None
    changed = stretch.began is Beginning.TYPE_CHANGED
    return MembershipRefusal.BEFORE_TYPE if changed else MembershipRefusal.BEFORE_JOINED


def _refusal_of_type(member_type: MemberType, *, certification: bool) -> MembershipRefusal | None:
    # Only regular members are certified at all, whatever they operate.
    lost = certification and member_type is not MemberType.REGULAR
    return MembershipRefusal.HAS_CERTIFICATION if lost else None


class Route(Labelled):
    """What the association may do towards a company."""

    # fmt: off
    LADDER                 = "ladder",                 "会社への要請(段階あり)",     "Request, with the ladder"
    REQUEST_WITHOUT_LADDER = "request_without_ladder", "会社への依頼(段階なし)",     "Request, without the ladder"
    ADVICE_ONLY            = "advice_only",            "助言と案内のみ",             "Advice and referral only"
    # fmt: on


def eligibility(*, member: bool, certified: bool) -> Route:
    """The road that is open: the ladder rests on the pledges, and only a certified member has made them."""
    if not member:
        return Route.ADVICE_ONLY
    return Route.LADDER if certified else Route.REQUEST_WITHOUT_LADDER
