"""Every address and method with everybody who might ask for it, over an association in which nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app.pipeline import errors
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import WatchedSession, transactions
from models.rules.people import Role, Standing
from models.rules.permissions import Permission, decide, may_ever, needs_reason
from tests.app.attachments.conftest import give
from tests.support import files
from tests.support.installation import STARTS_AT, Installation
from tests.support.matters import SEEN_BY_NOBODY_ELSE, Full, Matter, a_full_association
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


@contextmanager
def a_matrix(installation: Installation) -> Iterator[Matrix]:
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
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(WatchedSession, "commit", undone)
            # Its own tests look at the page that says so; here thousands of them would only take time.
            patched.setattr(errors, "render_template", lambda template, **_shown: template)
            # Who is here is read anew for that page's menu, and for nothing else.
            patched.setattr(errors, "_signed_in", lambda: None)
            yield made
    finally:
        event.remove(engine, "before_cursor_execute", note)
        installation.let_go()
