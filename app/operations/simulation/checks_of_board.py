"""The board: what a revocation rests on, and whose votes were counted."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import defer

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
ITEMS = select(BoardItem).options(defer(BoardItem.sealed_grounds), defer(BoardItem.sealed_packet))


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
    revoked = select(Certification).where(or_(Certification.state == "revoked", Certification.id.in_(list(lines))))
    certifications = db().scalars(revoked).all()
    if not certifications:
        return
    items = {item.id: item for item in db().scalars(ITEMS)}
    letters = set(db().scalars(select(IssuedLetter.number)))
    for certification in certifications:
        if not lines[certification.id]:
            yield certification.company_id, f"{certification.number} is revoked, and no line says since when"
        for effective_at, resolution_id in lines[certification.id]:
            resolution = db().get(Resolution, resolution_id) if resolution_id else None
            for wrong in _lacks(certification, effective_at, resolution, items, letters):
                yield certification.company_id, f"{certification.number} was revoked {wrong}"


def _lacks(
    certification: Certification,
    effective_at: datetime,
    resolution: Resolution | None,
    items: Mapping[uuid.UUID, BoardItem],
    letters: set[str],
) -> Iterator[str]:
    if resolution is None or resolution.option.value != "revoke":
        yield "without a resolution"
        return
    item = items[resolution.board_item_id]
    file = db().get_one(CompanyFile, item.company_file_id)
    proposal = item
    while proposal.follows_id is not None:
        proposal = items[proposal.follows_id]
    if file.company_id != certification.company_id:
        yield "by a resolution about another company"
    if resolution.effect_at != effective_at or effective_at < resolution.resolved_at - timedelta(seconds=1):
        yield f"from {effective_at:%Y-%m-%d}, and the resolution names {resolution.effect_at}"
    if proposal.notice_served_at is None or proposal.notice_number not in letters:
        yield "without a notice that was served"
    elif resolution.resolved_at < proposal.notice_served_at + NOTICE:
        yield f"on {resolution.resolved_at:%Y-%m-%d}, too soon after the notice of {proposal.notice_served_at:%Y-%m-%d}"
    if resolution.notified_at is None or resolution.notice_number not in letters:
        yield "without telling the company of it"
    meeting = db().get(BoardMeeting, item.meeting_id) if item.meeting_id else None
    if meeting is None or resolution.resolved_at < meeting.held_at:
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
            select(Resolution, CompanyFile.company_id)
            .options(defer(Resolution.sealed_reasons))
            .join(BoardItem, BoardItem.id == Resolution.board_item_id)
            .join(CompanyFile, CompanyFile.id == BoardItem.company_file_id)
        )
        .all()
    )
    if not decided:
        return
    directors = db().scalars(select(Person).where(Person.role == Role.DIRECTOR)).all()
    recused: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for board_item_id, person_id in db().execute(select(Recusal.board_item_id, Recusal.person_id)):
        recused[board_item_id].add(person_id)
    votes: dict[uuid.UUID, list[tuple[uuid.UUID, BoardOption]]] = defaultdict(list)
    for board_item_id, person_id, option in db().execute(select(Vote.board_item_id, Vote.person_id, Vote.option)):
        votes[board_item_id].append((person_id, option))
    relations = db().scalars(select(CompanyRelation)).all()
    for resolution, company_id in decided:
        at = resolution.resolved_at
        kept_away = recused[resolution.board_item_id]
        serving = {one.id for one in directors if one.starts_at <= at and (one.ends_at is None or at < one.ends_at)}
        concerned = _concerned(company_id, relations, at)
        unnoticed = {one.id for one in directors if one.company_id in concerned and one.id in serving} - kept_away
        if unnoticed:
            yield company_id, f"{resolution.number}: {len(unnoticed)} directors of companies concerned took part"
        eligible = serving - kept_away
        counted = Counter(option for person_id, option in votes[resolution.board_item_id] if person_id in eligible)
        if counted[resolution.option] != resolution.votes_for or resolution.eligible != len(eligible):
            may, of = counted[resolution.option], len(eligible)
            said = f"{resolution.votes_for} of {resolution.eligible}"
            yield company_id, f"{resolution.number} counts {said}, and {may} of {of} may vote"
        if resolution.present * 2 <= resolution.eligible or resolution.votes_for * 2 <= resolution.present:
            yield company_id, f"{resolution.number} has no majority, or no quorum"


def _concerned(company_id: uuid.UUID, relations: Iterable[CompanyRelation], at: datetime) -> set[uuid.UUID]:
    day = at.astimezone(TOKYO).date()
    found = {company_id}
    for one in relations:
        if company_id in (one.client_id, one.agency_id) and one.valid_from <= day <= (one.valid_to or day):
            found |= {one.client_id, one.agency_id}
    return found
