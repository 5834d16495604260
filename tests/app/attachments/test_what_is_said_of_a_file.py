"""What an officer says of a file is read for questions after the worker, as everything is that a company writes."""

from __future__ import annotations

import pytest
from flask import Flask

from app.pipeline.transaction import db
from models.exchange import Exchange
from models.rules.taxonomy.severity import Severity
from tests.app.attachments.conftest import give
from tests.support import files, road
from tests.support.visitor import sign_in


@pytest.mark.parametrize(
    ("about", "is_noticed"), [("勤務表から該当者を絞り込みました", True), ("見直した手順書", False)]
)
def test_a_search_in_what_is_said_of_a_file_is_noticed(app: Flask, about: str, is_noticed: bool) -> None:
    with app.app_context():
        exchange = road.acknowledged(severity=Severity.HIGH)
        reference, exchange_id = exchange.reference, exchange.id
    officer = sign_in(app, "alpha_officer")
    give(officer, (files.photo(), "rota.jpg"), about=about, path=f"/office/{reference}/files")
    assert about in officer.page.text
    with app.app_context():
        assert (db().get_one(Exchange, exchange_id).search_noticed_at is not None) is is_noticed
