"""Companies with corporate numbers, and their file, for whoever brings in the pre-certified."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from flask import Flask

from app.companies.actions import register_company
from app.pipeline.identity import THE_CLOCK
from app.pipeline.transaction import begin_writing, commit
from models.rules.pre_certified_file import Column
from tests.support.page import Page
from tests.support.visitor import Visitor

AOI, MIDORI = "8700110005901", "9000000000009"
NAMES = {AOI: "あおい窓口株式会社", MIDORI: "みどり応対株式会社"}


def register_them(app: Flask) -> None:
    with app.app_context():
        begin_writing()
        for number, name in NAMES.items():
            register_company(
                name=name,
                kana=f"カナ{number}",
                english=f"Company {number}",
                actor=THE_CLOCK,
                corporate_number=number,
                prefecture="東京都",
                address="東京都架空区三丁目",
                joined_on=date(2020, 4, 1),
            )
        commit()


def line(corporate_number: str, number: str, *, name: str = "", to: str = "2027-09-30") -> str:
    return f"{corporate_number},{name or NAMES[corporate_number]},{number},2025-10-01,{to}"


def table(*lines: str) -> str:
    return "\r\n".join((",".join(column.ja for column in Column), *lines, ""))


def choose(visitor: Visitor, body: bytes, *, token: str | None = None, status: int = 200) -> Page:
    """Choose this file on the page, and have it checked."""
    page = visitor.get("/certifications/file")
    form = page.form_with("file")
    fields = {"csrf_token": form.fields["csrf_token"][0] if token is None else token}
    return visitor.post(form.action, {**fields, "file": (BytesIO(body), "list.csv")}, status=status)
