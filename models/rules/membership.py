"""What kinds of member there are, which decides who may be certified and who may be written to (domain 1.1, A9)."""

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
