"""What taking a word back undoes and what it does not, said as it is for this case (domain sections 3.8 and 6.1, 7.20).

In which states it may be taken back: ``case_lifecycle`` (CONSENT_MAY_BE_WITHDRAWN). What stops then, and how the copy is
closed: ``app/mailbox/actions/consenting.py``.
"""

from collections.abc import Mapping
from types import MappingProxyType

from models.rules.labelled import Labelled


class Told(Labelled):
    """How far a company has come to know of a case, at most."""

    # fmt: off
    NOTHING  = "nothing",  "会社には何も伝えていない",       "No company was told anything"
    SENT     = "sent",     "届いているが、開かれていない",   "Delivered and not opened"
    OPENED   = "opened",   "会社の人が開いた",               "Opened by somebody of the company"
    ANSWERED = "answered", "会社が対応や報告をした",         "The company has acted or reported"
    # fmt: on


class TakenBack(Labelled):
    """What is taken back: the consent to tell companies, or the consultation as a whole."""

    # fmt: off
    CONSENT      = "consent",      "会社への提供の同意", "The consent to tell a company"
    CONSULTATION = "consultation", "相談そのもの",       "The consultation itself"
    # fmt: on


class AskedBy(Labelled):
    """How the consulter asked the desk to withdraw the consultation for her."""

    # fmt: off
    PHONE  = "phone",  "電話",       "By telephone"
    LETTER = "letter", "手紙・FAX",  "By letter or fax"
    VISIT  = "visit",  "対面",       "In person"
    # fmt: on


Words = tuple[str, str]

_T, _B = Told, TakenBack
_FROM_NOW_ON: Mapping[TakenBack, Words] = MappingProxyType({
    _B.CONSENT: (
        "同意を取り消すと、これから先は、命や体に危険が迫っているときを除いて、会社に何も伝えません。",
        "Once you withdraw your consent, nothing more is told to the company, unless life or body is in danger.",
    ),
    _B.CONSULTATION: (
        ("取り下げると、これから先は、命や体に危険が迫っているときを除いて、会社に何も伝えません。"
        "書いてくださったことは、決められた期間が終わるまで、協会に残ります。会社は見られません。"),
        ("Once you withdraw, nothing more is told to the company, unless life or body is in danger. "
        "What you wrote stays with the association until its term is over; the company does not see it."),
    ),
})
_SO_FAR: Mapping[Told, Words] = MappingProxyType({
    _T.NOTHING: (
        "いままでに、会社に伝えたことはありません。",
        "So far no company has been told anything.",
    ),
    _T.SENT: (
        ("会社に届けた文章は、まだだれも開いていません。これで閉じるので、もう開けません。"
        "ただし、何かが届いたことは、お知らせのメールで会社の責任者に伝わっています。いつ届けたかという記録も残ります。"),
        ("Nobody of the company has opened the copy that was delivered. It is closed now, and cannot be opened any more. "
        "But a mail has let the officer know that something had come, and when it was delivered stays on record."),
    ),
    _T.OPENED: (
        ("会社に渡した文章は閉じます。ただし、会社の人がすでに読んだことを、なかったことにはできません。"
        "また、協会が会社にいつ何を求め、会社が答えたかどうかという記録は、会社の対応の記録として残ります。"),
        ("The copy that the company was given is closed. What somebody there has already read cannot be unread. "
        "When the association asked the company, and whether it answered, stays on record as the company's own conduct."),
    ),
    _T.ANSWERED: (
        ("会社に渡した文章は閉じます。ただし、会社の人がすでに読んだことや、すでに行った対応を、なかったことにはできません。"
        "協会が会社にいつ何を求めたかという記録と、会社からの回答や報告は、会社の対応の記録として残ります。"),
        ("The copy that the company was given is closed. What somebody there has already read cannot be unread, and what "
        "the company has already done cannot be undone. When it was asked, and what it answered or reported, stays on "
        "record as the company's own conduct."),
    ),
})
_NO_COPY: Words = (
    "あなたの相談についての文章は、会社に渡していません。",
    "No text about your own consultation was given to the company.",
)
_WITH_OTHERS: Words = (
    "ほかの方とまとめて、人数として会社に伝えたことは、取り消せません。",
    "That you were counted with others in what the company was told cannot be taken back.",
)
_IN_AN_EMERGENCY: Words = (
    "命や体の危険のために伝えた最小限のことは、取り消せません。",
    "The least that was told because life or body was at risk cannot be taken back.",
)


def what_withdrawal_cannot_undo(
    taken_back: TakenBack, told: Told, locale: str = "ja", *, with_others: bool = False, in_an_emergency: bool = False
) -> str:
    """What is said before a withdrawal is confirmed: what ends with it, and what of this case cannot be undone."""
    otherwise = [words for words, holds in ((_WITH_OTHERS, with_others), (_IN_AN_EMERGENCY, in_an_emergency)) if holds]
    so_far = _NO_COPY if told is Told.NOTHING and otherwise else _SO_FAR[told]
    parts = [_FROM_NOW_ON[taken_back], so_far, *otherwise]
    if locale.lower().startswith("en"):
        return " ".join(en for _ja, en in parts)
    return "".join(ja for ja, _en in parts)
