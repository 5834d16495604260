"""Whole new things are stored by the driver's own hand, and what it refuses is told as everywhere else."""

import uuid
from datetime import date, timedelta

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Uuid, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.pipeline.audit import Subject, record_reading
from app.pipeline.clock import now
from app.pipeline.database import WRITES, is_there_already, make_engine
from app.pipeline.identity import THE_CLOCK
from app.pipeline.transaction import (
    AlreadyThere,
    begin_writing,
    commit,
    db,
    say_at_once,
    store_at_once,
    store_new,
    transaction,
)
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


def test_an_end_that_the_database_refuses_leaves_it_to_the_next_who_writes(app: Flask) -> None:
    day = ComplaintCount(day=date(2026, 1, 1), number=1)
    with app.app_context(), pytest.raises(IntegrityError), transaction():
        store_at_once([facet_of(uuid.uuid4())])
    with app.app_context():
        beside, _lock = make_engine(app.config["KIKITE"].main_database)
        with beside.connect().execution_options(**{WRITES: True}) as connection:
            connection.execute(insert(ComplaintCount).values(day=day.day, number=day.number))
            connection.commit()
        beside.dispose()
    with app.app_context(), transaction():
        db().add(ComplaintCount(day=date(2026, 1, 2), number=1))


def test_a_server_that_speaks_japanese_is_understood_and_only_what_is_there_already_is_taken_for_it() -> None:
    there = psycopg.errors.UniqueViolation("重複したキー値は一意性制約「uq_case_number」違反となります")
    missing = psycopg.errors.ForeignKeyViolation('violates foreign key constraint "fk_of_a_unique_name"')
    assert is_there_already(IntegrityError(None, None, there))
    assert not is_there_already(IntegrityError(None, None, missing))


def test_a_reading_is_not_recorded_after_a_change_that_the_database_has_not_heard_of_yet(app: Flask) -> None:
    with app.app_context():
        with transaction():
            db().add(day := ComplaintCount(day=now().date(), number=1))
        begin_writing()
        day.number = 2
        with pytest.raises(RuntimeError, match="before anything is changed"):
            record_reading(Subject("person", uuid.uuid4()), "person.confirm_post", actor=THE_CLOCK, facts={})


def test_many_of_a_kind_are_stored_each_with_its_own(app: Flask) -> None:
    with app.app_context():
        days = {date(2026, 1, 1) + timedelta(days=number): number for number in range(1, 251)}
        store_new([ComplaintCount(day=day, number=number) for day, number in days.items()])
        commit()
        assert {kept.day: kept.number for kept in db().query(ComplaintCount)} == days


def test_what_is_said_at_once_goes_in_and_comes_out_as_the_library_has_it(app: Flask) -> None:
    facet = facet_of(uuid.uuid4())
    asked = (
        select(CaseFacet.id, CaseFacet.case_id, CaseFacet.token)
        .where(CaseFacet.case_id == bindparam("case", type_=Uuid()), CaseFacet.field == "intake_route")
        .order_by(CaseFacet.id)
        .limit(1)
    )
    renamed = (
        update(CaseFacet)
        .where(CaseFacet.case_id == bindparam("case", type_=Uuid()))
        .values(token=bindparam("to_token"))
    )
    with app.app_context(), transaction():
        store_at_once([facet])
        assert say_at_once(asked, {"case": facet.case_id}) == [
            tuple(db().execute(asked, {"case": facet.case_id}).one())
        ]
        assert say_at_once(renamed, {"case": facet.case_id, "to_token": b"u" * 16}) == []
        assert say_at_once(asked, {"case": facet.case_id}) == [(facet.id, facet.case_id, b"u" * 16)]
        assert say_at_once(asked, {"case": uuid.uuid4()}) == []
        db().delete(db().get_one(CaseFacet, facet.id))
