"""What a company may be told, and how the consulter's word moves it: the levels and options CN-.

Sources: domain, 3.8 (codes and rules), 2.4 (consent to provision, emergency), 4.2 (small teams),
7.3, 7.4, 7.12 and 7.14.
Nothing chosen means CN-0. Only the consulter's own act raises a level. Withdrawal stops what has not happened yet.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from models.rules.decision import ALLOWED, Decision, refused
from models.rules.labelled import Labelled
from models.rules.mass_incident import GroupWord
from models.rules.taxonomy.severity import Severity


class ConsentLevel(Labelled):
    """How much one company may be told, from nothing to everything; one level holds for one company."""

    # fmt: off
    CN_0 = "CN-0", "会社に伝えない(協会内のみ)",           "Do not tell the company"
    CN_1 = "CN-1", "内容をぼかした要約のみ",               "Blurred summary only"
    CN_2 = "CN-2", "内容は伝える・氏名は伏せる(会社匿名)", "Content, name withheld"
    CN_3 = "CN-3", "氏名も伝える",                         "Identified"
    # fmt: on

    @property
    def rank(self) -> int:
        """The place in the order: 0 tells nothing, 3 tells the name."""
        return _LEVELS.index(self)


class ConsentOption(Labelled):
    """A further permission, given or withheld by itself, whatever the level."""

    # fmt: off
    CN_EM = "CN-EM", "生命・身体の危険時のみ",   "Only if life or body is at risk"
    CN_CL = "CN-CL", "委託元への共有可",         "Client may be told"
    CN_EP = "CN-EP", "派遣元/雇用主への共有可",  "Employer may be told"
    CN_BD = "CN-BD", "理事会資料への匿名利用可", "Anonymous use for the board"
    CN_ST = "CN-ST", "統計利用可",               "Statistics"
    CN_CT = "CN-CT", "会社から直接連絡してよい", "Company may contact me"
    # fmt: on


class Party(Labelled):
    """Which of the companies around a worker is meant (domain, finding 13)."""

    # fmt: off
    WORKPLACE = "workplace", "就業先",            "Workplace"
    EMPLOYER  = "employer",  "派遣元・雇用主",    "Employer"
    CLIENT    = "client",    "委託元",            "Client"
    # fmt: on


_LEVELS = tuple(ConsentLevel)

DEFAULT = ConsentLevel.CN_0

TEXT_VERSION = "2026-11"
"""Which wording of the consent texts was shown; kept with every entry of the ledger."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What was chosen, or not chosen, for one company."""

    level: ConsentLevel = DEFAULT
    options: frozenset[ConsentOption] = frozenset()


def consent_from_code(code: str | None) -> Consent:
    """The consent that a single code states: none is CN-0; an option alone is CN-0 with that option.

    Raises:
        ValueError: the code is neither a level nor an option.
    """
    if code is None:
        return Consent()
    for level in ConsentLevel:
        if code == level.code:
            return Consent(level)
    return Consent(DEFAULT, frozenset({ConsentOption(code)}))


def is_raised(old: ConsentLevel, new: ConsentLevel) -> bool:
    """Whether the new level tells the company more: then it needs the consulter's own act."""
    return new.rank > old.rank


def stricter(a: ConsentLevel, b: ConsentLevel) -> ConsentLevel:
    """The level that tells less; it holds when two consultations of one person are merged (domain, 7.18)."""
    return min(a, b, key=lambda level: level.rank)


def merged(a: Consent, b: Consent) -> Consent:
    """The stricter of two consents in every respect: the lower level, and only the options that both gave."""
    return Consent(stricter(a.level, b.level), a.options & b.options)


def may_route(level: ConsentLevel, *, preview_approved: bool) -> Decision:
    """Whether a forwarded copy may leave: above CN-0, and only as the consulter has seen and approved it."""
    if level is ConsentLevel.CN_0:
        return refused("consent_is_none")
    if not preview_approved:
        return refused("preview_not_approved")
    return ALLOWED


def may_be_counted_in_group(
    party: Party, consent: Consent, *, severity: Severity, word: GroupWord | None, is_kept_from_the_company: bool
) -> Decision:
    """Whether somebody may be one of the numbers in a grouped copy, which holds nothing that is hers alone (6.6).

    From CN-1 on ("may be batched", 3.8) she need not approve a copy of her own for it: she is told that she is counted, and
    takes herself out until it is sent. At CN-0 nobody is ever counted, and whoever named somebody of that company who must
    not learn of her is not either. What is grave stays single, and is counted only at her own word.
    """
    if consent.level is ConsentLevel.CN_0:
        return refused("consent_is_none")
    if word is GroupWord.KEEP_OUT:
        return refused("kept_out_by_herself")
    addressed = may_address(party, consent)
    if not addressed:
        return addressed
    if is_kept_from_the_company:
        return refused("kept_from_the_company")
    if stays_single(severity) and word is not GroupWord.COUNT_ME:
        return refused("grave_stays_single")
    return ALLOWED


