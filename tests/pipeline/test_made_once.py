"""A question that is put together once answers by the values of the moment."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pytest
from sqlalchemy import CompoundSelect, Select, create_engine, select, union_all
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from app.pipeline.made_once import made_once
from models.base import CodeOf
from models.rules.people import Role


class Own(DeclarativeBase):
    pass


class Line(Own):
    __tablename__ = "line"
    number: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[Role] = mapped_column(CodeOf(Role))


@made_once
def _from_on(number: int, role: Role) -> Select[Line]:
    return select(Line).where(Line.number >= number, Line.role == role).order_by(Line.number)


@made_once
def _of(numbers: Collection[int]) -> Select[Line]:
    return select(Line).where(Line.number.in_(numbers)).order_by(Line.number)


@made_once
def _roles(lowest: int) -> Select[int, Role]:
    return select(Line.number, Line.role).where(Line.number >= lowest).order_by(Line.number)


@pytest.fixture(autouse=True)
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    engine = create_engine("sqlite://")
    Own.metadata.create_all(engine)
    with Session(engine) as opened:
        opened.add_all([Line(number=n, role=Role.MANAGER if n % 2 else Role.HEAD) for n in range(6)])
        opened.flush()
        monkeypatch.setattr("app.pipeline.made_once.db", lambda: opened)
        yield


def test_each_asks_with_its_own_values() -> None:
    assert [line.number for line in _from_on.scalars(2, Role.MANAGER)] == [3, 5]
    assert [line.number for line in _from_on.scalars(number=0, role=Role.HEAD)] == [0, 2, 4]
    assert [line.number for line in _from_on.scalars(4, role=Role.MANAGER)] == [5]


def test_one_or_none_and_several_columns() -> None:
    line = _from_on.scalar(3, Role.HEAD)
    assert line is not None
    assert line.number == 4
    assert _from_on.scalar(6, Role.HEAD) is None
    assert _roles.rows(4).all() == [(4, Role.HEAD), (5, Role.MANAGER)]


def test_many_stand_in_one_place() -> None:
    assert [line.number for line in _of.scalars({4, 1})] == [1, 4]
    assert [line.number for line in _of.scalars([2])] == [2]
    assert _of.scalars(()).all() == []


def test_it_is_put_together_once() -> None:
    calls = []

    @made_once
    def counted(number: int) -> Select[Line]:
        calls.append(number)
        return select(Line).where(Line.number == number)

    assert [counted.scalar(number).number for number in (1, 2, 3)] == [1, 2, 3]
    assert len(calls) == 1


def test_a_value_that_is_missing_is_no_value() -> None:
    with pytest.raises(TypeError, match="_from_on asks for number, role"):
        _from_on.scalar(1, None)
    with pytest.raises(TypeError, match="_from_on asks for number, role"):
        _from_on.scalar(1)


_last_from = _roles.changed(lambda asked: asked.order_by(None).order_by(Line.number.desc()).limit(1))


@made_once
def _of_either(number: int, role: Role) -> CompoundSelect[int]:
    by_number = select(Line.number).where(Line.number == number)
    return union_all(by_number, select(Line.number).where(Line.role == role, Line.number > number))


@made_once
def _all() -> Select[int]:
    return select(Line.number)


def test_another_question_is_made_of_one_and_asks_by_the_same_values() -> None:
    assert _last_from.rows(2).all() == [(5, Role.MANAGER)]
    assert _last_from.rows(lowest=6).all() == []
    assert _roles.rows(4).all() == [(4, Role.HEAD), (5, Role.MANAGER)], "the first stays as it is"
    with pytest.raises(TypeError, match="_roles asks for lowest"):
        _last_from.rows()  # type: ignore[call-arg]


def test_a_question_of_several_parts_has_one_place_for_each_value() -> None:
    assert sorted(_of_either.scalars(1, Role.MANAGER)) == [1, 3, 5]
    assert sorted(_of_either.scalars(4, Role.HEAD)) == [4]


def test_a_question_may_need_no_value() -> None:
    assert sorted(_all.scalars()) == [0, 1, 2, 3, 4, 5]
