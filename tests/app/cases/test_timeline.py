"""The timeline of a case says what was done, and not what a button would do."""

from flask import Flask

from app.cases.timeline import WORDS_OF_ACTS, timeline_of
from models.rules.case_lifecycle import CaseAct
from tests.support import road
from tests.support.present import present


def test_every_act_has_words_for_having_been_done():
    """An act that the lifecycle gains gets its words in app/cases/timeline.py."""
    assert set(WORDS_OF_ACTS) == set(CaseAct)


def test_each_line_tells_what_happened(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        road.routed(case, code)
    with app.test_request_context():
        titles = [entry.title for entry in timeline_of(road.case_of(case), actor=present("counselor"))]
    assert "責任者へ転送しました" in titles or "待ち時間のあとに届きました" in titles
    assert all(title.endswith(("ました", "ませんでした")) for title in titles), titles
