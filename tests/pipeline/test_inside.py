"""Nobody is sent to another site from here, and no error page shows a password that was typed."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask import Flask

from app.people.actions import invite
from app.pipeline.inside import inside
from app.pipeline.transaction import commit
from tests.support.present import person, present
from tests.support.visitor import Visitor
from tests.support.world import MEMBERS, PASSWORD

ELSEWHERE = (
    "//elsewhere.example",
    "/\\elsewhere.example",
    "/\t/elsewhere.example",
    "/\n/elsewhere.example",
    "/ /elsewhere.example",
    "\\\\elsewhere.example",
    "https://elsewhere.example/",
    "javascript:alert(1)",
)


@pytest.mark.parametrize("address", ELSEWHERE)
def test_what_a_browser_would_read_as_another_site_is_no_page_of_ours(address: str) -> None:
    assert inside(address) == ""


@pytest.mark.parametrize("address", ["/", "/desk/", "/desk/K-2345-6789", "/相談"])
def test_a_path_of_ours_is_followed(address: str) -> None:
    assert inside(address) == address


@pytest.mark.parametrize("address", ELSEWHERE)
def test_signing_in_leads_to_no_other_site(app: Flask, address: str) -> None:
    visitor = Visitor(app)
    page = visitor.get(f"/sign-in?next={quote(address, safe='')}")
    fields = page.form_with("mail", "password").fields
    answer = visitor.client.post("/sign-in", data={**fields, "mail": MEMBERS["counselor"].mail, "password": PASSWORD})
    assert answer.headers["Location"] == "/desk/"


@pytest.mark.parametrize("address", ELSEWHERE)
def test_choosing_the_language_leads_to_no_other_site(app: Flask, address: str) -> None:
    visitor = Visitor(app)
    form = visitor.get("/").form_with(action="/language")
    answer = visitor.client.post("/language", data={**form.fields, "language": "en", "back": address})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"


def test_a_page_that_was_too_old_shows_no_password_that_was_typed(app: Flask) -> None:
    with app.app_context():
        token = invite(person("counselor"), actor=present("manager"))
        commit()
    typed = {"password": "first half of a secret", "again": "first half of a secret"}
    page = Visitor(app).post(f"/sign-up/{token}", typed, status=400)
    assert "first half" not in page.text
