"""A password made of what others know of its owner, or of this service, is refused whatever the writing."""

from datetime import date, datetime

import pytest

from models.rules.passwords import PASSWORD_RULES, PasswordRule, Weakness, made_of, own_words, password_rule_at
from models.rules.working_days import JST

HANAKO = own_words(name="田中 はなこ", mail="hanako.tanaka@aozora-center.example.jp")


# fmt: off
@pytest.mark.parametrize(("password", "weakness"), [
    ("ﾊﾅｺの長い長い合言葉です",      Weakness.OWN),
    ("むかし田中屋で買った傘",      Weakness.OWN),
    ("my H A N A K O passphrase",   Weakness.OWN),
    ("nine Aozora windows",         Weakness.OWN),
    ("Kikite2026-november",         Weakness.OURS),
    ("ＫＩＫＩＴＥ の 扉 です",          Weakness.OURS),
    ("聞き手になりたい猫たち",       Weakness.OURS),
    ("キキテとよばれたクジラ",         Weakness.OURS),
    ("よく晴れた日の洗濯物",         None),
    ("a jp of com and to",          None),
])
def test_what_others_know_is_no_password(password, weakness):
    assert made_of(password, own=HANAKO) is weakness
# fmt: on


def test_short_pieces_of_a_name_count_only_where_they_are_a_name():
    assert own_words(name="Ai Abe", mail="ai@co.example") == {"aiabe"}
    assert own_words(name="林 愛", mail="") == {"林愛"}
    assert own_words(name="", mail="") == frozenset()


def test_a_later_row_takes_over_on_its_day():
    later = PasswordRule("2030-04", date(2030, 4, 1), 15, 10**10)
    rules = (*PASSWORD_RULES, later)
    assert password_rule_at(datetime(2030, 3, 31, 23, 59, tzinfo=JST), rules) is PASSWORD_RULES[-1]
    assert password_rule_at(datetime(2030, 4, 1, tzinfo=JST), rules) is later
