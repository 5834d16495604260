"""The form of a page that others change too: it knows which version of the page was read."""

from __future__ import annotations

from wtforms import HiddenField

from app.presentation.form import Form

LONGEST_VERSION = 9


class ChangingForm(Form):
    """A form that carries the version of the thing it was made for."""

    version = HiddenField()

    def seen(self) -> int | None:
        """The version that the page showed; None for what was tampered with, which fits no version there ever was."""
        typed = str(self.version.data or "")
        is_one = typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_VERSION
        return int(typed) if is_one else None
