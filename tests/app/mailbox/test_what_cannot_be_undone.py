"""What the page says before a withdrawal is true of this very case: nothing sent, unopened, opened, answered (7.20)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.consents.queries.told import told_so_far
from app.intake.answers import NamedCompany
from app.mailbox.actions import withdraw_consent
from app.responses.actions import open_exchange
from models.case import Case
from models.rules.consent import ConsentOption
from models.rules.withdrawal import Told
from tests.app.mailbox.conftest import ComesBack
from tests.support import road
from tests.support.present import company, consulter, present

PAGES = ("/mailbox/consent", "/mailbox/withdraw")


def nothing_sent() -> tuple[Case, str]:
    case, code = road.triaged()
    road.copied(case)
    return case, code


def sent() -> tuple[Case, str]:
    case, code = road.triaged()
    road.routed(case, code)
    return case, code


def opened() -> tuple[Case, str]:
    case, code = road.triaged()
    exchange = road.routed(case, code)
    road.done(lambda: open_exchange(exchange, actor=present("alpha_officer")))
    return case, code


def answered() -> tuple[Case, str]:
    case, code = road.triaged()
    road.acknowledged(road.routed(case, code))
    return case, code


# fmt: off
STAGES = (
    (nothing_sent, Told.NOTHING,  "会社に伝えたことはありません",        "なかったことにはできません"),
    (sent,         Told.SENT,     "まだだれも開いていません",            "すでに読んだこと"),
    (opened,       Told.OPENED,   "すでに読んだことを、なかったことには", "まだだれも開いていません"),
    (answered,     Told.ANSWERED, "すでに行った対応を",                  "まだだれも開いていません"),
)
# fmt: on


@pytest.mark.parametrize(("begin", "told", "words"), [(begin, told, words) for begin, told, *words in STAGES])
def test_the_page_says_what_is_true_of_this_case(
    app: Flask, comes_back: ComesBack, begin: Callable[[], tuple[Case, str]], told: Told, words: list[str]
) -> None:
    with app.app_context():
        case, code = begin()
        assert told_so_far(road.case_of(case)) is told
    said, unsaid = words
    visitor = comes_back(code)
    for address in PAGES:
        page = visitor.get(address)
        assert said in page.text
        assert unsaid not in page.text
        assert ("会社には、まだ何も伝えていません" in page.text) == (told is Told.NOTHING)
        assert ("取り消せないことがあります" in page.text) == (told is not Told.NOTHING)


def test_what_was_read_stays_read_after_the_copy_was_closed_and_prepared_anew(app: Flask) -> None:
    with app.app_context():
        case, code = opened()
        road.done(lambda: withdraw_consent(road.case_of(case), actor=consulter(code)))
        assert told_so_far(road.case_of(case)) is Told.OPENED
        road.copied(road.case_of(case), text=road.FORWARDED + "以上です。")
        assert told_so_far(road.case_of(case)) is Told.OPENED


def test_each_company_is_spoken_of_by_itself(app: Flask, comes_back: ComesBack) -> None:
    with app.app_context():
        case, code = road.triaged(
            employer=NamedCompany("みなも応対サービス", company("beta").id), options=(ConsentOption.CN_EP,)
        )
        for_alpha = road.copied(case)
        road.copied(road.case_of(case), "beta")
        road.approved(road.case_of(case), code, for_alpha)
        road.acknowledged(road.routed(road.case_of(case), code))
        found = road.case_of(case)
        assert told_so_far(found, company_id=company("alpha").id) is Told.ANSWERED
        assert told_so_far(found, company_id=company("beta").id) is Told.NOTHING
    page = comes_back(code).get("/mailbox/consents")
    assert "すでに行った対応を" in page.text
    assert "会社に伝えたことはありません" in page.text
