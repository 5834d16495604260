"""What the statistics tell, and of whom they do not, in the scenarios' own words (domain 7.11, 7.42)."""

from __future__ import annotations

import csv
import json
from datetime import datetime, timedelta
from hashlib import sha256

from flask import Flask
from sqlalchemy import select

from app.mailbox.actions import set_consent
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db
from app.statistics.queries import Year, counted
from models.audit_record import AuditRecord
from models.case import Case
from models.rules.consent import ConsentLevel, ConsentOption
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.working_days import JST
from tests.support import road
from tests.support.present import consulter
from tests.support.report_files import lines_in_csv, lines_in_workbook, words_in_pdf
from tests.support.visitor import Visitor, sign_in

WHILE_IT_RUNS = datetime(2027, 3, 31, 23, 0, tzinfo=JST)
WHEN_IT_IS_OVER = datetime(2027, 4, 1, 0, 30, tzinfo=JST)
COUNTED = (ConsentOption.CN_ST,)


def written(app: Flask, number: int, channel: Channel, **answers: object) -> list[str]:
    options = answers.pop("options", COUNTED)
    with app.app_context():
        return [road.submitted(channel=channel, options=options, **answers)[1] for _one in range(number)]


def reported(app: Flask, clock: FixedClock) -> None:
    """The year is over, and the manager makes its report."""
    clock.move(to=WHEN_IT_IS_OVER)
    manager = sign_in(app, "manager")
    manager.get("/statistics/?year=2026")
    manager.send(action="/statistics/report")


def forms_agree(visitor: Visitor) -> bool:
    """Whether the page, the text with commas, the workbook and the PDF show the same lines with the same numbers."""
    lines = lines_in_csv(visitor.client.get("/statistics/file?year=2026").get_data(as_text=True))
    assert len(lines) > 60
    assert lines_in_workbook(visitor.client.get("/statistics/workbook?year=2026").get_data()) == lines
    printed = words_in_pdf(visitor.client.get("/statistics/paper?year=2026").get_data())
    page = "".join(visitor.get("/statistics/?year=2026").text.split())
    for told in (printed, page):
        place = 0
        for *_where, item, value in lines[1:]:
            wanted = "".join((item + value).split())
            place = told.find(wanted, place)
            assert place >= 0, wanted
            place += len(wanted)
    return True


def shown(app: Flask, table: str) -> dict[str, str]:
    text = sign_in(app, "auditor").client.get("/statistics/file?year=2026").get_data(as_text=True).lstrip("\ufeff")
    return {row["項目"]: row["数・結果"] for row in csv.DictReader(text.splitlines()) if row["表"] == table}


def test_two_colleagues_with_the_same_facts_are_in_no_count_of_any_export(app: Flask, clock: FixedClock) -> None:
    """7.42: Given two colleagues at the same site with the same facts, when statistics are made, then cells under 5 are
    suppressed in every export.
    """
    written(app, 2, Channel.LIVE_CHAT, types=(HarassmentType.SEXUAL,))
    written(app, 6, Channel.EMAIL, types=(HarassmentType.ABUSE,))
    written(app, 9, Channel.INBOUND_CALL, types=(HarassmentType.ABUSE,))
    reported(app, clock)
    channels = shown(app, "どこでの出来事か")
    assert channels[Channel.LIVE_CHAT.ja] == "非表示"
    assert channels[Channel.INBOUND_CALL.ja] == "非表示", "or the total would tell of the two"
    assert channels[Channel.EMAIL.ja] == "6"
    assert channels["合計"] == "17"
    types = shown(app, "言動の類型(いくつでも)")
    assert types[HarassmentType.SEXUAL.ja] == "非表示"
    assert types[HarassmentType.ABUSE.ja] == "非表示", "or fifteen of seventeen would tell of the two"
    auditor = sign_in(app, "auditor")
    assert "非表示" in auditor.get("/statistics/?year=2026").text
    assert forms_agree(auditor)


def test_four_in_all_are_not_counted_at_all(app: Flask, clock: FixedClock) -> None:
    written(app, 4, Channel.LIVE_CHAT)
    reported(app, clock)
    assert set(shown(app, "どこでの出来事か").values()) == {"非表示"}


def test_only_who_allowed_it_is_counted_and_the_newest_word_before_the_report_holds(
    app: Flask, clock: FixedClock
) -> None:
    written(app, 7, Channel.LIVE_CHAT, options=())
    allowed = written(app, 7, Channel.LIVE_CHAT)
    take_back_the_word(app, allowed[0])
    reported(app, clock)
    assert shown(app, "どこでの出来事か")["合計"] == "6"


