"""What the pages of codes and mails show: each as it is and will be, where it is read, and every change there was."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from app.pipeline.clock import today
from app.presentation.changes import ChangeLine, change_line
from app.presentation.filters import current_language, label
from app.presentation.workers_words import to_the_worker
from app.rulebook.pages import what_changed, who_changed
from app.rulebook.queries import changes_of, codes_of_day, mail_wording_of, rulebook
from models.rules.editable_codes import HELD, CodeList, CodeWording
from models.rules.labelled import Labelled
from models.rules.mail_kinds import MailKind
from models.rules.retention import SMALLEST_CELL
from models.rules.rule_change import RuleKind

OF_CODES = frozenset({RuleKind.LABEL, RuleKind.OFFER})
OF_MAILS = frozenset({RuleKind.MAIL})


@dataclass(frozen=True)
class ListLine:
    """One list of codes: where it is read, and how many of its codes are on offer."""

    codes: CodeList
    place: str
    offered: int
    all: int
    ahead: int


def list_lines() -> list[ListLine]:
    """Every list whose words may be changed."""
    language, withdrawn, ahead = current_language(), codes_of_day(today()).withdrawn, _codes_with_changes_ahead()
    return [
        ListLine(
            one,
            one.place(language),
            sum(1 for code in one.codes if code not in withdrawn),
            len(one.codes),
            sum(ahead.count(code) for code in one.codes),
        )
        for one in CodeList
    ]


def _codes_with_changes_ahead() -> list[Labelled]:
    rules, day = rulebook(), today()
    named = [row.code for row in rules.labels if row.valid_from > day]
    return named + [row.code for row in rules.offers if row.valid_from > day]


@dataclass(frozen=True)
class CodeLine:
    """One code: its words, those of the consulter where she reads others, and how it stands."""

    code: Labelled
    words: str
    to_the_worker: str
    state: str
    ahead: int


def code_lines(codes: CodeList) -> list[CodeLine]:
    """Every code of a list."""
    withdrawn, ahead = codes_of_day(today()).withdrawn, _codes_with_changes_ahead()
    return [
        CodeLine(
            one,
            label(one),
            to_the_worker(one) if codes.asks_the_consulter else "",
            state_of(one, withdrawn=one in withdrawn),
            ahead.count(one),
        )
        for one in codes.codes
    ]


def state_of(code: Labelled, *, withdrawn: bool) -> str:
    """Whether a code is on offer, and whether it has to be."""
    if withdrawn:
        return str(_("選べません"))
    return str(_("選べます(決まりに使用)")) if code in HELD else str(_("選べます"))


def count_words(count: int | None) -> str:
    """How many open cases carry a code; a few are not told apart."""
    if count is None:
        return str(_("ここでは数えません"))
    if count == 0:
        return str(_("ありません"))
    if count < SMALLEST_CELL:
        return str(_("1件以上、%(few)s件より少ない数", few=SMALLEST_CELL))
    return str(_("%(count)s件", count=count))


@dataclass(frozen=True)
class WordChange:
    """What one wording makes of another, in one place and language."""

    what: str
    before: str
    after: str


def word_changes(before: CodeWording, after: CodeWording, *, asks_the_consulter: bool) -> list[WordChange]:
    """What a new wording changes, and where."""
    lines = [
        WordChange(str(_("相談員と会社の画面")), before.ja, after.ja),
        WordChange(str(_("相談員と会社の画面(英語)")), before.en, after.en),
    ]
    if asks_the_consulter:
        lines += [
            WordChange(str(_("相談者の画面")), before.to_the_worker("ja"), after.to_the_worker("ja")),
            WordChange(str(_("相談者の画面(英語)")), before.to_the_worker("en"), after.to_the_worker("en")),
        ]
    return [line for line in lines if line.before != line.after]


def change_lines(kinds: frozenset[RuleKind], key: str) -> list[ChangeLine]:
    """Every change of some words, the newest day first."""
    return [
        change_line(change, what_changed(change), who=who_changed(change.entered_by_id), today=today())
        for change in changes_of(kinds, key)
    ]


@dataclass(frozen=True)
class MailLine:
    """One kind of mail: its subject as it is, and what will change."""

    kind: MailKind
    subject: str
    ahead: int


def mail_lines() -> list[MailLine]:
    """Every kind of mail."""
    day, rules = today(), rulebook()
    return [
        MailLine(
            kind,
            mail_wording_of(kind, day).subject,
            sum(1 for one in rules.mails if one.kind is kind and one.valid_from > day),
        )
        for kind in MailKind
    ]
