"""Words of codes that change, in the words of the domain (3: codes stable, labels editable, effective-dated)."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask

from app.pipeline.clock import TOKYO, FixedClock
from models.rules.taxonomy.harassment_type import HarassmentType
from tests.support import road
from tests.support.visitor import Visitor, sign_in

MONDAY = datetime(2026, 11, 30, 10, 0, tzinfo=TOKYO)
OLD, NEW, TO_HER = "暴言・怒声", "ひどい言葉・どなり声", "ひどい言葉を言われた・どなられた"


def test_the_manager_changes_a_label_and_tomorrows_form_shows_it_and_yesterdays_case_still_reads_right(
    app: Flask, clock: FixedClock
) -> None:
    """The manager changes a label and tomorrow's form shows it; yesterday's case still reads right."""
    clock.move(to=MONDAY)
    with app.app_context():
        yesterdays = road.triaged(types=(HarassmentType.ABUSE,))[0].number
    manager = sign_in(app, "manager")
    assert "分類の言葉" in manager.get("/rulebook/").text
    manager.get("/rulebook/code/HT-ABU")
    words = {"ja": NEW, "en": "Harsh words, shouting", "worker_ja": TO_HER, "worker_en": "I was shouted at"}
    manager.send({**words, "valid_from": "2026-12-01", "reason": "相談者に分かりやすくするため"})
    assert f"「{OLD}」→「{NEW}」" in manager.page.text, "what will change is seen before"
    manager.send({}, action="/rulebook/code/HT-ABU")
    worker = Visitor(app)
    assert OLD in worker.get("/consult").text, "today nothing changes yet"
    assert TO_HER not in worker.page.text

    clock.move(to=MONDAY + timedelta(days=1))
    worker = Visitor(app)
    assert TO_HER in worker.get("/consult").text
    assert OLD not in worker.page.text
    worker.send({"text": "どなられました。", "types": ["HT-ABU"]}, action="/consult/check")
    assert TO_HER in worker.page.text
    worker.send({}, action="/consult/send")
    assert "I was shouted at" in Visitor(app, language="en").get("/consult").text

    counselor = sign_in(app, "counselor")
    assert f"{NEW}(以前の言い方: {OLD})" in counselor.get(f"/desk/{yesterdays}").text
    assert NEW in counselor.get(f"/desk/{yesterdays}/triage").text
    found = counselor.get("/desk/search?conduct=HT-ABU")
    assert yesterdays in found.text, "the code is the same, so both are found"
    todays = next(link for link in found.links if link.startswith("K-") and link != yesterdays)
    case = counselor.get(f"/desk/{todays}").text
    assert NEW in case
    assert "以前の言い方" not in case
    assert "相談者に分かりやすくするため" in sign_in(app, "manager").get("/rulebook/").text
