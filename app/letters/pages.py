"""What the pages of the letters' words show: each kind with what it needs, and every wording that there was."""

from __future__ import annotations

from app.letters.queries import template_in, words_on
from app.people.queries import name_of
from app.pipeline.clock import today
from app.pipeline.transaction import db
from app.presentation.changes import ChangeLine, change_line, shipped_line
from app.rulebook.queries import changes_of
from models.person import Person
from models.rules.letters import SHIPPED, LetterKind
from models.rules.rule_change import RuleKind


def version_lines(kind: LetterKind) -> list[ChangeLine]:
    """Every wording of a kind of letter, the newest day first, and those that were shipped last."""
    in_force = words_on(kind, today())
    entered = [
        change_line(
            change,
            template_in(change).text,
            who=name_of(db().get(Person, change.entered_by_id)),
            today=today(),
            in_force=in_force.valid_from,
        )
        for change in changes_of((RuleKind.LETTER,), kind.code)
    ]
    shipped = [
        shipped_line(one.valid_from, one.text, is_used=one == in_force) for one in reversed(SHIPPED) if one.kind is kind
    ]
    return [*entered, *shipped]
