"""The public list and the terms behind it: who is on it on a day, and what the records say of that day."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.pipeline.clock import TOKYO, now
from app.pipeline.transaction import db
from app.registry.queries import feed, listed, published_revocations
from models.board_item import BoardItem
from models.certification import Certification
from models.certification_status import CertificationStatus
from models.company import Company
from models.company_file import CompanyFile
from models.membership import Membership
from models.resolution import Resolution
from models.rules.membership import MembershipStanding, Stretch, is_sound, standing_of

HELD = ("certified", "reinstated", "renewal_open", "renewal_review", "suspended", "revocation_proc")
NEVER_GIVEN = ("draft", "submitted", "under_review", "returned", "board_pending")
WAITING_DAYS = 365
_WITH_MEMBERSHIP = select(
    Certification.id,
    Certification.company_id,
    Certification.number,
    Certification.state,
    Certification.valid_from,
    Certification.valid_to,
    Certification.renewal_filed_on,
    Company.joined_on,
    Company.left_on,
).join(Company, Company.id == Certification.company_id)
MAY_OUTLAST_ITS_TERM = ("renewal_review", "renewal_open", "revocation_proc")


def the_list_equals_the_status() -> Iterator[tuple[uuid.UUID | None, str]]:
    """The list that the page and the feed show against the state of each certification, and both against its facts."""
    at = now()
    day = at.astimezone(TOKYO).date()
    entries = listed(day)
    shown = Counter(str(row["number"]) for row in feed(entries, published_revocations(), on=day)["companies"])
    lines = _states_by_lines(at)
    ending = _revoked_by_resolution(at)
    for one in db().execute(_WITH_MEMBERSHIP):
        number, state = str(one.number), one.state.value
        if state in NEVER_GIVEN or one.valid_from is None or one.valid_to is None:
            if shown.pop(number, 0):
                yield one.company_id, f"{number} is listed and was never given"
            continue
        filed = one.renewal_filed_on is not None and one.renewal_filed_on <= one.valid_to
        begun = one.valid_from <= day
        by_state = state in HELD and begun and (day <= one.valid_to or filed)
        by_line = lines.get(one.id) in HELD and begun and (day <= one.valid_to or filed)
        revoked = one.company_id in ending and ending[one.company_id] >= _first(one.valid_from)
        times = shown.pop(number, 0)
        if times != int(by_state):
            yield one.company_id, f"{number} stands on the list {times} times while it is {state}"
        if by_line != by_state:
            yield one.company_id, f"{number} is {state}, and its line of the day says {lines.get(one.id)}"
        if by_state and (revoked or not _is_member(one.joined_on, one.left_on, day)):
            yield one.company_id, f"{number} is {state}, and the board or the end of the membership says otherwise"
    for number in shown:
        yield None, f"{number} is listed and belongs to no certification"


def _is_member(joined_on: date | None, left_on: date | None, day: date) -> bool:
    return joined_on is not None and joined_on <= day and (left_on is None or day <= left_on)


def _first(first: date) -> datetime:
    return datetime(first.year, first.month, first.day, tzinfo=TOKYO)


def _states_by_lines(at: datetime) -> dict[uuid.UUID, str]:
    rows = db().execute(
        select(CertificationStatus.certification_id, CertificationStatus.state)
        .where(CertificationStatus.effective_at <= at)
        .order_by(CertificationStatus.effective_at, CertificationStatus.recorded_at)
    )
    return {certification_id: state.value for certification_id, state in rows}


def _revoked_by_resolution(at: datetime) -> dict[uuid.UUID, datetime]:
    """Since when the board's last word on a company is a revocation that is in effect.

    What the board took up again before its day, after an objection, never came into effect by that decision.
    """
    taken_up = dict(db().execute(select(BoardItem.follows_id, BoardItem.proposed_at)).all())
    rows = (
        db()
        .execute(
            select(CompanyFile.company_id, Resolution.option, Resolution.effect_at, BoardItem.id)
            .join(BoardItem, BoardItem.id == Resolution.board_item_id)
            .join(CompanyFile, CompanyFile.id == BoardItem.company_file_id)
            .order_by(Resolution.resolved_at)
        )
        .all()
    )
    last: dict[uuid.UUID, datetime] = {}
    for company_id, option, effect_at, item_id in rows:
        if option.value == "revoke" and effect_at is not None:
            if effect_at <= at and not (item_id in taken_up and taken_up[item_id] < effect_at):
                last[company_id] = effect_at
        elif option.value != "defer":
            last.pop(company_id, None)
    return last


def certifications_belong_to_members() -> Iterator[tuple[uuid.UUID | None, str]]:
    """After the clock's work of a day no company that left holds one, and nobody holds two."""
    day = now().astimezone(TOKYO).date()
    held: Counter[uuid.UUID] = Counter()
    for one in db().execute(_WITH_MEMBERSHIP.where(Certification.state.in_(HELD))):
        held[one.company_id] += 1
        if not _is_member(one.joined_on, one.left_on, day):
            yield one.company_id, f"{one.number} is held, and the membership ended on {one.left_on}"
    for company_id, times in held.items():
        if times > 1:
            yield company_id, f"{times} certifications are held at once"


def terms_end_or_are_under_review() -> Iterator[tuple[uuid.UUID | None, str]]:
    """What is held after its last day is held because its renewal was filed in time and is not decided yet."""
    day = now().astimezone(TOKYO).date()
    for certification in db().scalars(
        select(Certification).where(Certification.state.in_(HELD), Certification.valid_to < day)
    ):
        filed, last = certification.renewal_filed_on, certification.valid_to
        in_time = filed is not None and last is not None and filed <= last
        if not in_time or certification.state.value not in MAY_OUTLAST_ITS_TERM:
            yield (
                certification.company_id,
                f"{certification.number} ended on {last} and is {certification.state.value}, renewal filed: {filed}",
            )


def nobody_returns_before_the_waiting_time() -> Iterator[tuple[uuid.UUID | None, str]]:
    """After a revocation that stands, nothing is certified anew for twelve months."""
    revoked = _revoked_by_resolution(now())
    for certification in db().scalars(
        select(Certification).where(Certification.company_id.in_(revoked), Certification.state.in_(HELD))
    ):
        since = revoked[certification.company_id]
        if certification.valid_from is None:
            continue
        first = _first(certification.valid_from)
        if since < first < since + timedelta(days=WAITING_DAYS):
            yield certification.company_id, f"{certification.number} began {first:%Y-%m-%d}, revoked {since:%Y-%m-%d}"


def memberships_are_as_they_are_told() -> Iterator[tuple[uuid.UUID | None, str]]:
    """No day belongs to two memberships of a company, each begins as it must, and the company stands as they say."""
    rows: dict[uuid.UUID, list[Stretch]] = {}
    for one in db().scalars(select(Membership).order_by(Membership.valid_from)):
        rows.setdefault(one.company_id, []).append(one.stretch())
    for company_id, member_type, joined_on, left_on in db().execute(
        select(Company.id, Company.member_type, Company.joined_on, Company.left_on)
    ):
        stretches = rows.get(company_id, [])
        if not is_sound(stretches):
            yield company_id, f"its memberships cannot be: {[(str(one.first), str(one.last)) for one in stretches]}"
        if standing_of(stretches) != MembershipStanding(member_type, joined_on, left_on):
            yield company_id, f"it stands as {member_type.value}, {joined_on} to {left_on}, and its memberships differ"
