"""The rows of the texts that the secretariat words: every wording that was entered, and what each holds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.pipeline.transaction import db
from models.rule_change import RuleChange
from models.rules.editable_texts import EditableText, Wording
from models.rules.rule_change import RuleKind


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
