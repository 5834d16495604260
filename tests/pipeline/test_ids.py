"""Ids of rows that are made together lie together, and say nothing."""

from flask import Flask

from app.pipeline.ids import new_id


def test_what_one_request_makes_begins_alike_and_is_different(app: Flask) -> None:
    with app.app_context():
        ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert len({each.bytes[:6] for each in ids}) == 1
    assert {each.version for each in ids} == {4}


def test_another_request_begins_otherwise(app: Flask) -> None:
    begins = set()
    for _ in range(100):
        with app.app_context():
            begins.add(new_id().bytes[:6])
    assert len(begins) == 100
    assert sorted(begins) != list(begins)


def test_outside_of_a_request_an_id_is_random_as_a_whole() -> None:
    assert len({new_id().bytes[:6] for _ in range(100)}) == 100