def stays_single(severity: Severity) -> bool:
    """Whether a case of a group goes its own way, with its own copy and its own answer: S3 and S4 (6.6)."""
    return severity.rank >= Severity.HIGH.rank


def levels_to_propose(consented: ConsentLevel) -> tuple[ConsentLevel, ...]:
    """The levels at which the desk may put a copy to the consulter: what she has consented to, and nothing above it.

    Who chose to tell nothing may still be shown a copy without her name and asked; the name is never asked for so.
    """
    highest = ConsentLevel.CN_2 if consented is ConsentLevel.CN_0 else consented
    return tuple(level for level in _LEVELS if 0 < level.rank <= highest.rank)


# The workplace is asked about with the level itself; the two others need their own word as well.
_OPTION_OF_PARTY = {
    Party.EMPLOYER: ConsentOption.CN_EP,
    Party.CLIENT: ConsentOption.CN_CL,
}


def may_address(party: Party, consent: Consent) -> Decision:
    """Whether this company of the three may be turned to at all (each then has its own copy and its own clock).

    An employer who is the workplace as well is asked about as the workplace.
    """
    if consent.level is ConsentLevel.CN_0:
        return refused("consent_is_none")
    needed = _OPTION_OF_PARTY.get(party)
    if needed is not None and needed not in consent.options:
        return refused("party_not_consented")
    return ALLOWED


# How many people decide that danger comes before a consent that was not given.
DECIDERS_WITHOUT_CONSENT = 2


def may_tell_emergency_minimum(
    options: AbstractSet[ConsentOption], *, life_or_body_at_risk: bool, approvals: int, reason_given: bool
) -> Decision:
    """Whether the bare minimum may be told because life or body is at risk.

    With CN-EM the consulter has said yes beforehand; without it two people decide, with a reason (domain, 2.4).
    """
    if not life_or_body_at_risk:
        return refused("no_danger")
    if not reason_given:
        return refused("reason_missing")
    if ConsentOption.CN_EM not in options and approvals < DECIDERS_WITHOUT_CONSENT:
        return refused("second_person_missing")
    return ALLOWED


def may_count(options: AbstractSet[ConsentOption]) -> bool:
    """Whether the coded fields may be counted in statistics."""
    return ConsentOption.CN_ST in options


def may_show_the_board(options: AbstractSet[ConsentOption]) -> bool:
    """Whether the case may stand, uncounted by name and unquoted, in the pattern that the board sees."""
    return ConsentOption.CN_BD in options


# fmt: off
_WHAT_THE_COMPANY_GETS: dict[ConsentLevel | ConsentOption, tuple[str, str]] = {
    ConsentLevel.CN_0:   ("会社には何も伝わりません。相談があったことも伝えません。",
                          "Nothing. The company does not even learn that there was a consultation."),
    ConsentLevel.CN_1:   ("困りごとのテーマだけを伝えます。場所・日付・シフトは伝えません。",
                          "The theme only, without place, date or shift."),
    ConsentLevel.CN_2:   ("内容をまとめた「転送版」を、お名前と連絡先を伏せて伝えます。送る前に読んで確かめられます。",
                          "A forwarded copy without your name or contact. You read it before it is sent."),
    ConsentLevel.CN_3:   ("「転送版」に、お名前と連絡先を添えて伝えます。送る前に読んで確かめられます。",
                          "A forwarded copy with your name and contact. You read it before it is sent."),
    ConsentOption.CN_EM: ("命や体に危険があるときに限り、守るために必要な最小限のことを伝えます。",
                          "Only when life or body is at risk, the least that is needed to protect you."),
    ConsentOption.CN_CL: ("委託元の会社にも、別に作った「転送版」を伝えることがあります。",
                          "The client company may be given a separate copy."),
    ConsentOption.CN_EP: ("派遣元・雇用主の会社にも、別に作った「転送版」を伝えることがあります。",
                          "Your employer may be given a separate copy."),
    ConsentOption.CN_BD: ("理事会には、件数や会社の対応の経過だけを、あなたのことが分からない形で示します。",
                          "The board sees counts and how the company responded, nothing that points to you."),
    ConsentOption.CN_ST: ("統計には、選択肢として選んだ項目だけを使います。文章は使いません。",
                          "Statistics use only the coded answers, never your words."),
    ConsentOption.CN_CT: ("会社の責任者が、あなたに直接連絡できるようになります。",
                          "The company's officer may contact you directly."),
}
# fmt: on


def what_the_company_gets(choice: ConsentLevel | ConsentOption, locale: str = "ja") -> str:
    """What follows from a choice, in words for the person who chooses."""
    ja, en = _WHAT_THE_COMPANY_GETS[choice]
    return en if locale.lower().startswith("en") else ja
