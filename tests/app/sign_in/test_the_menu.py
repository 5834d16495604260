"""The menu shows, on every page of whoever has signed in, the part in which she is."""

from __future__ import annotations

from flask import Flask

from app.pipeline.access import ask_of
from app.sign_in.home import MENU, PART_OF

AT_THE_NAME = {"sign_in"}
"""One's own account is reached beside one's name, above the menu."""


def test_every_slice_with_pages_for_the_signed_in_has_a_line_or_is_part_of_another(app: Flask) -> None:
    lines = {endpoint.partition(".")[0] for _words, endpoint, _permission in MENU}
    inside = {
        rule.endpoint.partition(".")[0]
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and (ask := ask_of(app, rule.endpoint)) is not None
        and ask.permission is not None
        and not rule.rule.startswith("/mailbox")
    }
    assert inside - lines - set(PART_OF) - AT_THE_NAME == set()
    assert set(PART_OF.values()) <= lines
