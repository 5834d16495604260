"""A receipt code that is given by voice: its groups with their readings, and the form in which it is repeated."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.presentation.fields import Code
from app.presentation.filters import current_language
from app.presentation.form import Form
from models.rules.spoken_code import spoken


class RepeatForm(Form):
    """The last group as the other one repeated it. The code itself stays in the page that shows it."""

    receipt = HiddenField()
    last_group = Code(
        _l("復唱された最後の4文字"),
        thing=_l("最後の4文字"),
        limit=40,
        width="short",
        hint=_l("相手が復唱した、または書き写した紙にある、最後の組を入力します。"),
    )

    @classmethod
    def for_code(cls, code: str) -> RepeatForm:
        """The empty form beneath a code that is being read out."""
        return cls(formdata=None, data={"receipt": code})


def groups_of(code: str) -> list[tuple[str, list[str]]]:
    """Each group of a code with the readings of its signs, in the language of the page."""
    return spoken(code, current_language())


def shown_receipt(code: str, form: RepeatForm | None = None) -> dict[str, Any]:
    """What a page needs to give a code by voice."""
    return {"spoken": groups_of(code), "form": form or RepeatForm.for_code(code)}
