"""A certification whose renewal was filed in time outlives its end, on the list and behind the mark."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from app.operations.sweep import sweep
from app.pipeline.clock import TOKYO, FixedClock
from tests.support.pledges import ANSWERS
from tests.support.visitor import Visitor, sign_in
from tests.support.world import COMPANIES

FILED_IN_TIME, NEVER_FILED = COMPANIES["alpha"], COMPANIES["beta"]


def test_a_renewal_filed_in_time_keeps_the_company_on_the_list_beyond_its_end(app: Flask, clock: FixedClock) -> None:
    """7.48: Given 5 October 2027 is past the certification's end and the renewal was filed in time.

    When the list is made, then the company is shown as certified, renewal under review.
    """
    clock.move(to=datetime(2027, 6, 15, 10, 0, tzinfo=TOKYO))
    sweep(app)
    representative = sign_in(app, "alpha_representative")
    representative.get("/applications/")
    representative.send(action="/begin")
    for answers in ANSWERS.values():
        representative.send({**answers, "agreed": "1"})
    clock.move(to=datetime(2027, 9, 30, 23, 50, tzinfo=TOKYO))
    representative = sign_in(app, "alpha_representative")
    representative.get("/applications/")
    representative.get(next(path for words, path in representative.page.links.items() if "を開く" in words))
    representative.send(action="/submit")
    assert "申請しました" in representative.page.text

    for day in (datetime(2027, 10, 1, 0, 5, tzinfo=TOKYO), datetime(2027, 10, 5, 10, 0, tzinfo=TOKYO)):
        clock.move(to=day)
        sweep(app)
        anybody = Visitor(app)
        anybody.get("/registry")
        assert FILED_IN_TIME[0] in anybody.page.text
        assert "認定(更新審査中)" in anybody.page.text
        assert NEVER_FILED[0] not in anybody.page.text, "whoever filed nothing is gone from the first minute"
        anybody.get(f"/registry/{FILED_IN_TIME[3]}")
        assert "認定(更新審査中)" in anybody.page.text

    # The company reads the same of itself, and nobody asks it for its yearly confirmation beside the renewal.
    representative = sign_in(app, "alpha_representative")
    representative.get("/pledges/")
    assert "年1回の確認をお願いします" not in representative.page.text
