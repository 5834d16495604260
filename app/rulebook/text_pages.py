"""What the pages of the texts show: each with where it stands, and every wording that there was."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.pipeline.clock import today
from app.presentation.changes import ChangeLine, change_line, shipped_line
from app.presentation.filters import current_language
from app.rulebook.pages import who_changed
from app.rulebook.queries import changes_of, wording_of
from app.rulebook.texts import wording_in
from models.rules.editable_texts import SHIPPED, EditableText
from models.rules.rule_change import RuleKind


@dataclass(frozen=True)
class TextLine:
    """One text: what it is called, where it stands, and how it begins."""

    text: EditableText
    place: str
    begins: str
    ahead: int


def text_lines() -> list[TextLine]:
    """Every text that may be worded anew."""
    language, day = current_language(), today()
    return [
        TextLine(
            text,
            text.place(language),
            _beginning(wording_of(text, day).words(language)),
            sum(1 for one in changes_of((RuleKind.TEXT,), text.code) if one.ended_at is None and one.valid_from > day),
        )
        for text in EditableText
    ]


def _beginning(words: str) -> str:
    first = re.match(r".+?[。.]", words)
    return first[0] if first else words[:60]


def version_lines(text: EditableText) -> list[ChangeLine]:
    """Every wording of a text, the newest day first, and the one that was shipped last."""
    language, in_force = current_language(), wording_of(text, today()).valid_from
    entered = [
        change_line(
            change,
            wording_in(change).words(language),
            who=who_changed(change.entered_by_id),
            today=today(),
            in_force=in_force,
        )
        for change in changes_of((RuleKind.TEXT,), text.code)
    ]
    shipped = next(one for one in SHIPPED if one.text is text)
    return [
        *entered,
        shipped_line(shipped.valid_from, shipped.words(language), is_used=in_force == shipped.valid_from),
    ]
