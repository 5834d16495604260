"""The board: what a revocation rests on, and whose votes were counted."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import or_, select

from app.pipeline.clock import TOKYO, now
from app.pipeline.transaction import db
from models.board_item import BoardItem
from models.board_meeting import BoardMeeting
from models.certification import Certification
from models.certification_status import CertificationStatus
from models.company_file import CompanyFile
from models.company_relation import CompanyRelation
from models.issued_letter import IssuedLetter
from models.person import Person
from models.recusal import Recusal
from models.resolution import Resolution
from models.rules.board import BoardOption
from models.rules.people import Role
from models.vote import Vote

NOTICE = timedelta(days=14)


def revocations_rest_on_resolution_and_notice() -> Iterator[tuple[uuid.UUID | None, str]]:
    """For each certification that is revoked: the decision, its day, the notice before it, and the letters."""
    lines: dict[uuid.UUID, list[tuple[datetime, uuid.UUID | None]]] = defaultdict(list)
    at = now()
    for certification_id, effective_at, resolution_id in db().execute(
        select(
            CertificationStatus.certification_id, CertificationStatus.effective_at, CertificationStatus.resolution_id
        ).where(CertificationStatus.state == "revoked", CertificationStatus.effective_at <= at)
    ):
        lines[certification_id].append((effective_at, resolution_id))
    revoked = select(Certification.id, Certification.company_id, Certification.number).where(
        or_(Certification.state == "revoked", Certification.id.in_(list(lines)))
    )
    certifications = db().execute(revoked).all()
    if not certifications:
        return
    proceedings = _proceedings()
    letters = set(db().scalars(select(IssuedLetter.number)))
    for certification_id, company_id, number in certifications:
        if not lines[certification_id]:
            yield company_id, f"{number} is revoked, and no line says since when"
        for effective_at, resolution_id in lines[certification_id]:
            for wrong in _lacks(company_id, effective_at, proceedings.get(resolution_id), letters):
                yield company_id, f"{number} was revoked {wrong}"


class Proceeding(NamedTuple):
    """A resolution with its meeting, its file, and the notice of the proposal that it goes back to."""

    option: BoardOption
    resolved_at: datetime
    effect_at: datetime | None
    notified_at: datetime | None
    notice_number: str | None
    held_at: datetime | None
    company_id: uuid.UUID
    proposal_served_at: datetime | None
    proposal_number: str | None


def _proceedings() -> dict[uuid.UUID | None, Proceeding]:
    rows = db().execute(select(BoardItem.id, BoardItem.follows_id, BoardItem.notice_served_at, BoardItem.notice_number))
    items = {item_id: (follows_id, served_at, number) for item_id, follows_id, served_at, number in rows}
    found: dict[uuid.UUID | None, Proceeding] = {}
    for resolution_id, item_id, *facts in db().execute(
        select(
            Resolution.id,
            Resolution.board_item_id,
            Resolution.option,
            Resolution.resolved_at,
            Resolution.effect_at,
            Resolution.notified_at,
            Resolution.notice_number,
            BoardMeeting.held_at,
            CompanyFile.company_id,
        )
        .join(BoardItem, BoardItem.id == Resolution.board_item_id)
        .join(CompanyFile, CompanyFile.id == BoardItem.company_file_id)
        .outerjoin(BoardMeeting, BoardMeeting.id == BoardItem.meeting_id)
    ):
        follows_id, served_at, number = items[item_id]
        while follows_id is not None:
            follows_id, served_at, number = items[follows_id]
        found[resolution_id] = Proceeding._make((*facts, served_at, number))
    return found


def _lacks(
    company_id: uuid.UUID, effective_at: datetime, decided: Proceeding | None, letters: set[str]
) -> Iterator[str]:
    if decided is None or decided.option.value != "revoke":
        yield "without a resolution"
        return
    if decided.company_id != company_id:
        yield "by a resolution about another company"
    if decided.effect_at != effective_at or effective_at < decided.resolved_at - timedelta(seconds=1):
        yield f"from {effective_at:%Y-%m-%d}, and the resolution names {decided.effect_at}"
    served_at = decided.proposal_served_at
    if served_at is None or decided.proposal_number not in letters:
        yield "without a notice that was served"
    elif decided.resolved_at < served_at + NOTICE:
        yield f"on {decided.resolved_at:%Y-%m-%d}, too soon after the notice of {served_at:%Y-%m-%d}"
    if decided.notified_at is None or decided.notice_number not in letters:
        yield "without telling the company of it"
    if decided.held_at is None or decided.resolved_at < decided.held_at:
        yield "outside of a meeting"


def decided_files_wait_for_a_day() -> Iterator[tuple[uuid.UUID | None, str]]:
    """What the board decided ends a file, or has a day that lies ahead; nothing rests in between for good."""
    decided = select(CompanyFile).where(CompanyFile.state == "decided")
    for file in db().scalars(decided):
        newest = (
            select(Resolution.option, Resolution.effect_at)
            .join(BoardItem, BoardItem.id == Resolution.board_item_id)
            .where(BoardItem.company_file_id == file.id)
            .order_by(Resolution.resolved_at.desc())
            .limit(1)
        )
        found = db().execute(newest).first()
        if found is None or found.effect_at is None or found.effect_at <= now():
            said = "nothing" if found is None else found.option.value
            yield file.company_id, f"{file.number} is decided, by {said}, and waits for no day"


def votes_counted_are_those_of_the_eligible() -> Iterator[tuple[uuid.UUID | None, str]]:
    """Each decision counted anew: without the excluded, without whom the register excludes, and with a majority."""
    decided = (
        db()
        .execute(
            select(
                CompanyFile.company_id,
                Resolution.board_item_id,
                Resolution.number,
                Resolution.resolved_at,
                Resolution.option,
                Resolution.votes_for,
                Resolution.eligible,
                Resolution.present,
            )
            .join(BoardItem, BoardItem.id == Resolution.board_item_id)
            .join(CompanyFile, CompanyFile.id == BoardItem.company_file_id)
        )
        .all()
    )
    if not decided:
        return
    directors = (
        db()
        .execute(
            select(Person.id, Person.company_id, Person.starts_at, Person.ends_at).where(Person.role == Role.DIRECTOR)
        )
        .all()
    )
    recused: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for board_item_id, person_id in db().execute(select(Recusal.board_item_id, Recusal.person_id)):
        recused[board_item_id].add(person_id)
    votes: dict[uuid.UUID, list[tuple[uuid.UUID, BoardOption]]] = defaultdict(list)
    for board_item_id, person_id, option in db().execute(select(Vote.board_item_id, Vote.person_id, Vote.option)):
        votes[board_item_id].append((person_id, option))
    relations = db().scalars(select(CompanyRelation)).all()
    for company_id, item_id, number, at, option, votes_for, entitled, present in decided:
        kept_away = recused[item_id]
        serving = {one.id for one in directors if one.starts_at <= at and (one.ends_at is None or at < one.ends_at)}
        concerned = _concerned(company_id, relations, at)
        unnoticed = {one.id for one in directors if one.company_id in concerned and one.id in serving} - kept_away
        if unnoticed:
            yield company_id, f"{number}: {len(unnoticed)} directors of companies concerned took part"
        eligible = serving - kept_away
        counted = Counter(vote for person_id, vote in votes[item_id] if person_id in eligible)
        if counted[option] != votes_for or entitled != len(eligible):
            may, of = counted[option], len(eligible)
            yield company_id, f"{number} counts {votes_for} of {entitled}, and {may} of {of} may vote"
        if present * 2 <= entitled or votes_for * 2 <= present:
            yield company_id, f"{number} has no majority, or no quorum"


def _concerned(company_id: uuid.UUID, relations: Iterable[CompanyRelation], at: datetime) -> set[uuid.UUID]:
    day = at.astimezone(TOKYO).date()
    found = {company_id}
    for one in relations:
        if company_id in (one.client_id, one.agency_id) and one.valid_from <= day <= (one.valid_to or day):
            found |= {one.client_id, one.agency_id}
    return found
