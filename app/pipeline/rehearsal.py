"""What takes long and needs nobody's pen is made before the pen is taken: the act is rehearsed, undone, and then done.

Only the act itself knows what it will need, such as a letter with its number and its day. So it is done once with
stand-ins and undone; what it asked for is made while everybody else may write; then it is done in earnest. Where
something has changed in between, what it asks for is another thing, and is made on the spot: late, but never wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g, request, session

from app.pipeline.transaction import begin_writing, roll_back

View = TypeVar("View", bound=Callable[..., Any])
Made = TypeVar("Made")
FLASHES = "_flashes"


def made_before(key: str, make: Callable[[], Made], *, stand_in: Made) -> Made:
    """Something that takes long: what was made of it before the pen was taken; in a rehearsal, a stand-in for it."""
    ready: dict[str, Any] = g.get("made_before", {})
    if key in ready:
        return cast(Made, ready[key])
    wanted: dict[str, Callable[[], Any]] | None = g.get("to_make")
    if wanted is None:
        return make()
    wanted[key] = make
    return stand_in


def makes_first(view: View) -> View:
    """A view whose act needs something that takes long; what it stores is stored in one short transaction all the same.

    The view reads its form and its things anew each time, as it would after somebody else's turn.
    """

    @wraps(view)
    def rehearsed(*given: Any, **named: Any) -> Any:
        if request.method in {"GET", "HEAD"}:
            return view(*given, **named)
        begin_writing()
        said_before = list(session.get(FLASHES, ()))
        g.to_make = {}
        try:
            answer = view(*given, **named)
        finally:
            wanted = g.pop("to_make")
        if not wanted:
            # It came to nothing that takes long, such as a form that is shown again: that stands.
            return answer
        roll_back()
        session[FLASHES] = said_before
        g.made_before = {key: make() for key, make in wanted.items()}
        begin_writing()
        return view(*given, **named)

    return cast(View, rehearsed)
