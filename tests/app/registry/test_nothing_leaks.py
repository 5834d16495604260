"""A procedure against a company changes nothing that the public can see, measure or count, until it takes effect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app.pipeline.clock import FixedClock, now
from app.pipeline.transaction import commit, transactions
from app.resolutions.actions import record_resolution
from models.rules.board import BoardOption
from tests.support.board import all_vote, in_hearing, voting
from tests.support.present import present

NUMBER = "KC-2025-0001"
VERIFIES = "/registry/verify"
"""Holds a token of its own for each visitor, and nothing of any company."""
MORE = ("/registry?q=青葉台", "/registry?lang=en", "/registry.json?q=aobadai", f"/registry/{NUMBER}?lang=en")


def addresses(app: Flask) -> list[str]:
    """Every public address about companies, those that will be added included."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("registry.")]
    found = {rule.rule.replace("<number>", NUMBER) for rule in rules} - {VERIFIES}
    assert len(found) >= 6
    return [*sorted(found), *MORE]


def seen(app: Flask) -> dict[str, Any]:
    """What each address gives: words, every header but the hour, and each question that the database was asked."""
    with app.app_context():
        engine = transactions().engine
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    client, answers = app.test_client(), {}
    event.listen(engine, "before_cursor_execute", note)
    try:
        for address in addresses(app):
            asked.clear()
            answer = client.get(address)
            headers = sorted((name, value) for name, value in answer.headers.items() if name != "Date")
            answers[address] = (answer.status_code, answer.data, headers, tuple(asked))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return answers


def hearing_open(_clock: FixedClock) -> datetime | None:
    in_hearing("alpha")
    return None


def warned(clock: FixedClock) -> datetime | None:
    item = voting(clock)
    all_vote(item, BoardOption.WARNING)
    record_resolution(item, reasons="警告とします。", actor=present("manager"))
    return None


def revocation_decided(clock: FixedClock) -> datetime | None:
    item = voting(clock)
    all_vote(item, BoardOption.REVOKE)
    return record_resolution(item, reasons="要請に応じなかったため。", actor=present("manager")).effect_at


@pytest.mark.parametrize("under_procedure", [hearing_open, warned, revocation_decided])
def test_a_company_under_procedure_looks_like_every_other(
    app: Flask, clock: FixedClock, under_procedure: Callable[[FixedClock], datetime | None]
) -> None:
    begins = clock.now()
    later = begins + timedelta(days=39)
    clock.move(to=later)
    before = seen(app)
    assert all(status == 200 for status, *_rest in before.values())
    clock.move(to=begins)
    with app.app_context():
        effect_at = under_procedure(clock)
        commit()
        assert now() < later
        assert effect_at is None or later < effect_at
    clock.move(to=later)
    after = seen(app)
    assert {address: after[address] for address in before if after[address] != before[address]} == {}
    if effect_at is not None:
        # The same eyes see it from the minute on which it takes effect.
        clock.move(to=effect_at)
        assert all(answer != before[address] for address, answer in seen(app).items() if "keys" not in address)
