"""The first steps of the road as tests/support/road.py takes them, kept for every test of a worker that begins so.

A test takes its first steps from here, and what comes after anything else from the road itself: both do the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask, current_app

from tests.support import road
from tests.support.beginnings import found, here
from tests.support.visitor import Visitor
from tests.support.visitor import sign_in as signs_in

Given = ParamSpec("Given")
Result = TypeVar("Result")


def _kept(build: Callable[Given, Result]) -> Callable[Given, Result]:
    @wraps(build)
    def begun(*args: Given.args, **named: Given.kwargs) -> Result:
        app = cast(Any, current_app)._get_current_object()
        beginnings = here(app, *args, *named.values())
        if beginnings is None:
            return build(*args, **named)
        step = (build.__name__, args, tuple(sorted(named.items())))
        return cast(Result, found(beginnings.take(app, step, lambda: build(*args, **named))))

    return begun


def sign_in(app: Flask, key: str, *, language: str = "ja") -> Visitor:
    """A browser in which this member of the test's association has signed in."""
    beginnings = here(app) if Visitor.sits_as is None else None
    if beginnings is None:
        return signs_in(app, key, language=language)

    def act() -> Any:
        visitor = signs_in(app, key, language=language)
        return dict(visitor.client._cookies or {}), visitor.page

    cookies, page = beginnings.take(app, ("sign_in", key, language), act)
    visitor = Visitor(app, language=language)
    visitor.client._cookies = dict(cookies)
    visitor.page = page
    return visitor


submitted = _kept(road.submitted)
triaged = _kept(road.triaged)
routed = _kept(road.routed)
acknowledged = _kept(road.acknowledged)
in_action = _kept(road.in_action)
reported = _kept(road.reported)
accepted = _kept(road.accepted)
fed_back = _kept(road.fed_back)
closed = _kept(road.closed)
