"""A page that is kept says to each visitor what is hers alone."""

import pytest
from flask import Flask, flash, session

from app.intake.queries import desk_hours
from app.presentation.kept_page import MOST_KEPT, kept_page
from tests.app.intake.test_sending import CODE
from tests.support.visitor import Visitor


def receipts(app: Flask, count: int) -> list[str]:
    """The receipts of consultations sent one after the other, each by somebody else."""
    found = []
    for number in range(count):
        visitor = Visitor(app)
        visitor.get("/consult")
        visitor.send({"text": f"{number}番目の相談です。"}, action="/consult/check")
        page = visitor.send({}, action="/consult/send")
        code = CODE.search(page.text)
        assert code is not None
        assert "{" not in page.text
        found.append(code.group())
    return found


def test_everybody_is_shown_the_own_receipt(app: Flask) -> None:
    assert len(set(receipts(app, 3))) == 3


def test_everybody_has_the_own_token_in_a_kept_page(app: Flask) -> None:
    tokens = {
        visitor.get("/consult").form_with("text").fields["csrf_token"][0] for visitor in (Visitor(app), Visitor(app))
    }
    assert len(tokens) == 2


def test_a_kept_page_is_kept_in_each_language(app: Flask) -> None:
    for language, heading in (("ja", "相談を書く"), ("en", "Write to us"), ("ja", "相談を書く")):
        assert Visitor(app, language=language).get("/consult").h1 == heading


def test_what_is_said_once_is_not_kept(app: Flask) -> None:
    with app.test_request_context("/consult"):
        flash("一度だけの言葉", "success")
        assert session.get("_flashes")
        assert "一度だけの言葉" in kept_page("intake/too_late.html", is_crisis=False, lines=(), phone="")
    with app.test_request_context("/consult"):
        assert "一度だけの言葉" not in kept_page("intake/too_late.html", is_crisis=False, lines=(), phone="")


def test_no_more_pages_are_kept_than_there_is_room_for(app: Flask) -> None:
    with app.test_request_context("/consult"):
        for variant in range(MOST_KEPT + 2):
            kept_page("intake/too_late.html", variant=variant, is_crisis=False, lines=(), phone="")
        assert len(app.extensions["kikite_kept_pages"]) <= MOST_KEPT


@pytest.mark.parametrize("value", ["<b>", "&"])
def test_what_stands_in_a_place_is_text_and_no_markup(app: Flask, value: str) -> None:
    with app.test_request_context("/consult"):
        page = kept_page(
            "intake/receipt.html",
            variant=value,
            places={"{here}": value},
            groups=("{here}",),
            already=False,
            is_crisis=False,
            lines=(),
            desk=desk_hours(),
        )
        assert f">{value}<" not in page
