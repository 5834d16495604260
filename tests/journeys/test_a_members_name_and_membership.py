"""A member leaves while requests are open, and a company takes another name (7.31, 7.32)."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.operations.sweep import sweep
from app.pipeline.clock import TOKYO, FixedClock
from models.rules.escalation_ladder import Step
from models.rules.taxonomy.severity import Severity
from tests.support import ladder, road
from tests.support.present import company
from tests.support.visitor import Visitor, sign_in
from tests.support.world import COMPANIES

ALPHA, NUMBER = COMPANIES["alpha"][0], COMPANIES["alpha"][3]
NEW_NAME, NEW_KANA = "青空つながり株式会社", "アオゾラツナガリ"


def test_a_company_leaves_during_a_ladder_and_its_frozen_file_is_found_when_it_joins_again(
    app: Flask, clock: FixedClock
) -> None:
    """7.31: Given the company leaves the association during a ladder, when membership ends.

    Then certification lapses, workers with open cases are told, and re-joining shows the frozen file.
    """
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        road.routed(case, code)
        number = ladder.silent_through(Step.E2).number
        entry = f"/companies/{company('alpha').id}"
    last_day = clock.now().astimezone(TOKYO).date() - timedelta(days=1)
    manager = sign_in(app, "manager")
    manager.get(entry)
    manager.send({"leave-left_on": f"{last_day:%Y/%m/%d}", "leave-sure": "1"})
    assert "会員資格の終わりを登録しました" in manager.page.text
    sweep(app)
    anybody = Visitor(app)
    assert NUMBER not in anybody.get("/registry").links
    assert "認定していません" in anybody.get(f"/registry/{NUMBER}").text
    hers = Visitor(app)
    hers.get("/mailbox/enter")
    hers.send({"receipt": code})
    assert "会社が協会の会員ではなくなりました" in hers.page.text
    assert "あなたの相談は終わりではありません" in hers.page.text
    frozen = sign_in(app, "manager").get(f"/escalations/{number}")
    assert "凍結" in frozen.text
    assert "文面を起案する" not in sign_in(app, "counselor").get(f"/escalations/{number}").links

    clock.move(to=clock.now() + timedelta(days=200))
    sweep(app)
    manager = sign_in(app, "manager")
    manager.get(entry)
    manager.send({"join-member_type": "regular", "join-joined_on": f"{clock.now().astimezone(TOKYO):%Y/%m/%d}"})
    manager.get(manager.page.links["凍結した記録を見る"])
    for step in ("E1", "E2"):
        assert step in manager.page.text
    sweep(app)
    assert NUMBER not in Visitor(app).get("/registry").links, "to be a member again is not to be certified again"


def test_after_a_change_of_name_both_names_find_it_and_old_documents_show_the_old_one(
    app: Flask, clock: FixedClock
) -> None:
    """7.32: Given the company is renamed, when old and new names are searched.

    Then both find it and old documents show the old name.
    """
    with app.app_context():
        road.routed(severity=Severity.HIGH)
        letter = ladder.newest(ladder.silent_through(Step.E1)).number
        entry = f"/companies/{company('alpha').id}"
    clock.move(to=clock.now() + timedelta(days=10))
    manager = sign_in(app, "manager")
    manager.get(entry)
    begins = clock.now().astimezone(TOKYO).date()
    manager.send(
        {
            "rename-name": NEW_NAME,
            "rename-kana": NEW_KANA,
            "rename-english": "",
            "rename-from_": f"{begins:%Y/%m/%d}",
        }
    )
    assert manager.page.h1 == NEW_NAME
    for words in ("青葉台", "青空つながり"):
        assert NEW_NAME in manager.get(f"/companies/?q={words}").links
        assert NUMBER in Visitor(app).get(f"/registry?q={words}").links
    worker = Visitor(app)
    worker.get("/consult")
    worker.send({"text": "大声で怒鳴られました。", "employer": "青葉台コンタクト"})
    assert NEW_NAME in worker.page.text, "who knows the old name alone finds it too"

    officer = sign_in(app, "alpha_officer")
    kept = officer.get(f"/escalations/requests/{letter}/letter").text
    assert ALPHA in kept
    assert NEW_NAME not in kept
    yesterday = begins - timedelta(days=1)
    assert ALPHA in Visitor(app).get(f"/registry/{NUMBER}?on={yesterday:%Y-%m-%d}").text
