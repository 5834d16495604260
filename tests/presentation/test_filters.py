"""How days, moments, codes and texts are shown."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from app.presentation.filters import grouped, iso, ja_date, ja_datetime, label, linebreaks
from models.rules.labelled import Labelled


class Severity(Labelled):
    HIGH = "S3", "重大", "High"


@pytest.fixture(autouse=True)
def answering():
    app = Flask("filters")
    Babel(app, default_locale="ja")
    with app.test_request_context("/"):
        yield


def test_a_day_is_written_as_each_language_writes_it():
    day = date(2026, 11, 22)
    assert ja_date(day) == "2026年11月22日"
    assert ja_date(day, True) == "2026年11月22日(日)"
    with force_locale("en"):
        assert ja_date(day) == "22 November 2026"
        assert ja_date(day, True) == "Sun 22 November 2026"


def test_a_moment_is_shown_on_a_japanese_clock_and_kept_in_universal_time():
    night = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)
    assert ja_date(night) == "2026年11月22日"
    assert ja_datetime(night) == "2026年11月22日 00:30"
    assert ja_datetime(night, weekday=True) == "2026年11月22日(日) 00:30"
    assert ja_datetime(night.astimezone(timezone(timedelta(hours=-8)))) == "2026年11月22日 00:30"
    assert iso(night) == "2026-11-21T15:30:00Z"
    assert iso(date(2026, 11, 22)) == "2026-11-22"


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        ja_datetime(datetime(2026, 11, 22, 9, 0))  # noqa: DTZ001 - the very thing that is refused


def test_a_code_is_shown_in_the_language_of_the_page():
    assert label(Severity.HIGH) == "重大"
    with force_locale("en"):
        assert label(Severity.HIGH) == "High"


def test_a_text_becomes_paragraphs_with_every_sign_escaped():
    assert linebreaks("一\n二\r\n\r\n<b>&三") == "<p>一<br>二</p>\n<p>&lt;b&gt;&amp;三</p>"
    assert linebreaks("") == ""
    assert linebreaks("\n\n\n") == ""


def test_large_numbers_are_grouped():
    assert grouped(1240) == "1,240"
