"""The menu shows, on every page of whoever has signed in, the part in which she is."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.pipeline.access import ask_of
from app.pipeline.clock import today
from app.sign_in.home import LINE_OF, MENU, PART_OF
from models.rules.escalation_ladder import Step
from models.rules.sampling import SampleOf
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.ladder import silent_through
from tests.support.page import Page
from tests.support.visitor import Visitor, sign_in

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
    assert set(LINE_OF.values()) <= {endpoint for _words, endpoint, _permission in MENU}


SAMPLES = ("/audits/samples", "true")


def here_on(page: Page) -> list[tuple[str, str]]:
    """The links of a page that say that one is there, with what they say."""
    return [
        (one.get("href", ""), one.get("aria-current", "")) for one in page.root.iter("a") if one.get("aria-current")
    ]


def here(visitor: Visitor, path: str) -> list[tuple[str, str]]:
    return here_on(visitor.get(path))


def test_a_page_of_a_part_with_several_lines_shows_one_of_them(app: Flask) -> None:
    with app.app_context():
        road.routed(severity=Severity.HIGH)
        number = silent_through(Step.E1).number
        yesterday = today() - timedelta(days=1)
    head, manager, auditor = sign_in(app, "head"), sign_in(app, "manager"), sign_in(app, "auditor")
    assert ("/escalations/", "true") in here(head, f"/escalations/{number}")
    assert ("/escalations/comparison", "page") in here(head, "/escalations/comparison")
    assert ("/joint/", "true") in here(manager, "/exports/ask")
    auditor.get("/audits/samples")
    asked = {"what": SampleOf.REQUESTS.value, "first_day": "2026-01-01", "last_day": f"{yesterday}", "size": "1"}
    assert [one for one in here_on(auditor.send(asked)) if one[0].startswith("/audits")] == [SAMPLES]
