"""The officer writes her report over days, with scripts and without, and puts the copy on paper with her name on it."""

from __future__ import annotations

import os
from io import BytesIO

import pikepdf
import pytest
from flask import Flask
from playwright.sync_api import expect

from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.watched import DESK, PHONE, Opens, Watched

PICTURES = os.environ.get("KIKITE_TEST_PICTURES", "")
BEGUN = "録音を半分まで聞きました。続きはあした書きます。"
WINDOWS = pytest.mark.parametrize("window", [PHONE, DESK], ids=["phone", "desk"])


def picture(somebody: Watched, name: str) -> None:
    if PICTURES:
        somebody.page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def officer_at_work(app: Flask, opens: Opens, window: tuple[int, int], *, scripts: bool = True) -> tuple[Watched, str]:
    with app.app_context():
        reference = road.in_action(severity=Severity.HIGH).reference
    officer = opens(window, scripts=scripts)
    officer.sign_in("alpha_officer")
    return officer, reference


@WINDOWS
@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
def test_a_report_is_kept_by_its_button_and_found_again(
    app: Flask, opens: Opens, window: tuple[int, int], scripts: bool
) -> None:
    officer, reference = officer_at_work(app, opens, window, scripts=scripts)
    officer.open(f"/office/{reference}/report")
    officer.page.get_by_label("事実の確認").fill(BEGUN)
    officer.press("書きかけとして保存する")
    expect(officer.page.get_by_text("書きかけを保存しました")).to_be_visible()
    expect(officer.page.get_by_label("事実の確認")).to_have_value(BEGUN)
    assert not officer.runs_over()
    picture(officer, f"draft-{window[0]}-{scripts}")
    officer.open(f"/office/{reference}")
    picture(officer, f"matter-{window[0]}-{scripts}")


def test_what_was_begun_is_kept_when_the_page_is_left(app: Flask, opens: Opens) -> None:
    officer, reference = officer_at_work(app, opens, PHONE)
    officer.open(f"/office/{reference}/report")
    officer.page.get_by_label("事実の確認").fill(BEGUN)
    officer.open("/office/")
    # What a browser sends while it leaves is told to nobody, and arrives when it arrives.
    for _look in range(10):
        officer.open(f"/office/{reference}/report")
        if officer.page.get_by_label("事実の確認").input_value():
            break
    expect(officer.page.get_by_label("事実の確認")).to_have_value(BEGUN)


@WINDOWS
def test_the_copy_goes_on_paper_with_its_mark_and_from_nowhere_else(
    app: Flask, opens: Opens, window: tuple[int, int]
) -> None:
    officer, reference = officer_at_work(app, opens, window)
    officer.open(f"/office/{reference}")
    expect(officer.page.get_by_text(road.FORWARDED)).to_be_visible()
    officer.page.emulate_media(media="print")
    expect(officer.page.get_by_text(road.FORWARDED)).to_be_hidden()
    expect(officer.page.get_by_text("この画面からは印刷されません")).to_be_visible()
    officer.page.emulate_media(media="screen")
    officer.follow("転送版を印刷する(理由の記録が必要です)")
    picture(officer, f"before-printing-{window[0]}")
    officer.page.get_by_label("対応を決める会議で使う").check()
    officer.press("理由を記録して、印刷する画面を開く")
    picture(officer, f"on-paper-{window[0]}")
    assert not officer.runs_over()
    officer.page.emulate_media(media="print")
    expect(officer.page.get_by_text(road.FORWARDED)).to_be_visible()
    expect(officer.page.get_by_text("控え1 名前・alpha_officer").nth(7)).to_be_visible()


def test_every_sheet_of_a_long_copy_carries_the_mark(app: Flask, opens: Opens) -> None:
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        road.approved(case, code, road.copied(case, text=f"{road.FORWARDED}\n\n" * 60))
        reference = road.acknowledged(road.routed(case, code)).reference
    officer = opens(DESK)
    officer.sign_in("alpha_officer")
    officer.open(f"/office/{reference}/print")
    officer.page.get_by_label("対応を決める会議で使う").check()
    officer.press("理由を記録して、印刷する画面を開く")
    with pikepdf.open(BytesIO(officer.page.pdf())) as sheets:
        marks = [sum(_words_drawn(form) for form in sheet.Resources.XObject.values()) for sheet in sheets.pages]
    assert len(marks) > 2
    assert min(marks) == max(marks) > 14, "what lies over the text is drawn on each sheet alike"


def _words_drawn(form: pikepdf.Object) -> int:
    return sum(str(drawn.operator) in {"Tj", "TJ"} for drawn in pikepdf.parse_content_stream(form))


@WINDOWS
def test_the_desk_keys_and_the_company_plans_without_a_line_that_runs_over(
    app: Flask, opens: Opens, window: tuple[int, int]
) -> None:
    with app.app_context():
        reference = road.acknowledged(severity=Severity.HIGH).reference
        number = road.case_at(reference).number
    counselor = opens(window)
    counselor.sign_in("counselor")
    counselor.open(f"/keyed/{reference}")
    counselor.page.get_by_text("報告を入力する").click()
    assert not counselor.runs_over()
    picture(counselor, f"keyed-{window[0]}")
    officer = opens(window)
    officer.sign_in("alpha_officer")
    officer.open("/absences/")
    officer.page.get_by_label("不在になる人").select_option(index=1)
    officer.page.get_by_label("不在の最初の日").fill("2026-11-24")
    officer.page.get_by_label("不在の最後の日").fill("2026-11-27")
    officer.press("不在を登録する")
    expect(officer.page.get_by_text("いま不在")).to_be_visible()
    assert not officer.runs_over()
    picture(officer, f"absences-{window[0]}")
    counselor.open(f"/desk/{number}")
    expect(counselor.page.get_by_text("まで不在です")).to_be_visible()
    picture(counselor, f"case-{window[0]}")
