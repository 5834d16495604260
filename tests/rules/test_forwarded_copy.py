"""What a forwarded copy is made of; what must not stand in it is found before anybody reads it (7.4, 7.14, 7.36)."""

from datetime import datetime

import pytest

from models.rules.consent import ConsentLevel
from models.rules.forwarded_copy import (
    BARRED,
    NEVER_FORWARDED,
    About,
    Trace,
    barred_at,
    fields_in_forwarded_copy,
    traces_in,
)
from models.rules.working_days import JST

ABOUT = About(
    original="夜勤の終わりに、同じお客様から二時間続けて怒鳴られ、上司に代わってもらえませんでした。",
    received_at=datetime(2026, 11, 24, 2, 41, tzinfo=JST),
    name="風見 みどり",
    contact="090-1111-2222",
)
HARMLESS = "長時間の暴言があり、交代の申し出が受け入れられなかったとのことです。"


# fmt: off
@pytest.mark.parametrize(("written", "trace"), [
    ("風見さんは困っています。",                      Trace.NAME),
    ("風 見 みどり と名乗る方です。",                 Trace.NAME),
    ("連絡先は 090 1111 2222 です。",                 Trace.CONTACT),
    ("連絡先は０９０−１１１１−２２２２です。",     Trace.CONTACT),
    ("折り返しは 03-0000-1234 まで。",                Trace.PHONE),
    ("返事は someone@example.jp へ。",                Trace.MAIL),
    ("番号は K7QX-3M9D-AB2C-9XYZ-22WR-84TN です。",   Trace.RECEIPT),
    ("番号は K-7Q4M-92XT です。",                     Trace.RECEIPT),
    ("2時41分に届きました。",                         Trace.SUBMITTED_AT),
    ("02:41の受付です。",                             Trace.SUBMITTED_AT),
    ("11月24日の夜のことです。",                      Trace.DAY_OR_SHIFT),
    ("夜勤の担当です。",                              Trace.DAY_OR_SHIFT),
    ("北町センターでのことです。",                    Trace.PLACE),
    ("架空県架空市一丁目の方です。",                  Trace.ADDRESS),
    ("山本様から電話がありました。",                  Trace.OTHER_NAME),
])
def test_a_trace_is_found(written, trace):
    assert trace in {traced.trace for traced in traces_in(written, ABOUT)}
# fmt: on


def test_the_original_word_for_word_is_found_however_it_is_broken_into_lines():
    written = "前置き。\n" + ABOUT.original.replace("、", "、\n")
    assert Trace.ORIGINAL_TEXT in {traced.trace for traced in traces_in(written, ABOUT)}


def test_a_plain_summary_holds_nothing():
    assert traces_in(HARMLESS, ABOUT) == ()


def test_without_a_name_or_a_contact_nothing_is_taken_for_one():
    assert traces_in(HARMLESS, About(original="", received_at=ABOUT.received_at)) == ()


def test_each_level_bars_what_the_one_above_it_bars():
    for lower, higher in zip(tuple(ConsentLevel), tuple(ConsentLevel)[1:], strict=False):
        assert BARRED[lower] >= BARRED[higher]


def test_the_name_may_stand_only_where_it_may_be_told():
    traces = traces_in("風見みどりさん(090-1111-2222)の件です。", ABOUT)
    assert {Trace.NAME, Trace.CONTACT} <= {traced.trace for traced in barred_at(ConsentLevel.CN_2, traces)}
    assert not barred_at(ConsentLevel.CN_3, traces)


def test_a_receipt_stands_in_no_copy_at_all():
    traces = traces_in("K7QX-3M9D-AB2C-9XYZ-22WR-84TN", ABOUT)
    for level in ConsentLevel:
        assert Trace.RECEIPT in {traced.trace for traced in barred_at(level, traces)}


@pytest.mark.parametrize("level", ConsentLevel)
@pytest.mark.parametrize("health_ticked", [True, False])
def test_receipt_and_exact_time_are_in_no_copy(level, health_ticked):
    assert not fields_in_forwarded_copy(level, health_ticked=health_ticked) & NEVER_FORWARDED
    assert {"receipt", "submitted_at"} <= NEVER_FORWARDED


def test_name_and_contact_are_in_the_copy_at_cn_3_alone():
    assert {"name", "contact"} <= fields_in_forwarded_copy(ConsentLevel.CN_3)
    for level in (ConsentLevel.CN_0, ConsentLevel.CN_1, ConsentLevel.CN_2):
        assert not fields_in_forwarded_copy(level, health_ticked=True) & {"name", "contact"}


def test_a_blurred_summary_has_a_theme_and_no_place_date_or_health():
    fields = fields_in_forwarded_copy(ConsentLevel.CN_1, health_ticked=True)
    assert fields == {"theme", "harassment_types"}


def test_cn_0_has_no_copy_at_all():
    assert fields_in_forwarded_copy(ConsentLevel.CN_0, health_ticked=True) == frozenset()


def test_health_goes_along_only_when_ticked():
    assert "health" not in fields_in_forwarded_copy(ConsentLevel.CN_3)
    assert "health" in fields_in_forwarded_copy(ConsentLevel.CN_2, health_ticked=True)
