"""At the end of every journey nothing that was typed on it stands anywhere in what the installation keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from models import sealed
from tests.support.page import Page
from tests.support.typed import Before, Typed, found_at_rest
from tests.support.visitor import Visitor

_fresh: dict[str, Before] = {}
"""What a fresh association holds, by its kind of database: read once in a run."""


@pytest.fixture(autouse=True)
def nothing_typed_lies_about(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, database_kind: str
) -> Iterator[Typed | None]:
    """7.2, after every journey, on both databases; a journey without the kept application has its own search."""
    if "app" not in request.fixturenames:
        yield None
        return
    app: Flask = request.getfixturevalue("app")
    if database_kind not in _fresh:
        _fresh[database_kind] = Before(app)
    typed, seal_text, post = Typed(), sealed.seal_text, Visitor.post

    def noting(text: str, *given: Any, **named: Any) -> bytes:
        typed.note_sealed(text)
        return seal_text(text, *given, **named)

    def sending(self: Visitor, path: str, data: dict[str, Any], **named: Any) -> Page:
        typed.note_sent(path, data)
        return post(self, path, data, **named)

    monkeypatch.setattr(sealed, "seal_text", noting)
    monkeypatch.setattr(Visitor, "post", sending)
    yield typed
    found = found_at_rest(app, _fresh[database_kind], typed)
    assert not found, "\n".join(found)
