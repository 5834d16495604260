"""Whoever is signed in and opens what is not there, or not hers, keeps her menu and her way out."""

from __future__ import annotations

from flask import Flask

from tests.support import road
from tests.support.visitor import Visitor, sign_in


def test_a_page_that_is_not_there_or_not_hers_looks_the_same_and_has_her_menu(app: Flask) -> None:
    with app.app_context():
        case, _code = road.triaged()
        number = case.number
    officer = sign_in(app, "alpha_officer")
    pages = [officer.get(path, status=404) for path in ("/no-such-page", "/office/X-0000-0000")]
    for page in pages:
        assert "ページが見つかりません" in page.text
        assert "/office/" in page.links.values()
        assert "サインアウト" in page.text
        assert "受付コードを入力してください" not in page.text
    assert pages[0].text == pages[1].text
    refused = officer.get(f"/desk/{number}", status=403)
    assert "/office/" in refused.links.values()


def test_who_is_not_signed_in_or_writes_in_her_mailbox_sees_nobodys_menu(app: Flask) -> None:
    with app.app_context():
        _case, code = road.submitted()
    stranger = Visitor(app)
    assert "サインアウト" not in stranger.get("/no-such-page", status=404).text
    both = sign_in(app, "counselor")
    both.get("/mailbox/enter")
    both.send({"receipt": code})
    assert "サインアウト" not in both.get("/mailbox/files/00000000-0000-0000-0000-000000000000", status=404).text
