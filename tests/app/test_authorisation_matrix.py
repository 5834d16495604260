"""Every address and method, asked by every role in every standing: what the policy table says, seen over HTTP.

What is expected comes from two tables alone: the policy (models/rules/permissions.py), and what each page is said to
ask for (tests/support/what_pages_ask.py). The standings are those of tests/support/matters.py, written by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import true

from app.cases.routes import finding
from app.pipeline.access import Ask, Writes
from models.rules.permissions import Permission
from tests.conventions.test_access import PUBLIC
from tests.support.installation import Installation
from tests.support.matrix import PERMISSION_OF, Matrix, a_matrix, address_of, came_of, methods
from tests.support.matters import Matter
from tests.support.page import Page
from tests.support.what_addresses_name import NARROWER, NOT_MADE
from tests.support.world import MEMBERS


@pytest.fixture(scope="module")
def matrix(installation: Installation) -> Iterator[Matrix]:
    with a_matrix(installation) as made:
        yield made


def test_every_address_answers_every_role_in_every_standing_as_the_policy_says(matrix: Matrix):
    every = list(matrix.cells())
    assert not matrix.disagreements(every)
    assert len(every) > 2_500
    assert {cell.role for cell in every} == {member.role for member in MEMBERS.values()}
    assert {cell.expected() for cell in every} == {"403", "404", "reached"}
    known = {begin for begin, _roles, _why in NARROWER} | NOT_MADE
    assert matrix.narrowed == known, f"no longer narrower, or there now: {known - matrix.narrowed}"
    reached = {cell.endpoint for cell in every if cell.expected() == "reached"}
    assert {name for name, asks in PERMISSION_OF.items() if asks.resource != "mailbox"} == reached


def test_every_address_of_the_mailbox_is_the_consulters_own_and_nobody_elses(matrix: Matrix):
    own = Matter({"attachment_id": matrix.full.attachment})
    tried = 0
    for rule, permission in matrix.rules():
        if permission is None or permission.resource != "mailbox":
            continue
        for method in methods(rule):
            address = address_of(rule, own)
            assert came_of(matrix.ask(method, address, "hers").status_code) == "reached" or rule.endpoint in NOT_ASKED
            others = matrix.ask(method, address, "another consulter").status_code
            assert others == 404 if rule.arguments else came_of(others) != "broken", (address, others)
            for key in ("counselor", "head", "admin", "alpha_officer"):
                _must_be_sent_to_the_door(matrix.ask(method, address, key), method, "/mailbox/enter")
            tried += 1
    assert tried > 25


NOT_ASKED = {
    *("incidents.own_group", "incidents.decide"),
    *("merging.question", "merging.merge"),
    *("watch.asked", "watch.answer"),
}
"""Pages on which the consulter is asked something, where nothing is to be asked of her."""


def _must_be_sent_to_the_door(answer: Any, method: str, door: str) -> None:
    if method == "GET":
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(door), answer.headers["Location"]
    else:
        assert answer.status_code == 401


def test_who_is_not_signed_in_reaches_what_is_public_and_nothing_else(matrix: Matrix):
    """And none is unaccounted for: whatever is served stands in the table of pages, or on the list of public ones."""
    client = matrix.app.test_client()
    token = Page(client.get("/sign-in"), "/sign-in").form_with("csrf_token").fields["csrf_token"][0]
    for key, its in (("nobody", client), ("hers", matrix.clients["hers"])):
        matrix.clients[key], matrix.tokens["nobody"] = its, token
        for rule, permission in matrix.rules():
            if key == "hers" and (permission is None or permission.resource == "mailbox"):
                continue
            for method in methods(rule):
                answer = matrix.ask(method, address_of(rule, Matter({})), key)
                if permission is None:
                    assert rule.endpoint in PUBLIC, f"{rule.rule} stands in no table"
                    assert came_of(answer.status_code) not in {"401", "403", "broken"}, rule.rule
                else:
                    door = "/mailbox/enter" if permission.resource == "mailbox" else "/sign-in"
                    _must_be_sent_to_the_door(answer, method, door)


def _weakened(endpoint: str) -> Callable[[Matrix, pytest.MonkeyPatch], str]:
    def change(matrix: Matrix, monkeypatch: pytest.MonkeyPatch) -> str:
        view = matrix.app.view_functions[endpoint]
        monkeypatch.setattr(view, "kikite_asks", Ask(Permission.SESSION_SIGN_OUT, Writes.AT_ONCE))
        return endpoint

    return change


def _not_narrowed(matrix: Matrix, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(finding, "visible_cases", lambda *_who, **_how: true())
    return "cases.case"


@pytest.mark.parametrize(
    "weaken",
    [_weakened("audits.readings"), _weakened("people.end"), _weakened("cases.identity"), _not_narrowed],
    ids=["a record", "an act", "a name", "a query"],
)
def test_a_weakened_page_is_seen(matrix: Matrix, monkeypatch: pytest.MonkeyPatch, weaken):
    endpoint = weaken(matrix, monkeypatch)
    assert matrix.disagreements(cell for cell in matrix.cells() if cell.endpoint == endpoint)
