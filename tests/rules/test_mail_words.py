"""The words of mails: what may stand in them, what must, and what is never said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from models.rules.mail_kinds import MailKind
from models.rules.mail_words import (
    REQUIRED,
    SHIPPED,
    MailRefusal,
    Placeholder,
    allowed_in,
    faults_of,
    filled,
    mail_wording_on,
    refusal_of_mail,
)
from models.rules.rule_change import DayRefusal

TODAY = date(2026, 11, 30)
TOMORROW = TODAY + timedelta(days=1)
UPDATE = replace(SHIPPED[MailKind.UPDATE], valid_from=TOMORROW, subject_ja="大切なお知らせがあります")


@pytest.mark.parametrize("kind", MailKind)
def test_what_is_shipped_keeps_its_own_rules(kind: MailKind) -> None:
    assert faults_of(SHIPPED[kind]) == ()


def test_nothing_of_a_case_a_company_or_a_person_can_be_filled_in() -> None:
    assert {one.value for one in Placeholder} == {"sign_in", "link", "service"}
    assert set(REQUIRED) == set(MailKind)
    assert [kind for kind in MailKind if Placeholder.LINK in allowed_in(kind)] == [MailKind.INVITATION]
    assert allowed_in(MailKind.SECURITY) == (Placeholder.SERVICE,)


@pytest.mark.parametrize(
    ("part", "words", "why", "names"),
    [
        ("ja", "お知らせがあります。{case_number}の件です。{sign_in}", MailRefusal.UNKNOWN, ("{case_number}",)),
        ("ja", "お知らせがあります。{ sign_in }をご覧ください。{sign_in}", MailRefusal.UNKNOWN, ("{ sign_in }",)),
        ("en", "There is an update for you: {link} and {sign_in}", MailRefusal.UNKNOWN, ("{link}",)),
        ("ja", "お知らせがあります。いつもの画面でご確認ください。", MailRefusal.MISSING, ("{sign_in}",)),
        ("en", "There is an update for you. Please sign in.", MailRefusal.MISSING, ("{sign_in}",)),
        ("subject_ja", "お知らせ {service}", MailRefusal.IN_SUBJECT, ()),
        ("ja", "お知らせがあります。{sign_in}をご覧ください。{{}}", MailRefusal.BRACE, ()),
        ("ja", "お知らせがあります。{sign_in}をご覧ください。{", MailRefusal.BRACE, ()),
        ("ja", "{sign_in}が開かないときは https://example.test/ をどうぞ。", MailRefusal.ADDRESS, ()),
        ("en", "See {sign_in} or write to desk@example.test please.", MailRefusal.ADDRESS, ()),
        ("en", "See {sign_in} or www.example.test for more.", MailRefusal.ADDRESS, ()),
        ("ja", "相談 K-7Q2M9X についてのお知らせです。{sign_in}", MailRefusal.NUMBER, ()),
        ("ja", "HT-SEX についてのお知らせがあります。{sign_in}", MailRefusal.NUMBER, ()),
        ("ja", "{sign_in}", MailRefusal.TOO_SHORT, ()),
        ("subject_en", "Hi", MailRefusal.TOO_SHORT, ()),
    ],
)
def test_words_are_refused_with_the_part_and_the_names(
    part: str, words: str, why: MailRefusal, names: tuple[str, ...]
) -> None:
    found = [(fault.part, fault.refusal, fault.names) for fault in faults_of(replace(UPDATE, **{part: words}))]
    assert (part, why, names) in found


def test_a_telephone_number_may_stand_in_what_tells_of_ones_own_security() -> None:
    words = replace(SHIPPED[MailKind.SECURITY], ja="心当たりのないときは、協会(03-0000-0000)へお電話ください。")
    assert faults_of(words) == ()


def test_only_what_is_named_is_filled_in_and_an_address_is_not_read_again() -> None:
    values = {Placeholder.SIGN_IN: "https://one.test/{service}", Placeholder.SERVICE: "聞き手"}
    assert filled("{sign_in} {service} {other} {{ x }}", values) == "https://one.test/{service} 聞き手 {other} {{ x }}"


def test_a_wording_holds_from_its_day_and_what_changes_nothing_is_refused() -> None:
    assert mail_wording_on(MailKind.UPDATE, TODAY, [UPDATE]) == SHIPPED[MailKind.UPDATE]
    assert mail_wording_on(MailKind.UPDATE, TOMORROW, [UPDATE]) == UPDATE
    assert mail_wording_on(MailKind.ALARM, TOMORROW, [UPDATE]) == SHIPPED[MailKind.ALARM]
    shipped = SHIPPED[MailKind.UPDATE]
    assert refusal_of_mail(UPDATE, today=TODAY, taken=False, before=shipped) == ()
    assert refusal_of_mail(UPDATE, today=TOMORROW, taken=False, before=shipped) is DayRefusal.NOT_BEFORE_TOMORROW
    same = replace(shipped, valid_from=TOMORROW)
    assert refusal_of_mail(same, today=TODAY, taken=False, before=shipped)[0].refusal is MailRefusal.NO_CHANGE  # type: ignore[index]
