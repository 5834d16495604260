"""How the codes are called today, and which of them forms offer, as the association has changed it.

Where the rows are kept is said once, when the program is put together. Outside an application, what is shipped holds. A
code that no row can rename costs no question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final

from flask import Flask, current_app, has_app_context

from app.pipeline.clock import today
from models.rules.editable_codes import AS_SHIPPED, EDITABLE, CodesOn

CodesOfDay = Callable[[date], CodesOn]
_REGISTERED: Final = "kikite_code_words"


def use_code_words(app: Flask, codes_of_day: CodesOfDay) -> None:
    """Say where the words of a day are found."""
    app.extensions[_REGISTERED] = codes_of_day


def codes_of(code: object, day: date | None = None) -> CodesOn:
    """What holds for a code on a day, or today."""
    if type(code) not in EDITABLE or not has_app_context():
        return AS_SHIPPED
    found: CodesOfDay | None = current_app.extensions.get(_REGISTERED)
    return found(day or today()) if found else AS_SHIPPED


def withdrawn_among(codes: Iterable[object]) -> Mapping[Any, date]:
    """Which codes are not on offer today, and since when: asked once for all the lines of a list."""
    return next((codes_of(code).withdrawn for code in codes if type(code) in EDITABLE), AS_SHIPPED.withdrawn)
