"""The desk sees which numbers must be checked before anybody is served; a consulter is promised nothing unchecked."""

from __future__ import annotations

from flask import Flask

from models.rules.help_lines import every_line
from tests.support.visitor import Visitor, sign_in


def test_the_manager_sees_first_which_numbers_are_not_yet_checked(app: Flask):
    visitor = sign_in(app, "manager")
    page = visitor.get("/desk/referrals")
    waiting = [line for line in every_line() if line.seen is None]
    assert f"まだ確かめていない番号が{len(waiting)}件あります" in page.text
    for line in waiting:
        assert line.missing_ja in page.text
    assert page.text.index("0120-279-338") < page.text.index("0570-003-110")
    assert "2026年11月27日にmoj.go.jp/JINKEN/jinken20.htmlで読みました。" in page.text


def test_an_unchecked_line_says_that_its_hours_may_change_and_a_checked_one_does_not(app: Flask):
    page = Visitor(app).get("/")
    assert "(毎日16時から21時・通話料無料。変わることがあります)" in page.text
    assert "24時間。変わる" not in page.text
