"""What the pages of the rulebook show: lines made ready, so that the templates decide nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from app.people.queries import name_of
from app.pipeline.transaction import db
from app.presentation.filters import current_language, ja_date, label
from app.rulebook.number_words import amount_words
from app.rulebook.numbers import NUMBERS, numbers
from app.rulebook.recounting import Move
from app.rulebook.word_rows import mail_in, offer_in, wording_in
from models.person import Person
from models.rule_change import RuleChange
from models.rules.editable_codes import CodeWording
from models.rules.editable_texts import EditableText
from models.rules.rule_change import ClosureSort, RuleKind

MOST_MOVES = 40
WORDS = frozenset({RuleKind.LABEL, RuleKind.OFFER, RuleKind.MAIL})


@dataclass(frozen=True)
class MoveLine:
    """A clock that would move: what it measures, for how many, and from when to when."""

    what: str
    count: int
    due_at: datetime
    to: datetime


def move_lines(found: list[Move]) -> list[MoveLine]:
    """The moves, those of one kind from one day to another in one line; whose they are is not told here."""
    counted: dict[tuple[str, datetime, datetime], int] = {}
    for move in found:
        key = (label(move.clock.kind), move.clock.due_at, move.to.due_at)
        counted[key] = counted.get(key, 0) + 1
    lines = [MoveLine(what, count, due_at, to) for (what, due_at, to), count in counted.items()]
    return sorted(lines, key=lambda line: (line.due_at, line.what))[:MOST_MOVES]


@dataclass(frozen=True)
class LogLine:
    """One change: when, what, by whom and why."""

    at: datetime
    kind: str
    what: str
    who: str
    reason: str


def log_lines(changes: list[RuleChange]) -> list[LogLine]:
    """Each change, and each taking back of one, the newest first."""
    lines = []
    for one in sorted(changes, key=lambda change: (change.valid_from, change.key)):
        kind, what = label(one.kind), what_changed(one)
        lines.append(LogLine(one.entered_at, kind, what, who_changed(one.entered_by_id), one.reason))
        if one.ended_at is not None:
            taken_back = _("%(what)s(取消し)", what=what)
            lines.append(LogLine(one.ended_at, kind, taken_back, who_changed(one.ended_by_id), ""))
    return sorted(lines, key=lambda line: line.at, reverse=True)


def what_changed(change: RuleChange) -> str:
    """A change in words."""
    value = json.loads(change.value)
    if change.kind is RuleKind.CLOSURE:
        words = f"{ja_date(change.valid_from, True)} {value[current_language()]}"  # noqa: FBT003 - with the weekday
        moved_away = value["sort"] == ClosureSort.MOVED_AWAY.code
        return str(_("%(day)s(平日になる)", day=words)) if moved_away else words
    if change.kind in NUMBERS:
        number = numbers()[change.key]
        words = f"{number.label(current_language())} {amount_words(number, value['amount'])}"
        return str(_("%(what)s (%(day)sから)", what=words, day=ja_date(change.valid_from)))
    if change.kind is RuleKind.TEXT:
        text = label(EditableText(change.key))
        return str(_("%(what)s (%(day)sから)", what=text, day=ja_date(change.valid_from)))
    if change.kind in WORDS:
        return str(_("%(what)s (%(day)sから)", what=_words_changed(change), day=ja_date(change.valid_from)))
    moved = str(_("動いた期限 %(moved)s件", moved=value["moved"]))
    if "rule" in value:
        return f"{numbers()[value['rule']].label(current_language())}: {moved}"
    return moved


def _words_changed(change: RuleChange) -> str:
    if change.kind is RuleKind.MAIL:
        return str(_("メール「%(subject)s」", subject=mail_in(change).subject))
    if change.kind is RuleKind.OFFER:
        offer = offer_in(change)
        words = label(offer.code, change.valid_from) if offer else change.key
        back = _("「%(name)s」をまた選べるようにする", name=words)
        gone = _("「%(name)s」を選べなくする", name=words)
        return f"{change.key} {back if offer and offer.offered else gone}"
    wording = wording_in(change)
    words = str(_("、")).join(_all_words(wording)) if wording else ""
    return f"{change.key} {words}"


def _all_words(wording: CodeWording) -> list[str]:
    """How a code is called by the desk, and by the consulter where she reads other words."""
    language = current_language()
    own = wording.to_the_worker(language)
    return list(dict.fromkeys(str(_("「%(words)s」", words=words)) for words in (wording.words(language), own)))


def who_changed(person_id: object) -> str:
    """The name of whoever entered or took back a change."""
    person = db().get(Person, person_id) if person_id else None
    return name_of(person) if person else str(_("導入のとき"))
