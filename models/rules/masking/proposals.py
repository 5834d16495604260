"""The proposal: every place that looks like a detail, with its kind, its reason and what could stand there instead."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from models.rules.masking.found import Found
from models.rules.masking.kinds import Kind, Reason
from models.rules.masking.names import BETWEEN, SOMEBODY, WORKER, names_in
from models.rules.masking.patterns import forms_in
from models.rules.masking.plain import Plain, plain
from models.rules.masking.rare import attributes_in
from models.rules.masking.regions import regions_in
from models.rules.masking.word import Word

EVERY_KIND = frozenset(Kind)
# What stands in a text that somebody writes of her own accord, and names others or points to them.
OF_OTHERS = frozenset({Kind.NAME, Kind.PHONE, Kind.MAIL, Kind.ADDRESS, Kind.NUMBER})

A_CERTAIN = "ある"
COVERED = "●●"
LONGEST_ANNOUNCEMENT = 12

_PART_BEFORE = re.compile(r"(?:お客様?|お客さま|客|利用者|クレーマー|上司|上長|同僚|同期|後輩|先輩|SV|リーダー|課長|部長|主任|店長|センター長|マネージャー|オペレーター|スタッフ)の$")
_ANNOUNCED = re.compile(r"(?:番号|ID|コード|ナンバー|アドレス|アカウント|住所|電話|携帯|内線|桁)[はがのへ:、\s]{0,3}$")
_PRECEDENCE = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Proposal:
    """One place of the original text, what it looks like and why, and what is proposed to stand there."""

    kind: Kind
    reason: Reason
    start: int
    end: int
    words: str
    instead: str


def proposals_for(
    original: str, words: Sequence[Word] = (), *, kinds: Container[Kind] = EVERY_KIND
) -> tuple[Proposal, ...]:
    """Every place that should be looked at, in the order of the text; none overlaps another.

    ``words`` is the analysis of ``plain(original).text``; without one, names are found by the words around alone.
    """
    read = plain(original)
    kept = _without_overlaps(one for one in _all(read.text, words, kinds) if one.kind in kinds)
    instead = _placeholders(kept)
    return tuple(_proposal(original, read, found, _fitting(read.text, found, instead[found])) for found in kept)


def _fitting(text: str, found: Found, instead: str) -> str:
    """What reads well behind the words that stand before: not お客様のお客様A, and not 会員番号はある番号です."""
    before = text[max(0, found.start - LONGEST_ANNOUNCEMENT) : found.start]
    if found.kind is Kind.NAME and _PART_BEFORE.search(before) and instead != WORKER:
        return f"{instead.removeprefix(found.noun)}さん" if instead.startswith(found.noun) else instead
    if instead.startswith(A_CERTAIN) and found.noun and _ANNOUNCED.search(before):
        return COVERED
    return instead


def _proposal(original: str, read: Plain, found: Found, instead: str) -> Proposal:
    start, end = read.place(found.start, found.end)
    return Proposal(found.kind, found.reason, start, end, original[start:end], instead)


def _all(text: str, words: Sequence[Word], kinds: Container[Kind]) -> Iterator[Found]:
    yield from forms_in(text, kinds)
    if Kind.RARE in kinds:
        yield from attributes_in(text)
    if Kind.NAME in kinds:
        yield from names_in(text, words)
    if Kind.PLACE in kinds:
        yield from regions_in(text, words)


def _without_overlaps(places: Iterable[Found]) -> list[Found]:
    """Of places that overlap the longest is kept, of two as long the one whose kind comes first."""
    kept: list[Found] = []
    for place in sorted(places, key=lambda one: (one.start - one.end, _PRECEDENCE[one.kind], one.start)):
        if place.start < place.end and all(place.end <= one.start or place.start >= one.end for one in kept):
            kept.append(place)
    return sorted(kept, key=lambda one: one.start)


def _placeholders(kept: Sequence[Found]) -> Mapping[Found, str]:
    people = _lettered_people([one for one in kept if one.kind is Kind.NAME])
    things = [one for one in kept if one.kind is not Kind.NAME]
    named: dict[str, list[str]] = {}
    for thing in things:
        same = named.setdefault(thing.noun, [])
        if thing.stands_for not in same:
            same.append(thing.stands_for)
    return {one: people[one] if one.kind is Kind.NAME else _thing(one, named[one.noun]) for one in kept}


def _thing(one: Found, same: Sequence[str]) -> str:
    if one.instead:
        return one.instead
    return f"{A_CERTAIN}{one.noun}" if len(same) == 1 else f"{one.noun}{_letter(same.index(one.stands_for))}"


def _lettered_people(named: Sequence[Found]) -> Mapping[Found, str]:
    """The same name has the same letter, and the part that the first clear word about that person gives."""
    people: list[str] = []
    who: dict[Found, str] = {}
    for one in named:
        who[one] = next((known for known in people if _is_same_person(known, one.stands_for)), one.stands_for)
        if who[one] not in people:
            people.append(who[one])
    clear = {who[one]: one.noun for one in reversed(named) if one.noun != SOMEBODY}
    lettered = [person for person in people if clear.get(person) != WORKER]
    letters = {person: _letter(place) for place, person in enumerate(lettered)}
    return {one: _person(clear.get(who[one], SOMEBODY), letters.get(who[one], "")) for one in named}


def _person(part: str, letter: str) -> str:
    if part == WORKER:
        return part
    return f"{letter}さん" if part == SOMEBODY else f"{part}{letter}"


def _is_same_person(known: str, name: str) -> bool:
    """Whether a name is meant that was read before: the same, or the family name of a whole name."""
    return known == name or known.startswith(name + BETWEEN) or name.startswith(known + BETWEEN)


def _letter(place: int) -> str:
    """A, B, C … Z, then A2, B2 and so on."""
    turn, letter = divmod(place, len(ascii_uppercase))
    return ascii_uppercase[letter] + (str(turn + 1) if turn else "")
