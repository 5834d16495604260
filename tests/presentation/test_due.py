"""How long there is: counted in working days, said in words."""

import re
from datetime import datetime

import pytest
from flask import Flask

from app.presentation.due import time_left
from app.presentation.filters import JST
from models.rules.working_days import Calendar
from tests.support.source_tree import ROOT

CALENDAR = Calendar("japan")


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=JST)


@pytest.mark.parametrize(
    ("due", "seen", "words", "tone"),
    [
        ("2026-11-27T17:00", "2026-11-24T10:00", "あと3営業日", "calm"),
        ("2026-11-24T17:00", "2026-11-20T10:00", "あと1営業日", "soon"),
        ("2026-11-24T17:00", "2026-11-24T10:00", "今日 17:00まで", "today"),
        ("2026-11-24T17:00", "2026-11-24T17:01", "期限超過", "over"),
        ("2026-11-20T17:00", "2026-11-24T10:00", "1営業日超過", "over"),
        ("2026-11-22T23:59", "2026-11-21T10:00", "まもなく期限", "soon"),
        ("2027-01-05T17:00", "2026-12-25T10:00", "あと3営業日", "calm"),
    ],
)
def test_weekends_and_holidays_do_not_count(app: Flask, due: str, seen: str, words: str, tone: str) -> None:
    with app.test_request_context():
        left = time_left(at(due), at=at(seen), calendar=CALENDAR)
    assert (left.words, left.tone) == (words, tone)


DEADLINES = (
    r"(?:\w+\.)*(?:\w*due_at|due_on|until|last_day|lapses_at|expires_at|ends_at|ends_on|closes_on|review_on|valid_until"
    r"|effect_at|held_at|answer_by|reply_by|result_by|consent_by)"
)


def deadlines_without_weekday(template: str) -> list[str]:
    """Where a template shows a deadline as a day alone: through a filter, or through components/time.html."""
    filtered = rf"(?<![\w.]){DEADLINES}\|ja_date(?:time)?(?!\w|\(true\))"
    shown = rf"\b(?:day|moment)\({DEADLINES}\)"
    return re.findall(rf"{filtered}|{shown}", template)


def test_a_day_until_which_something_is_to_be_done_is_shown_with_its_weekday():
    """A letter is left as it was sent, and minutes carry the day of their meeting as letters do."""
    assert deadlines_without_weekday(
        "{{ one.due_at|ja_date }} {{ until|ja_datetime }} {{ due_at|ja_date(true) }}"
        " {{ moment(act.lapses_at) }} {{ moment(act.lapses_at, true) }} {{ day(one.review_on, weekday=true) }}"
        " {{ moment(act.asked_at) }}"
    ) == ["one.due_at|ja_date", "until|ja_datetime", "moment(act.lapses_at)"]
    for path in (ROOT / "templates").rglob("*.html"):
        if path.parent.name != "letters" and path.name != "minutes.html":
            assert not deadlines_without_weekday(path.read_text("utf-8")), path
