"""How the pages list what was changed by dated rows: from when, by whom and why, and what became of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from models.rule_change import RuleChange


@dataclass(frozen=True)
class ChangeLine:
    """One change, or one wording as it was shipped, which nobody entered and nobody takes back."""

    id: uuid.UUID | None
    valid_from: date
    what: str
    who: str
    reason: str
    state: str
    may_take_back: bool


def change_line(change: RuleChange, what: str, *, who: str, today: date, in_force: date | None = None) -> ChangeLine:
    """A change that was entered. Of those that follow one another, the one that began on ``in_force`` holds today."""
    ahead = change.ended_at is None and change.valid_from > today
    if change.ended_at is not None:
        state = _("取り消しました")
    elif ahead:
        state = _("これから使います")
    else:
        state = _("始まりました") if in_force is None else _used(is_used=change.valid_from == in_force)
    return ChangeLine(change.id, change.valid_from, what, who, change.reason, str(state), ahead)


def shipped_line(valid_from: date, what: str, *, is_used: bool) -> ChangeLine:
    """A wording that came with the software."""
    return ChangeLine(None, valid_from, what, str(_("導入のとき")), "", _used(is_used=is_used), may_take_back=False)


def _used(*, is_used: bool) -> str:
    return str(_("いま使っています") if is_used else _("前に使っていました"))
