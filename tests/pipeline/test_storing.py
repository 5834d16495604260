"""Whole new things are stored by the driver's own hand, and what it refuses is told as everywhere else."""

import uuid
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.pipeline.clock import now
from app.pipeline.transaction import AlreadyThere, commit, db, store_new, transaction
from models.case_facet import CaseFacet
from models.complaint_count import ComplaintCount


def facet_of(case_id: uuid.UUID) -> CaseFacet:
    return CaseFacet(id=uuid.uuid4(), case_id=case_id, field="intake_route", token=b"t" * 16)


def test_what_the_database_refuses_is_an_error_of_the_library_without_its_values(app: Flask) -> None:
    with app.app_context():
        broken = facet_of(uuid.uuid4())
        broken.field = None  # type: ignore[assignment]
        with pytest.raises(IntegrityError) as refused:
            store_new([broken])
        assert "t" * 16 not in str(refused.value)


def test_what_is_there_already_undoes_the_transaction(app: Flask) -> None:
    with app.app_context():
        day = ComplaintCount(day=now().date(), number=1)
        with transaction():
            db().add(day)
        with pytest.raises(AlreadyThere):
            store_new([ComplaintCount(day=day.day, number=2)])
        assert [kept.number for kept in db().query(ComplaintCount)] == [1]


def test_many_of_a_kind_are_stored_each_with_its_own(app: Flask) -> None:
    with app.app_context():
        days = {date(2026, 1, 1) + timedelta(days=number): number for number in range(1, 251)}
        store_new([ComplaintCount(day=day, number=number) for day, number in days.items()])
        commit()
        assert {kept.day: kept.number for kept in db().query(ComplaintCount)} == days
