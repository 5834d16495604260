"""What the pages of the texts show: each with where it stands, and every wording that there was."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from app.pipeline.clock import today
from app.presentation.filters import current_language
from app.rulebook.pages import who_changed
from app.rulebook.queries import wording_of
from app.rulebook.texts import changes_of_text, wording_in
from models.rule_change import RuleChange
from models.rules.editable_texts import SHIPPED, EditableText


@dataclass(frozen=True)
class TextLine:
    """One text: what it is called, where it stands, and how it begins."""

    text: EditableText
    place: str
    begins: str
    ahead: int


@dataclass(frozen=True)
class VersionLine:
    """One wording of a text: from when, by whom and why, and what became of it."""

    id: uuid.UUID | None
    valid_from: date
    words: str
    who: str
    reason: str
    state: str
    may_take_back: bool


def text_lines() -> list[TextLine]:
    """Every text that may be worded anew."""
    language, day = current_language(), today()
    return [
        TextLine(
            text,
            text.place(language),
            _beginning(wording_of(text, day).words(language)),
            sum(1 for one in changes_of_text(text) if one.ended_at is None and one.valid_from > day),
        )
        for text in EditableText
    ]


def _beginning(words: str) -> str:
    first = re.match(r".+?[。.]", words)
    return first[0] if first else words[:60]


def version_lines(text: EditableText) -> list[VersionLine]:
    """Every wording of a text, the newest day first, and the one that was shipped last."""
    language, now_from = current_language(), wording_of(text, today()).valid_from
    lines = [_line(change, now_from=now_from, language=language) for change in changes_of_text(text)]
    shipped = next(one for one in SHIPPED if one.text is text)
    state = _("いま使っています") if now_from == shipped.valid_from else _("前の文章")
    return [
        *lines,
        VersionLine(
            id=None,
            valid_from=shipped.valid_from,
            words=shipped.words(language),
            who=str(_("導入のとき")),
            reason="",
            state=str(state),
            may_take_back=False,
        ),
    ]


def _line(change: RuleChange, *, now_from: date, language: str) -> VersionLine:
    ahead = change.ended_at is None and change.valid_from > today()
    if change.ended_at is not None:
        state = _("取り消しました")
    elif ahead:
        state = _("これから使います")
    else:
        state = _("いま使っています") if change.valid_from == now_from else _("前の文章")
    return VersionLine(
        change.id,
        change.valid_from,
        wording_in(change).words(language),
        who_changed(change.entered_by_id),
        change.reason,
        str(state),
        ahead,
    )
