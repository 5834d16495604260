"""A consulter with a case, and a way to give files through the pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask

from models.case import Case
from tests.support import road
from tests.support.page import Page
from tests.support.visitor import Visitor, enter

Give = Callable[..., Page]


@dataclass(frozen=True)
class Hers:
    """A consulter in her mailbox, and her case."""

    visitor: Visitor
    case: Case
    code: str


def give(
    visitor: Visitor, *files: tuple[bytes, str], about: str = "", path: str = "/mailbox/files", status: int = 200
) -> Page:
    """Choose files on the page and send them, as a browser without script does."""
    form = visitor.get(path).form_with("files", "about")
    fields = {**{name: values[0] for name, values in form.fields.items()}, "about": about}
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    for content, name in files:
        head = f'Content-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: image/jpeg\r\n\r\n'
        parts.append(head.encode() + content)
    # Put together here: the test client would keep what is large in a file that it forgets to close.
    body = b"".join(b"--limit\r\n" + part + b"\r\n" for part in parts) + b"--limit--\r\n"
    answer = visitor.client.post(form.action, data=body, content_type="multipart/form-data; boundary=limit")
    return visitor._arrive(answer, form.action, status)


@pytest.fixture
def hers(app: Flask) -> Hers:
    with app.app_context():
        case, code = road.submitted()
    return Hers(enter(app, code), case, code)
