"""The question why something that takes two persons is asked for; the same in every slice."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.presentation.fields import PlainText

LONGEST_REASON = 400


def reason_for_two() -> PlainText:
    """Why it is asked for, so that the second person can decide."""
    return PlainText(
        _l("理由"),
        limit=LONGEST_REASON,
        rows=4,
        hint=_l("二人目が判断できるように書いてください。相談の内容や、相談者のお名前は書かないでください。"),
    )
