"""Other places to turn to: dated, never guessed, kept by the manager, and read without anybody learning which."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.cases.referral import referral_words
from app.pipeline.clock import FixedClock, today
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from app.referrals.actions import PlaceWords, enter_place, take_back
from app.referrals.queries import crisis_lines, line_now, places_by_region
from models.audit_record import AuditRecord
from models.referral_row import ReferralRow
from models.rules.prefectures import PREFECTURES
from tests.support import road
from tests.support.installation import engines_of
from tests.support.present import present
from tests.support.questions import noted
from tests.support.source_tree import name_of, python_files
from tests.support.visitor import Visitor, sign_in

BUREAU = "labour-bureau-13"
FORM = {
    "prefecture": "東京都",
    "ja": "東京労働局の総合労働相談コーナー",
    "en": "",
    "number": "０３−０１２３−４５６７",
    "when_ja": "平日9時から17時",
    "when_en": "",
    "find_ja": "",
    "find_en": "",
    "checked_on": "2026-11-20",
    "source": "jsite.example/tokyo",
    "valid_from": "",
    "reason": "労働局のページで確かめた",
}


def entered(key: str | None = BUREAU, *, by: str = "manager", from_: int = 0, **words: object) -> ReferralRow:
    said = {
        "prefecture": "東京都",
        "ja": "東京の窓口",
        "number": "03-0000-0000",
        "checked_on": today(),
        "source": "電話で確認",
    }
    empty = dict.fromkeys(("en", "when_ja", "when_en", "find_ja", "find_en"), "")
    return road.done(
        lambda: enter_place(
            PlaceWords(**{**empty, **said, **words}),
            key=key,
            valid_from=today() + timedelta(days=from_),
            reason="試し",
            actor=present(by),
        )
    )


def test_the_manager_sees_how_a_number_will_look_before_it_is_shown(app: Flask):
    desk = sign_in(app, "manager")
    desk.get(f"/desk/referrals/{BUREAU}")
    answers = {**FORM, "valid_from": _today(app)}
    desk.send(answers, action=f"/desk/referrals/{BUREAU}")
    assert "まだ登録していません" in desk.page.text
    assert "03-0123-4567" in desk.page.text
    assert "03-0123-4567" not in Visitor(app).get("/places").text
    desk.send(answers, action=f"/desk/referrals/{BUREAU}")
    assert "登録しました" in desk.page.text
    assert "03-0123-4567 東京労働局の総合労働相談コーナー (平日9時から17時)" in Visitor(app).get("/places").text
    with app.app_context():
        record = db().scalars(select(AuditRecord).where(AuditRecord.name == "referral.enter")).one()
        assert BUREAU in record.facts


def test_a_number_that_changed_after_the_look_is_looked_at_again(app: Flask):
    desk = sign_in(app, "manager")
    desk.get(f"/desk/referrals/{BUREAU}")
    desk.send({**FORM, "valid_from": _today(app)}, action=f"/desk/referrals/{BUREAU}")
    desk.send({**FORM, "valid_from": _today(app), "number": "03-9999-9999"}, action=f"/desk/referrals/{BUREAU}")
    assert "まだ登録していません" in desk.page.text
    with app.app_context():
        assert db().scalar(select(ReferralRow.id)) is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"number": ""}, "電話番号か、見つけ方のどちらかを入力してください。"),
        ({"number": "れいさん"}, "電話番号は、数字とハイフンで入力してください"),
        ({"source": ""}, "確かめた日と、確かめたページの両方を入力してください。"),
        ({"checked_on": ""}, "確かめた日と、確かめたページの両方を入力してください。"),
        ({"checked_on": "2027-01-01"}, "確かめた日は、今日か、それより前の日にしてください。"),
        ({"checked_on": "2025-01-01"}, "確かめてから1年を過ぎています。"),
        ({"valid_from": "2026-01-01"}, "使い始める日は、今日か、それより後の日にしてください。"),
        ({"valid_from": "2030-01-01"}, "使い始める日が先すぎます。"),
    ],
)
def test_what_is_not_honest_is_refused_in_words_and_kept(app: Flask, wrong: dict[str, str], words: str):
    desk = sign_in(app, "manager")
    desk.get(f"/desk/referrals/{BUREAU}")
    desk.send({**FORM, "valid_from": _today(app), **wrong}, action=f"/desk/referrals/{BUREAU}")
    assert words in desk.page.text
    assert desk.page.form_with("reason").fields["reason"] == [FORM["reason"]]


def test_a_row_holds_from_its_day_and_taken_back_gives_way_to_what_stood_there(app: Flask, clock: FixedClock):
    with app.app_context():
        entered(number="03-1111-1111")
        entered(number="03-2222-2222", from_=7)
        assert line_now(BUREAU).number == "03-1111-1111"
    clock.move(to=clock.at + timedelta(days=7))
    with app.app_context():
        assert line_now(BUREAU).number == "03-2222-2222"
        later = db().scalars(select(ReferralRow).where(ReferralRow.number == "03-2222-2222")).one()
        road.done(lambda: take_back(later, actor=present("manager")))
        assert line_now(BUREAU).number == "03-1111-1111"


def test_a_crisis_line_that_is_corrected_is_right_on_every_page_at_once(app: Flask):
    visitor = Visitor(app)
    assert "0120-783-556" in visitor.get("/consult").text
    with app.app_context():
        entered("inochi", number="0120-000-000", prefecture="", ja="いのちの電話", when_ja="毎日24時間")
        assert "0120-000-000" in [line.number for line in crisis_lines()]
    for page in ("/", "/consult"):
        text = visitor.get(page).text
        assert "0120-000-000 いのちの電話 (毎日24時間)" in text
        assert "0120-783-556" not in text


def test_the_police_and_the_ambulance_cannot_be_changed(app: Flask):
    desk = sign_in(app, "manager")
    desk.get("/desk/referrals/police", status=404)
    with app.app_context(), pytest.raises(ValueError, match="110 and 119"):
        entered("police", is_shown=False)


def test_a_place_that_is_not_shown_is_gone_from_the_page_and_from_a_letter(app: Flask):
    assert "0120-811-610" in Visitor(app).get("/places").text
    with app.app_context():
        entered("working-conditions", prefecture="", is_shown=False)
        assert "0120-811-610" not in referral_words()
        assert "0570-003-110" in referral_words()
    assert "0120-811-610" not in Visitor(app).get("/places").text


def test_an_added_place_stands_with_its_prefecture(app: Flask):
    with app.app_context():
        entered(None, prefecture="沖縄県", ja="那覇の相談室")
        places = {name: lines for _ja, _en, region in places_by_region() for name, lines in region}
        assert [line.ja for line in places["沖縄県"]][-1] == "那覇の相談室"
        assert all(len(lines) >= 2 for lines in places.values())
        assert list(places) == list(PREFECTURES)


def test_only_the_manager_changes_what_consulters_are_shown(app: Flask):
    with app.app_context(), pytest.raises(OutOfReach):
        entered(by="counselor")
    counselor = sign_in(app, "counselor")
    assert "確かめて登録する" not in counselor.get(f"/desk/referrals/{BUREAU}").text


def test_the_database_refuses_a_row_that_shows_nothing_or_was_half_checked(app: Flask):
    for wrong in ({"number": None, "find_ja": None}, {"checked_on": date(2026, 1, 1), "source": None}):
        with app.app_context():
            row = entered(None)
            for name, value in wrong.items():
                setattr(row, name, value)
            with pytest.raises(IntegrityError):
                db().flush()
            db().rollback()


def test_a_consulter_sees_the_places_of_her_prefecture_and_nobody_learns_which(app: Flask):
    """Every prefecture is on the page that everybody gets, opened without a request; nothing is written."""
    with noted(engines_of(app)[0]) as questions:
        page = Visitor(app).get("/places")
    written = questions.statements
    assert all(name in page.text for name in PREFECTURES)
    assert "「東京労働局 総合労働相談コーナー」で検索すると" in page.text
    assert not page.forms or all("prefecture" not in form.fields for form in page.forms)
    assert not any(address.startswith("/places?") for address in page.links.values())
    assert written
    assert not [one for one in written if not one.lstrip().upper().startswith(("SELECT", "PRAGMA", "BEGIN"))]


def _today(app: Flask) -> str:
    with app.app_context():
        return today().isoformat()


def test_no_page_shows_a_line_as_it_was_shipped_when_the_secretariat_has_corrected_it() -> None:
    """Who asks the rules for the lines gets the numbers of the day on which the software was made."""
    lines = r"\b(?:crisis_lines|every_line|[A-Z_]+_LINES|[A-Z_]+_DESKS)\b"
    asks_the_rules = re.compile(rf"^from models\.rules\.help_lines import .*{lines}", re.MULTILINE)
    found = [name_of(path) for path in python_files("app") if asks_the_rules.search(path.read_text(encoding="utf-8"))]
    assert found == ["app/referrals/queries.py"], "ask app/referrals/queries.py, which knows the corrections"


def test_the_last_line_for_whoever_wants_to_disappear_cannot_be_taken_off_the_page(app: Flask):
    with app.app_context():
        entered("inochi", prefecture="", is_shown=False, from_=1)
        with pytest.raises(ValueError, match="nobody to call"):
            entered("yorisoi", prefecture="", is_shown=False)
    desk = sign_in(app, "manager")
    page = desk.get("/desk/referrals/yorisoi")
    answers = {"is_hidden": "1", "reason": "番号が分からない", "valid_from": _today(app)}
    for _twice in range(2):
        page = desk.send(answers, action="/desk/referrals/yorisoi")
    assert "ほかに一つも出なくなります" in page.text
    with app.app_context():
        assert "yorisoi" in [line.key for line in crisis_lines()]
