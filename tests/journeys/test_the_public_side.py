"""What a stranger makes of a company's mark, from the day of its certification to the day after it (domain 7.28)."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.pipeline.clock import TOKYO, FixedClock
from app.pipeline.transaction import commit
from app.resolutions.actions import record_resolution
from models.rules.board import BoardOption
from tests.support.board import all_vote, voting
from tests.support.present import present
from tests.support.visitor import Visitor, sign_in

NUMBER, COMPANY = "KC-2025-0001", "青葉台コンタクト株式会社"


def test_a_stranger_follows_the_mark_verifies_a_statement_and_learns_of_a_revocation_only_when_it_holds(
    app: Flask, clock: FixedClock
) -> None:
    assert f"/registry/{NUMBER}/mark.svg" in sign_in(app, "alpha_officer").get("/certifications/").html
    with app.app_context():
        item = voting(clock)
        all_vote(item, BoardOption.REVOKE)
        effect_at = record_resolution(item, reasons="要請に応じなかったため。", actor=present("manager")).effect_at
        commit()
    clock.move(to=effect_at - timedelta(minutes=1))
    stranger = Visitor(app)
    assert NUMBER in stranger.get("/registry?q=旧青葉台").links
    page = stranger.get(f"/registry/{NUMBER}")
    assert "認定しています" in page.text
    statement = stranger.client.get(page.links["署名つきの証明を保存する(JSON)"]).get_data(as_text=True)
    stranger.get(page.links["受け取った証明を確かめる"])
    stranger.send({"text": statement})
    assert "本物の証明です" in stranger.page.text
    assert COMPANY in stranger.page.text
    assert "状態が変わりました" not in stranger.page.text

    clock.move(to=effect_at + timedelta(minutes=5))
    assert NUMBER not in stranger.get("/registry").links
    assert "認定されていません" in stranger.client.get(f"/registry/{NUMBER}/mark.svg").get_data(as_text=True)
    stranger.get("/registry/verify")
    stranger.send({"text": statement})
    assert "本物の証明です" in stranger.page.text
    assert "証明のあとで、状態が変わりました" in stranger.page.text
    assert "認定取消" in stranger.page.text
    the_day_before = (effect_at.astimezone(TOKYO) - timedelta(days=1)).date()
    assert "この日は、認定していました" in stranger.get(f"/registry/{NUMBER}?on={the_day_before}").text
