"""What the pages of the letters' words show: each kind with what it needs, and every wording that there was."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from app.letters.queries import changes_of_words, template_in, words_on
from app.people.queries import name_of
from app.pipeline.clock import today
from app.pipeline.transaction import db
from models.person import Person
from models.rule_change import RuleChange
from models.rules.letters import SHIPPED, LetterKind


@dataclass(frozen=True)
class VersionLine:
    """One wording: from when, by whom and why, and what became of it."""

    id: uuid.UUID | None
    valid_from: date
    words: str
    who: str
    reason: str
    state: str
    may_take_back: bool


def version_lines(kind: LetterKind) -> list[VersionLine]:
    """Every wording of a kind of letter, the newest day first, and those that were shipped last."""
    in_force = words_on(kind, today())
    lines = [_line(change, now_from=in_force.valid_from) for change in changes_of_words(kind)]
    shipped = [
        VersionLine(
            id=None,
            valid_from=one.valid_from,
            words=one.text,
            who=str(_("導入のとき")),
            reason="",
            state=str(_("いま使っています") if one == in_force else _("前の文面")),
            may_take_back=False,
        )
        for one in reversed(SHIPPED)
        if one.kind is kind
    ]
    return [*lines, *shipped]


def _line(change: RuleChange, *, now_from: date) -> VersionLine:
    ahead = change.ended_at is None and change.valid_from > today()
    if change.ended_at is not None:
        state = _("取り消しました")
    elif ahead:
        state = _("これから使います")
    else:
        state = _("いま使っています") if change.valid_from == now_from else _("前の文面")
    person = db().get(Person, change.entered_by_id) if change.entered_by_id else None
    return VersionLine(
        change.id,
        change.valid_from,
        template_in(change).text,
        name_of(person),
        change.reason,
        str(state),
        ahead,
    )
