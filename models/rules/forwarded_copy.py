"""What a forwarded copy is made of at each level of consent, and what must not stand in it (domain 4.2, 7.4, 7.14 and 7.36)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.rules.consent import ConsentLevel
from models.rules.labelled import Labelled
from models.rules.masking.kinds import Kind
from models.rules.masking.proposals import Proposal, proposals_for
from models.rules.masking.word import Word
from models.rules.working_days import in_japan


class Trace(Labelled):
    """Something in a copy by which the company could find out more than it may be told."""

    # fmt: off
    NAME          = "name",          "相談者の氏名",                     "The consulter's name"
    CONTACT       = "contact",       "相談者の連絡先",                   "The consulter's contact"
    RECEIPT       = "receipt",       "受付コード・相談番号",               "A receipt or case number"
    SUBMITTED_AT  = "submitted_at",  "相談が届いた時刻",                 "The time of the submission"
    ORIGINAL_TEXT = "original_text", "原文がそのまま写されています",     "The original text, word for word"
    MAIL          = "mail",          "メールアドレス",                   "A mail address"
    PHONE         = "phone",         "電話番号",                         "A telephone number"
    DAY_OR_SHIFT  = "day_or_shift",  "日付・時刻・シフト",               "A day, an hour or a shift"
    PLACE         = "place",         "事業所・拠点の名前",               "The name of a site"
    ADDRESS       = "address",       "住所・郵便番号のように見える記載", "What looks like an address"
    OTHER_NAME    = "other_name",    "人の名前のように見える記載",       "What looks like somebody's name"
    NUMBER        = "number",        "お客様・受付・通話の番号",         "A customer's, a case's or a call's number"
    RARE          = "rare",          "少ない人にしか当てはまらないこと", "Something that is true of few people"
    # fmt: on


_T = Trace

# What the company may never be told, what it is told only where the consulter lets her name be told, and what a blurred
# summary leaves out besides. Everything else that is found is shown to the desk, which decides.
NEVER = frozenset({_T.RECEIPT, _T.SUBMITTED_AT, _T.ORIGINAL_TEXT})
WITHOUT_THE_NAME = NEVER | {_T.NAME, _T.CONTACT, _T.MAIL, _T.PHONE}
BLURRED = WITHOUT_THE_NAME | {_T.DAY_OR_SHIFT, _T.PLACE, _T.RARE}

BARRED = {
    ConsentLevel.CN_0: frozenset(Trace),
    ConsentLevel.CN_1: BLURRED,
    ConsentLevel.CN_2: WITHOUT_THE_NAME,
    ConsentLevel.CN_3: NEVER,
}

# What tells apart the few people of a small group, though it is nobody's name (domain, finding 8).
NARROWS_DOWN = frozenset({_T.DAY_OR_SHIFT, _T.PLACE, _T.RARE})

_OF_KIND = {
    Kind.MAIL: _T.MAIL,
    Kind.PHONE: _T.PHONE,
    Kind.ADDRESS: _T.ADDRESS,
    Kind.NAME: _T.OTHER_NAME,
    Kind.NUMBER: _T.NUMBER,
    Kind.DAY: _T.DAY_OR_SHIFT,
    Kind.HOUR: _T.DAY_OR_SHIFT,
    Kind.SHIFT: _T.DAY_OR_SHIFT,
    Kind.PLACE: _T.PLACE,
    Kind.RARE: _T.RARE,
}
_GROUP = r"[0-9A-HJKMNP-TV-Z]{4}"
_CODES = re.compile(
    rf"(?<![0-9A-Z])(?:{_GROUP}[- ]){{3,5}}{_GROUP}(?![0-9A-Z])|(?<![0-9A-Z])K-{_GROUP}-{_GROUP}(?![0-9A-Z])"
)
SHORTEST_ORIGINAL = 20
SHORTEST_NAME = 2
SHORTEST_CONTACT = 4


@dataclass(frozen=True, slots=True, repr=False)
class About:
    """What is known of the consulter and of the submission; a name that nobody opened is empty."""

    original: str
    received_at: datetime
    name: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Traced:
    """A kind of trace in a copy, and the words of the copy that are one, where single words are."""

    trace: Trace
    words: tuple[str, ...] = ()


def traces_in(text: str, about: About, words: Sequence[Word] = ()) -> tuple[Traced, ...]:
    """What stands in a copy by which somebody could be found, in the order of the list.

    ``words`` is the analysis of the text, without which fewer names and places are found.
    """
    plain = _plain(text)
    checks = {
        _T.NAME: any(part in plain for part in _parts(about.name)),
        _T.CONTACT: _bare(about.contact) in _bare(text) if len(_bare(about.contact)) >= SHORTEST_CONTACT else False,
        _T.RECEIPT: _CODES.search(unicodedata.normalize("NFKC", text).upper()) is not None,
        _T.SUBMITTED_AT: any(moment in plain for moment in _moment(about.received_at)),
        _T.ORIGINAL_TEXT: len(_plain(about.original)) >= SHORTEST_ORIGINAL and _plain(about.original) in plain,
    }
    found = _by_trace(proposals_for(text, words))
    return tuple(
        Traced(trace, tuple(found.get(trace, ()))) for trace in Trace if trace in found or checks.get(trace, False)
    )


def _by_trace(proposals: Sequence[Proposal]) -> Mapping[Trace, Sequence[str]]:
    by_trace: dict[Trace, list[str]] = {}
    for proposal in proposals:
        same = by_trace.setdefault(_OF_KIND[proposal.kind], [])
        if proposal.words not in same:
            same.append(proposal.words)
    return by_trace


def barred_at(level: ConsentLevel, traces: Iterable[Traced]) -> tuple[Traced, ...]:
    """Of what was found, what must come out before the copy may be shown to anybody."""
    return tuple(traced for traced in traces if traced.trace in BARRED[level])


def narrowing(traces: Iterable[Traced]) -> tuple[Traced, ...]:
    """Of what was found, what points to one person where the group is small."""
    return tuple(traced for traced in traces if traced.trace in NARROWS_DOWN)


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def _bare(text: str) -> str:
    """Letters and digits alone, so that 090-1111-2222 and 090 1111 2222 are one."""
    return re.sub(r"[^0-9a-z@ぁ-んァ-ヶ一-龠]", "", _plain(text))


def _parts(name: str) -> list[str]:
    """The name as a whole, and the family name alone where it is written apart."""
    words = [_plain(word) for word in re.split(r"[\s\u3000・]+", name) if word]
    whole = "".join(words)
    return [part for part in {whole, *words} if len(part) >= SHORTEST_NAME]


def _moment(at: datetime) -> tuple[str, ...]:
    here = in_japan(at)
    return (f"{here:%H:%M}", f"{here.hour}:{here:%M}", f"{here.hour}時{here.minute}分", f"{here.hour}時{here:%M}分")


# What a forwarded copy may be made of, level by level. "week" is all that is told of the time of the submission.
_THEME = frozenset({"theme", "harassment_types"})
_CONTENT = _THEME | {"account", "week", "workplace", "channel", "requested_help", "organisational_issues"}
_NAMED = _CONTENT | {"name", "contact"}

_FIELDS = {
    ConsentLevel.CN_0: frozenset[str](),
    ConsentLevel.CN_1: _THEME,
    ConsentLevel.CN_2: _CONTENT,
    ConsentLevel.CN_3: _NAMED,
}

# At no level, whoever asks: these would open the mailbox, or point to one person in a small team.
NEVER_FORWARDED = frozenset({"receipt", "submitted_at", "address_of_connection", "original_text", "desk_notes"})


def fields_in_forwarded_copy(level: ConsentLevel, *, health_ticked: bool = False) -> frozenset[str]:
    """What a forwarded copy at this level may have; health only when ticked, and never in a blurred summary."""
    fields = _FIELDS[level]
    if health_ticked and level.rank >= ConsentLevel.CN_2.rank:
        fields |= {"health"}
    return fields
