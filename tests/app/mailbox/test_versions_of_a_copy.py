"""Versions of a copy: what changed since the one she saw, what she said of each, and a word that came too late."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import select

from app.mailbox.actions import ask_for_change
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.forwarded_copy import ForwardedCopy
from models.rules.case_lifecycle import CaseState
from tests.app.mailbox.conftest import ComesBack
from tests.support import road
from tests.support.page import Page
from tests.support.present import consulter
from tests.support.visitor import sign_in

FIRST = "夜間の電話で暴言がありました。北センターの遅番で受けました。録音があります。"
SECOND = "夜間の電話で暴言がありました。ある拠点で受けました。録音があります。"
SAID = re.compile("【[^】]*】")
OPINION = "センターの名前と、遅番を消してください。"


def marked(page: Page) -> tuple[list[str], list[str]]:
    """What the page shows as gone and as new, without the words for those who hear it."""

    def words(tag: str) -> list[str]:
        return [SAID.sub("", "".join(element.itertext())) for element in page.root.iter(tag)]

    return words("del"), words("ins")


def asked_to_change() -> tuple[Case, str, ForwardedCopy]:
    """She has read a version and wants it changed."""
    case, code = road.triaged(group_size="under_5")
    first = road.copied(case, text=FIRST)
    road.done(lambda: ask_for_change(road.case_of(case), first, comment=OPINION, actor=consulter(code)))
    return road.case_of(case), code, first


def test_the_preview_shows_what_changed_since_the_version_she_saw_and_what_she_had_said(
    app: Flask, comes_back: ComesBack
) -> None:
    with app.app_context():
        case, code, _first = asked_to_change()
        road.copied(case, text=SECOND)
    page = comes_back(code).get("/mailbox/copy")
    gone, new = marked(page)
    assert gone == ["北センターの遅番"]
    assert new == ["ある拠点"]
    assert "【消えた言葉】北センターの遅番【ここまで】" in page.text.replace(" ", "")
    assert OPINION in page.text
    assert FIRST in page.text


def test_a_first_version_has_no_differences(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        case, code = road.triaged()
        road.copied(case, text=FIRST)
    page = comes_back(code).get("/mailbox/copy")
    assert marked(page) == ([], [])
    assert "との違い" not in page.text


def test_she_is_warned_with_the_reason_where_few_work_together(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        case, code, _first = asked_to_change()
    page = comes_back(code).get("/mailbox/copy")
    assert "人数の少ない職場では" in page.text
    assert "「遅番」" in page.text
    with app.app_context():
        road.copied(road.case_of(case), text="電話で暴言がありました。")
    assert "人数の少ない職場では" not in comes_back(code).get("/mailbox/copy").text


def test_in_a_large_group_there_is_no_such_warning(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        case, code = road.triaged(group_size="over_20")
        road.copied(case, text=FIRST)
    assert "人数の少ない職場では" not in comes_back(code).get("/mailbox/copy").text


def test_approving_a_copy_that_changed_meanwhile_shows_the_new_one_with_the_differences_and_loses_nothing(
    app: Flask, comes_back: ComesBack
) -> None:
    typed = "上司の名前はなくて安心しました。"
    with app.app_context():
        case, code = road.triaged()
        road.copied(case, text=FIRST)
    visitor = comes_back(code)
    visitor.get("/mailbox/copy")
    with app.app_context():
        road.copied(road.case_of(case), text=SECOND)
        third = road.copied(road.case_of(case), text=SECOND + "担当者は代わりました。").id
    visitor.send({"decision": "approve", "comment": typed}, status=409)
    assert "文章が新しくなっていました" in visitor.page.text
    gone, new = marked(visitor.page)
    assert gone == ["北センターの遅番"], "compared with the version that she had read, not with one she never saw"
    assert new == ["ある拠点", "担当者は代わりました。"]
    assert typed in visitor.page.html
    with app.app_context():
        assert road.case_of(case).state is CaseState.AWAIT_CONSENT
        assert db().scalars(select(ForwardedCopy.approved_at)).all() == [None, None, None]
        viewed = db().scalars(select(AuditRecord.facts).where(AuditRecord.name == "copy.view")).all()
        assert third.hex in viewed[-1]
    visitor.send({"decision": "approve"})
    assert "承りました" in visitor.page.text
    with app.app_context():
        assert db().get_one(ForwardedCopy, third).approved_at is not None


def test_the_desk_reads_the_versions_side_by_side_with_her_opinion_on_each(app: Flask) -> None:
    with app.app_context():
        case, _code, _first = asked_to_change()
        road.copied(case, text=SECOND)
        number = case.number
    desk = sign_in(app, "counselor")
    page = desk.get(f"/desk/{number}")
    gone, new = marked(page)
    assert gone == ["北センターの遅番"]
    assert new == ["ある拠点"]
    assert page.text.count(OPINION) == 2, "with its version, and in the conversation"
