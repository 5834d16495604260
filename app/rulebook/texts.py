"""The texts that the secretariat words: how each reads today, how it will, and how it did."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.pipeline.clock import today
from app.pipeline.transaction import db
from app.presentation.filters import current_language
from app.rulebook.queries import rulebook
from models.rule_change import RuleChange
from models.rules.editable_texts import EditableText, Wording, wording_on
from models.rules.rule_change import RuleKind


def text_in_force(text: EditableText) -> str:
    """The words of today in the language of the page, the same for everybody who reads them."""
    return wording_of(text, today()).words(current_language())


def wording_of(text: EditableText, day: date) -> Wording:
    """How a text reads on a day, by the rows that are entered now."""
    return wording_on(text, day, rulebook().wordings)


def changes_of_text(text: EditableText) -> Sequence[RuleChange]:
    """Every wording of a text that was entered, those taken back too, the newest day first."""
    wanted = select(RuleChange).where(RuleChange.kind == RuleKind.TEXT, RuleChange.key == text.code)
    return db().scalars(wanted.order_by(RuleChange.valid_from.desc(), RuleChange.entered_at.desc())).all()


def is_taken(text: EditableText, day: date) -> bool:
    """Whether a wording begins on that very day."""
    return any(one.valid_from == day and one.ended_at is None for one in changes_of_text(text))


def wording_in(change: RuleChange) -> Wording:
    """The wording that a row holds."""
    value = json.loads(change.value)
    return Wording(EditableText(change.key), change.valid_from, value["ja"], value["en"])
