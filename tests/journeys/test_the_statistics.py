"""What the statistics tell, and of whom they do not, in the scenarios' own words (domain 7.11, 7.42)."""

from __future__ import annotations

import csv
from datetime import datetime

from flask import Flask

from app.mailbox.actions import set_consent
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db
from models.case import Case
from models.rules.consent import ConsentLevel, ConsentOption
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.working_days import JST
from tests.support import road
from tests.support.present import consulter
from tests.support.visitor import sign_in

WHILE_IT_RUNS = datetime(2027, 3, 31, 23, 0, tzinfo=JST)
WHEN_IT_IS_OVER = datetime(2027, 4, 1, 0, 30, tzinfo=JST)
COUNTED = (ConsentOption.CN_ST,)


def written(app: Flask, number: int, channel: Channel, **answers: object) -> list[str]:
    options = answers.pop("options", COUNTED)
    with app.app_context():
        return [road.submitted(channel=channel, options=options, **answers)[1] for _one in range(number)]


def shown(app: Flask, clock: FixedClock, table: str) -> dict[str, str]:
    clock.move(to=WHEN_IT_IS_OVER)
    text = sign_in(app, "auditor").client.get("/statistics/file?year=2026").get_data(as_text=True).lstrip("\ufeff")
    return {row["項目"]: row["人数"] for row in csv.DictReader(text.splitlines()) if row["表"] == table}


def test_two_colleagues_with_the_same_facts_are_in_no_count_of_any_export(app: Flask, clock: FixedClock) -> None:
    """7.42: Given two colleagues at the same site with the same facts, when statistics are made, then cells under 5 are
    suppressed in every export.
    """
    written(app, 2, Channel.LIVE_CHAT, types=(HarassmentType.SEXUAL,))
    written(app, 6, Channel.EMAIL, types=(HarassmentType.ABUSE,))
    written(app, 9, Channel.INBOUND_CALL, types=(HarassmentType.ABUSE,))
    channels = shown(app, clock, "どこでの出来事か")
    assert channels[Channel.LIVE_CHAT.ja] == "非表示"
    assert channels[Channel.INBOUND_CALL.ja] == "非表示", "or the total would tell of the two"
    assert channels[Channel.EMAIL.ja] == "6"
    assert channels["合計"] == "17"
    types = shown(app, clock, "言動の類型(いくつでも)")
    assert types[HarassmentType.SEXUAL.ja] == "非表示"
    assert types[HarassmentType.ABUSE.ja] == "非表示", "or fifteen of seventeen would tell of the two"
    page = sign_in(app, "auditor").get("/statistics/?year=2026")
    assert "非表示" in page.text


def test_four_in_all_are_not_counted_at_all(app: Flask, clock: FixedClock) -> None:
    written(app, 4, Channel.LIVE_CHAT)
    assert set(shown(app, clock, "どこでの出来事か").values()) == {"非表示"}


def test_only_who_allowed_it_is_counted_and_the_newest_word_holds(app: Flask, clock: FixedClock) -> None:
    written(app, 7, Channel.LIVE_CHAT, options=())
    allowed = written(app, 6, Channel.LIVE_CHAT)
    assert shown(app, clock, "どこでの出来事か")["合計"] == "6"
    with app.app_context():
        receipt = consulter(allowed[0]).receipt
        assert receipt is not None
        case = db().get_one(Case, receipt.case_id)
        road.done(lambda: set_consent(road.case_of(case), ConsentLevel.CN_2, (), actor=consulter(allowed[0])))
    assert shown(app, clock, "どこでの出来事か")["合計"] == "5"


def test_a_year_that_still_runs_tells_nothing(app: Flask, clock: FixedClock) -> None:
    written(app, 9, Channel.LIVE_CHAT)
    clock.move(to=WHILE_IT_RUNS)
    visitor = sign_in(app, "manager")
    assert "まだ、終わった年度がありません" in visitor.get("/statistics/").text
    visitor.get("/statistics/file?year=2026", status=404)


def test_a_member_without_certification_is_kept_apart(app: Flask, clock: FixedClock) -> None:
    """7.11: … and the statistics keep it apart."""
    with app.app_context():
        for company, number in (("delta", 5), ("alpha", 6)):
            for _one in range(number):
                road.routed(company=company, options=COUNTED)
    written(app, 7, Channel.LIVE_CHAT)
    assert shown(app, clock, "会社への連絡") == {
        "認定された会社に伝えた": "6",
        "認定のない会員に依頼した": "5",
        "会社には伝えていない": "7",
        "合計": "18",
    }
