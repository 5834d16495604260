"""What kinds of member there are: who may be certified, and what the association may do towards whom (domain 1.1, A9; 7.10, 7.11)."""

from __future__ import annotations

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


def may_be_certified(member_type: MemberType, operator_type: OperatorType) -> bool:
    """Only regular members that operate contact centers may apply (domain 1.1, A9)."""
    return member_type is MemberType.REGULAR and operator_type in {OperatorType.INHOUSE, OperatorType.AGENCY}


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
