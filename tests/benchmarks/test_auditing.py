"""Every way of spoiling a chain in the database is found, in a chain short enough for every run of the tests."""

from __future__ import annotations

import pytest
from flask import Flask

from app.operations.verification import verify_all
from benchmarks import auditing


def test_whatever_is_changed_removed_swapped_or_added_is_found(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "RECORDS", 30)
    monkeypatch.setattr(auditing, "AT_A_TIME", 15)
    with app.app_context():
        subject = auditing.write_chain(lambda _count: None)
        assert verify_all().ok
        spoilt, found = auditing.spoil_and_find(subject)
        assert (spoilt, found) == (len(auditing.COLUMNS) + 7, spoilt)
        assert verify_all().ok, "each was undone"
