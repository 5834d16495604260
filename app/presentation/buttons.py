"""A page with several buttons says with each what it means; whatever else is sent decides nothing."""

from __future__ import annotations

from flask import abort, request


def pressed(field: str, *known: str) -> str:
    """The answer of the button that was pressed; a request with none, or with one that no button gives, is refused."""
    answer = request.form.get(field, "")
    if answer not in known:
        abort(400)
    return answer
