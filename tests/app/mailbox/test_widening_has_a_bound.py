"""A script in her mailbox cannot fill the ledger of consent; to tell less is never refused."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from app.mailbox.actions import set_consent
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db
from models.case import Case
from models.consent_entry import ConsentEntry
from models.rules.consent import ConsentLevel
from models.rules.mailbox_writing import WRITING_RULES
from tests.app.mailbox.conftest import ComesBack
from tests.support import road
from tests.support.present import consulter

L = ConsentLevel


def lines_of(case: Case) -> int:
    return db().scalar(select(func.count()).where(ConsentEntry.case_id == case.id)) or 0


def test_after_many_lines_in_a_day_she_tells_less_at_any_time_and_more_the_day_after(
    app: Flask, comes_back: ComesBack, clock: FixedClock
) -> None:
    with app.app_context():
        case, code = road.triaged(consent=L.CN_1)

        def there_and_back() -> None:
            for _line in range(WRITING_RULES[-1].consents_in_a_day):
                found = db().get_one(Case, case.id)
                level = L.CN_2 if found.consent_level is L.CN_1 else L.CN_1
                set_consent(found, level, (), actor=consulter(code))

        road.done(there_and_back)
        before = lines_of(case)
        assert road.case_of(case).consent_level is L.CN_1
    hers = comes_back(code)
    hers.get("/mailbox/consent")
    hers.send({"level": "CN-2", "options": []}, action="/mailbox/consent")
    assert "これより広げることは、まだできません" in hers.page.text
    with app.app_context():
        assert (lines_of(case), road.case_of(case).consent_level) == (before, L.CN_1)
    hers.get("/mailbox/consent")
    hers.send({"level": "CN-0", "options": []}, action="/mailbox/consent")
    assert "会社に伝えてよい範囲を変えました" in hers.page.text
    clock.move(to=clock.now() + timedelta(hours=25))
    hers = comes_back(code)
    hers.get("/mailbox/consent")
    hers.send({"level": "CN-2", "options": []}, action="/mailbox/consent")
    with app.app_context():
        assert road.case_of(case).consent_level is L.CN_2
