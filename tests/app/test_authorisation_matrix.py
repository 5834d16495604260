"""Every address and method, asked by every role in every standing: what the policy table says, seen over HTTP.

What is expected comes from two tables alone: the policy (models/rules/permissions.py), and what each page is said to
ask for (tests/support/what_pages_ask.py). The standings are those of tests/support/matters.py, written by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, true

from app.cases.routes import finding
from app.pipeline import errors
from app.pipeline.access import Ask, Writes
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import WatchedSession, transactions
from models.rules.people import Role, Standing
from models.rules.permissions import Permission, decide, may_ever, needs_reason
from tests.app.attachments.conftest import give
from tests.conftest import STARTS_AT
from tests.conventions.test_access import PUBLIC
from tests.support import files
from tests.support.installation import Installation
from tests.support.matters import SEEN_BY_NOBODY_ELSE, Full, Matter, a_full_association
from tests.support.page import Page
from tests.support.visitor import enter, sign_in
from tests.support.what_addresses_name import ABOUT, NARROWER, NOT_MADE
from tests.support.what_pages_ask import PAGES_THAT_ASK
from tests.support.world import MEMBERS

NOWHERE = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Cell:
    """One request of the matrix, and what the policy says of it."""

    endpoint: str
    method: str
    address: str
    key: str
    standing: Standing | None
    permission: Permission

    @property
    def role(self) -> Role:
        return MEMBERS[self.key].role

    def expected(self) -> str:
        if not may_ever(self.permission, self.role):
            return "403"
        # Without a matter in its address a page only asks whether there is any standing in which one may: at the door.
        if self.standing is None:
            return "reached"
        return "reached" if decide(self.permission, role=self.role, standing=self.standing) else "404"

    def narrowed_by(self) -> list[str]:
        return [begin for begin, roles, _why in NARROWER if self.endpoint.startswith(begin) and self.role in roles]


class Matrix:
    """Everybody signed in, over an association in which nothing that they do is kept."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.full: Full = a_full_association(app, self._give_file)
        self.recorded = 0
        self.narrowed: set[str] = set()
        self.clients: dict[str, Any] = {}
        self.tokens: dict[str, str] = {}
        for key in MEMBERS:
            self._comes(key, sign_in(app, key))
        self._comes("hers", enter(app, self.full.code))
        self._comes("another consulter", enter(app, self.full.other_code))

    def _give_file(self, code: str) -> None:
        give(enter(self.app, code), (files.photo(), "a.jpg"), about="通話の記録")

    def _comes(self, key: str, visitor: Any) -> None:
        self.clients[key] = visitor.client
        self.tokens[key] = visitor.page.form_with("csrf_token").fields["csrf_token"][0]

    def cells(self) -> Iterator[Cell]:
        """One for each address, method, role and standing of the staff's pages; who never may is asked once."""
        seen = set()
        for rule, permission in self.rules():
            if permission is None or permission.resource == "mailbox":
                continue
            for matter in self.matters_of(rule):
                for key, standing in matter.pairs():
                    towards = standing if about(rule) in WITH_STANDING else None
                    never = not may_ever(permission, MEMBERS[key].role)
                    for method in methods(rule):
                        once = (rule.rule, method, MEMBERS[key].role, None if never else towards)
                        if once not in seen:
                            seen.add(once)
                            yield Cell(rule.endpoint, method, address_of(rule, matter), key, towards, permission)

    def rules(self) -> Iterator[tuple[Any, Permission | None]]:
        for rule in self.app.url_map.iter_rules():
            if rule.endpoint != "static":
                yield rule, PERMISSION_OF.get(rule.endpoint)

    def matters_of(self, rule: Any) -> list[Matter]:
        return self.full.matters.get(about(rule), [Matter({})])

    def ask(self, method: str, address: str, key: str) -> Any:
        client = self.clients[key]
        # Whoever signs out here is asked for more afterwards.
        cookies = dict(client._cookies)
        data = None if method == "GET" else {"csrf_token": self.tokens[key]}
        answer = client.open(address, method=method, data=data)
        client._cookies = cookies
        return answer

    def disagreements(self, cells: Iterable[Cell]) -> list[tuple[object, ...]]:
        """Where what came over HTTP is not what the policy says."""
        wrong: list[tuple[object, ...]] = []
        for cell in cells:
            before = self.recorded
            answer = self.ask(cell.method, cell.address, cell.key)
            expected, became = cell.expected(), came_of(answer.status_code)
            where = (cell.endpoint, cell.method, cell.role.value, cell.standing, expected, answer.status_code)
            if expected == "reached" and became == "404" and cell.standing is None:
                # Past the door; what the address names is not there.
                continue
            if expected == "reached" and became == "404":
                narrowed = cell.narrowed_by() or ([cell.endpoint] if cell.endpoint in NOT_MADE else [])
                self.narrowed.update(narrowed)
                if narrowed:
                    continue
            if became != expected:
                wrong.append(where)
            elif expected != "reached" and self.recorded != before:
                wrong.append((*where, "was refused, and something was recorded"))
            elif SEEN_BY_NOBODY_ELSE.encode() in answer.data and (expected != "reached" or self.asks_a_reason(cell)):
                wrong.append((*where, "shows the consulter's words"))
        return wrong

    @staticmethod
    def asks_a_reason(cell: Cell) -> bool:
        return cell.standing is not None and needs_reason(cell.permission, role=cell.role, standing=cell.standing)


PERMISSION_OF = {endpoint: permission for permission, pages in PAGES_THAT_ASK.items() for endpoint in pages}
WITH_STANDING = frozenset(
    {
        *("case", "exchange", "leak", "access", "group", "person"),
        *("company", "certification", "file", "request", "advice", "application", "hearing", "item"),
    }
)


def about(rule: Any) -> str:
    if not rule.arguments:
        return "nothing"
    found = next((what for begin, what in ABOUT if rule.rule.startswith(begin)), None)
    assert found is not None, f"{rule.rule}: say in ABOUT what it is about"
    return found


def methods(rule: Any) -> list[str]:
    return sorted({"GET", "POST", "PUT", "PATCH", "DELETE"} & set(rule.methods or ()))


def address_of(rule: Any, matter: Matter) -> str:
    path: str = rule.rule
    for name in rule.arguments:
        path = path.replace(f"<uuid:{name}>", matter.values.get(name, NOWHERE)).replace(f"<int:{name}>", "1")
        path = path.replace(f"<{name}>", matter.values.get(name, NOWHERE))
    return path


def came_of(status: int) -> str:
    if status in {401, 403, 404}:
        return str(status)
    return "broken" if status >= 500 else "reached"


@pytest.fixture(scope="module")
def matrix(installation: Installation) -> Iterator[Matrix]:
    """One for all of these tests: what a request does is undone at its end, so that each is asked of the same."""
    app = installation.fresh(FixedClock(STARTS_AT))
    made = Matrix(app)

    def undone(session: WatchedSession) -> None:
        session.flush()
        session.rollback()

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        made.recorded += statement.startswith("INSERT INTO audit_record")

    with app.app_context():
        engine = transactions().engine
    event.listen(engine, "before_cursor_execute", note)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(WatchedSession, "commit", undone)
        # Its own tests look at the page that says so; here thousands of them would only take time.
        patched.setattr(errors, "render_template", lambda template, **_shown: template)
        # Who is here is read anew for that page's menu, and for nothing else.
        patched.setattr(errors, "_signed_in", lambda: None)
        yield made
    event.remove(engine, "before_cursor_execute", note)
    installation.let_go()


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
