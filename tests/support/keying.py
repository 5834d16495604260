"""A counselor who keys what she hears, at the pages."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.pipeline.transaction import db
from models.case import Case
from tests.support.visitor import Visitor, sign_in

HEARD = "夜勤のあいだ、同じお客様から何度も電話があり、そのたびに怒鳴られました。上司は代わってくれません。"
SHOWN = re.compile(r"k-spelt__code\">([0-9A-Z]{4})<")


def code_read_out(visitor: Visitor) -> str:
    """The code that the page shows to be read out, in groups."""
    groups = SHOWN.findall(visitor.page.html)
    assert len(groups) == 7, f"no code on {visitor.page.path}: {visitor.page.text[:300]}"
    return "-".join(groups)


def read_back(app: Flask, *, by: str = "counselor", **answers: Any) -> Visitor:
    """A counselor at the page on which everything is read back; nothing is stored yet."""
    desk = sign_in(app, by)
    desk.get("/phone/consult")
    desk.send({"text": HEARD, **answers}, action="/phone/consult")
    return desk


def keyed(app: Flask, *, by: str = "counselor", confirmed: str = "read_aloud", **answers: Any) -> tuple[Visitor, str]:
    """A consultation was keyed, and its code is on the page to be read out."""
    desk = read_back(app, by=by, **answers)
    desk.send({"read_back": confirmed}, action="/phone/consult/send")
    return desk, code_read_out(desk)


def newest_case() -> Case:
    """The case that came last. Call it inside an application context."""
    db().expire_all()
    return db().scalars(select(Case).order_by(Case.received_at.desc()).limit(1)).one()
