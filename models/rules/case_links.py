"""How one case belongs to another, without being the same: the kinds of link, and the words of each from both sides.

Sources: domain, 6.1 (a linked new case after retaliation), 7.13 (two companies side by side) and 7.41.
A link says that two cases have to do with each other; it opens neither to anybody, and nobody who may not open both
ever learns of it. That two companies of one case see nothing of each other: each is asked about by itself
(``consent.may_address``) and has an exchange and a copy of its own (``models/exchange.py``).
That two are one matter the desk only asks; the consulter answers, see models/rules/merging.py.
"""

from collections.abc import Iterable

from models.rules.labelled import Labelled
from models.rules.taxonomy.severity import Severity


class CaseLinkKind(Labelled):
    """What a case is to the other one, said from the case at which the link was made."""

    # fmt: off
    SAME_INCIDENT = "same_incident", "同じ出来事についての、別の方の相談",       "Somebody else, about the same incident"
    RETALIATION   = "retaliation",   "この相談が、仕返しを訴えている元の相談",   "The case for which this one tells of retaliation"
    EARLIER_CASE  = "earlier_case",  "同じ方の、前の相談",                       "An earlier case of the same person"
    SIDE_BY_SIDE  = "side_by_side",  "同じ方の、ほかの会社についての相談",       "The same person, about another company"
    SAME_MATTER   = "same_matter",   "同じ方が同じことを二度送られた相談(まとめてよいかを本人に尋ねます)", "The same matter sent twice; she is asked whether the two shall be one"
    MERGED        = "merged",        "まとめた先の相談",                         "The case into which this one was merged"
    # fmt: on


MADE_BY_THE_DESK = frozenset(CaseLinkKind) - {CaseLinkKind.MERGED}
"""What the desk says and takes back; that two were merged is the consulter's own act, and for good."""
FLOORS = {CaseLinkKind.RETALIATION: Severity.HIGH}
"""How grave the case at which a link was made is at the least (domain, 4.2 and 7.41)."""


def floor_by_links(kinds: Iterable[CaseLinkKind]) -> Severity:
    """The lightest grade that a case's own links allow."""
    return max((FLOORS.get(kind, Severity.LOW) for kind in kinds), key=lambda grade: grade.rank, default=Severity.LOW)


_SEEN_FROM_THE_OTHER = {
    CaseLinkKind.RETALIATION: ("この相談への仕返しを訴えている相談", "The case that tells of retaliation for this one"),
    CaseLinkKind.MERGED: ("この相談にまとめた相談", "The case that was merged into this one"),
    CaseLinkKind.EARLIER_CASE: ("同じ方の、後の相談", "A later case of the same person"),
}


def words_from_the_other(kind: CaseLinkKind, locale: str = "ja") -> str:
    """What the link is called at the case to which it leads."""
    ja, en = _SEEN_FROM_THE_OTHER.get(kind, (kind.ja, kind.en))
    return en if locale.lower().startswith("en") else ja
