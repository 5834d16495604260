"""What was opened of her case is shown to the consulter: by whom by role, when, what, and why; no name of the desk."""

from __future__ import annotations

from flask import Flask

from app.pipeline.audit import of_case, record
from models.rules.desk_reasons import ReadingReason
from tests.support import road
from tests.support.present import company, consulter, present
from tests.support.visitor import enter, sign_in


def test_every_opening_of_her_case_is_shown_to_her_and_of_no_other(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        copy = road.approved(case, code)
        road.submitted()
        number = case.number

        def read(key: str, name: str, **facts: str) -> None:
            record(of_case(road.case_of(case)), name, actor=present(key), facts=dict(facts))

        road.done(lambda: read("manager", "case.read_identity", reason_code=ReadingReason.SAFETY.code))
        road.done(lambda: read("alpha_officer", "copy.view", copy_id=copy.id.hex))
        called = company("alpha").name_on(case.received_at.date()).name
    sign_in(app, "counselor").get(f"/desk/{number}")
    page = enter(app, code).get("/mailbox/readings")
    for words in (
        "管理者(事務局)",
        ReadingReason.SAFETY.ja,
        f"{called} 責任者",
        "相談員",
        "会社に伝える文章",
        "相談の内容",
    ):
        assert words in page.text, words
    assert "名前・" not in page.text
    assert number not in page.html


def test_her_own_visits_are_no_openings_and_another_receipt_shows_nothing_of_hers(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        _other, other_code = road.submitted()
        road.done(
            lambda: record(of_case(case), "message.read", actor=consulter(code), facts={"message_id": case.id.hex})
        )
        facts = {"reason_code": ReadingReason.CONTACT.code}
        road.done(lambda: record(of_case(case), "case.read_identity", actor=present("counselor"), facts=dict(facts)))
    assert enter(app, code).get("/mailbox/readings").text.count(ReadingReason.CONTACT.ja) == 1
    assert "まだ、だれも開いていません" in enter(app, other_code).get("/mailbox/readings").text