def test_what_somebody_takes_back_later_tells_of_her_in_no_second_report(app: Flask, clock: FixedClock) -> None:
    """Two lists of one year, made before and after, would differ by her; so the year has one report."""
    allowed = written(app, 6, Channel.LIVE_CHAT)
    clock.move(to=WHEN_IT_IS_OVER)
    head = sign_in(app, "head")
    head.get("/statistics/?year=2026")
    reported(app, clock)
    first = head.client.get("/statistics/paper?year=2026").get_data()
    take_back_the_word(app, allowed[0])
    assert "もう作られています" in head.send(action="/statistics/report").text
    assert shown(app, "どこでの出来事か")["合計"] == "6"
    clock.move(to=WHEN_IT_IS_OVER + timedelta(days=40))
    again = sign_in(app, "auditor").client.get("/statistics/paper?year=2026").get_data()
    assert again == first, "byte for byte"
    with app.app_context():
        (made,) = db().scalars(select(AuditRecord).where(AuditRecord.name == "statistics.report"))
        assert json.loads(made.facts) == {"year": 2026, "file_digest": sha256(first).hexdigest()}


def test_who_may_not_make_a_report_is_offered_none_and_sees_no_number_before_it(app: Flask, clock: FixedClock) -> None:
    written(app, 6, Channel.LIVE_CHAT)
    clock.move(to=WHEN_IT_IS_OVER)
    counselor = sign_in(app, "counselor")
    page = counselor.get("/statistics/?year=2026")
    assert "まだ作られていません" in page.text
    assert "/statistics/report" not in {form.action for form in page.forms}
    for form in ("file", "workbook", "paper"):
        assert counselor.client.get(f"/statistics/{form}?year=2026").status_code == 404


def take_back_the_word(app: Flask, code: str) -> None:
    with app.app_context():
        receipt = consulter(code).receipt
        assert receipt is not None
        case = db().get_one(Case, receipt.case_id)
        road.done(lambda: set_consent(road.case_of(case), ConsentLevel.CN_2, (), actor=consulter(code)))


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
    reported(app, clock)
    assert shown(app, "会社への連絡") == {
        "認定された会社に伝えた": "6",
        "認定のない会員に依頼した": "5",
        "会社には伝えていない": "7",
        "合計": "18",
    }


def test_deadlines_of_the_certified_stand_beside_their_targets_in_both_languages(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        for _one in range(6):
            road.routed(options=COUNTED)
    reported(app, clock)
    kept = shown(app, "期限を守った割合")
    assert kept["認定された会社に、期限までに転送した(目標95%)"] == "95%以上(目標に達しました)"
    assert kept["会社の責任者が、期限までに受領を確認した(目標90%)"].endswith("(目標に達していません)")
    assert kept["終わるまでの日数の中央値(目安30〜45日)"] == "数が少ないため、出しません"
    english = sign_in(app, "auditor", language="en").get("/statistics/?year=2026").text
    assert "Forwarded to a certified company by its day (target 95%) 95% or more (the target was reached)" in english


def test_where_it_is_hidden_how_many_certified_companies_were_told_nothing_is_said_of_their_deadlines(
    app: Flask, clock: FixedClock
) -> None:
    """Three told of twelve: that their number is five and more, or is not, would be told by a share of it."""
    with app.app_context():
        for _one in range(3):
            road.routed(options=COUNTED)
    written(app, 9, Channel.LIVE_CHAT)
    reported(app, clock)
    assert shown(app, "会社への連絡")["認定された会社に伝えた"] == "非表示"
    of_companies = [words for item, words in shown(app, "期限を守った割合").items() if "会社" in item]
    assert of_companies == ["数が少ないため、出しません"] * 3


def test_no_consultation_is_in_the_reports_of_two_years(app: Flask, clock: FixedClock) -> None:
    """So that two neighbouring reports are never the same people seen twice."""
    moments = [datetime(2027, 3, 31, 23, 59, 59, tzinfo=JST), datetime(2027, 4, 1, 0, 0, tzinfo=JST)]
    with app.app_context():
        for moment in moments:
            clock.move(to=moment)
            road.submitted(options=COUNTED)
        years = [{case.id for case in counted(Year(begins))} for begins in (2026, 2027)]
    assert [len(year) for year in years] == [1, 1]
    assert not years[0] & years[1]
