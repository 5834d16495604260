"""Letters and numbers: each exists once, each series runs on without a gap, and what was issued has its letter."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from app.pipeline.transaction import db
from models.approval import Approval
from models.board_item import BoardItem
from models.certification import Certification
from models.company_file import CompanyFile
from models.formal_request import FormalRequest
from models.issued_letter import IssuedLetter
from models.letter_number import LetterNumber
from models.resolution import Resolution


def each_letter_once() -> Iterator[tuple[uuid.UUID | None, str]]:
    """Every number that was given is on one thing, and what left as a letter left once."""
    letters = Counter(db().scalars(select(IssuedLetter.number)))
    requests = list(db().scalars(select(FormalRequest.number).where(FormalRequest.number.is_not(None))))
    notices = list(db().scalars(select(BoardItem.notice_number).where(BoardItem.notice_number.is_not(None))))
    told = list(db().scalars(select(Resolution.notice_number).where(Resolution.notice_number.is_not(None))))
    for letter, times in letters.items():
        if times > 1:
            yield None, f"{letter} left {times} times"
    for number in (*requests, *notices, *told):
        if letters[str(number)] != 1:
            yield None, f"{number} left {letters[str(number)]} times as a letter"
    resolutions = [*db().scalars(select(Resolution.number)), *db().scalars(select(Approval.number))]
    certificates = [number for number in letters if number.startswith("KNS-")]
    given = [*requests, *notices, *told, *resolutions, *certificates]
    given += db().scalars(select(CompanyFile.number))
    given += db().scalars(
        select(Certification.number).where(Certification.number.is_not(None), ~Certification.is_pre_certified)
    )
    yield from _gaps([str(number) for number in given])


def _gaps(given: list[str]) -> Iterator[tuple[uuid.UUID | None, str]]:
    used: dict[tuple[str, int], list[int]] = defaultdict(list)
    for number in given:
        series, year, place = number.rsplit("-", 2)
        used[series, int(year)].append(int(place))
    last: dict[tuple[str, int], int] = {(row.series, row.year): row.last for row in db().scalars(select(LetterNumber))}
    for key, places in used.items():
        expected = list(range(1, last.get(key, 0) + 1))
        if sorted(places) != expected:
            wrong = sorted(Counter(places) - Counter(expected)) or sorted(set(expected) - set(places))
            yield None, f"the series {key[0]}-{key[1]} has a gap or a number twice: {wrong[:5]}"
