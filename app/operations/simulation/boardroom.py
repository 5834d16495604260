"""The board every two months: its agenda, who is excluded and votes all the same, what is decided, and what follows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import select

from app.applications import actions as applications
from app.applications.queries import (
    BEFORE_THE_BOARD,
    IN_REVIEW,
    certification_of_application,
    directors_for,
    state_of,
)
from app.certifications.actions import issue_certificate
from app.operations.demo.timeline import Story
from app.operations.simulation.applying import is_over
from app.operations.simulation.founding import enter_person
from app.operations.simulation.town import (
    HEAD,
    MANAGER,
    Firm,
    Town,
    after,
    chance_of,
    company_of,
    in_office,
    is_member,
    person_of,
    today,
)
from app.people.actions import end_service
from app.pipeline.clock import TOKYO, now
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from app.resolutions import actions as board
from app.resolutions.queries import file_of, item_after_this, late_compliance_of, recusals_of, resolution_of
from models.board_item import BoardItem
from models.board_meeting import BoardMeeting
from models.certification_application import CertificationApplication
from models.company import Company
from models.company_file import CompanyFile
from models.rules.approvals import ApprovalDecision
from models.rules.board import BoardOption, ImmediateReason, ItemState, MeetingMode
from models.rules.certification_lifecycle import CertificationState
from models.rules.company_file_lifecycle import FILE_LIFECYCLE, FileAct, FileState
from models.rules.people import Role
from models.rules.working_days import DEFAULT_CALENDAR

EVERY_MONTHS = 2
DIRECTORS_WHO_GO_IN_A_YEAR = 2
REASONS = "再三の要請への対応と弁明の内容を確かめ、審議しました。"
WORDS = "事情を説明します。対応が遅れたことをおわびします。"
WEIGHTS = {
    BoardOption.REVOKE: 60,
    BoardOption.WARNING: 12,
    BoardOption.CONDITIONAL: 10,
    BoardOption.NO_ACTION: 4,
    BoardOption.DEFER: 8,
}
MILDER = {BoardOption.WARNING: 60, BoardOption.NO_ACTION: 25, BoardOption.REVOKE: 15}


def meetings(town: Town) -> list[datetime]:
    """The second Thursday or the working day before it, in every other month."""
    found = []
    year, month = town.first.year, town.first.month
    while date(year, month, 1) <= town.last:
        if (month - town.first.month) % EVERY_MONTHS == 1:
            day = date(year, month, 8)
            day += timedelta(days=(3 - day.weekday()) % 7)
            while not DEFAULT_CALENDAR.is_working_day(day):
                day -= timedelta(days=1)
            found.append(datetime.combine(day, time(14), TOKYO))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004 - the last month
    return found


def meets(town: Town, held_at: datetime) -> Story:
    """One meeting: called, its agenda a week before, the votes, and what they come to."""
    chance = chance_of(town.seed, "meeting", held_at)
    yield held_at - timedelta(days=25)
    mode = MeetingMode.ONLINE if chance.random() < 0.3 else MeetingMode.IN_PERSON  # noqa: PLR2004 - nearly a third
    meeting_id = board.call_meeting(held_at=held_at, mode=mode, actor=town.present(HEAD)).id
    yield held_at - timedelta(days=8)
    items = _agenda(town, db().get_one(BoardMeeting, meeting_id))
    asked = _applications_on(town, db().get_one(BoardMeeting, meeting_id))
    yield held_at
    items = [item_id for item_id in items if _open_vote(town, item_id)]
    for item_id in items:
        _vote(town, item_id, chance)
    yield held_at + timedelta(minutes=50)
    for item_id in items:
        _record(town, item_id, chance)
    for application_id in asked:
        _decide(town, application_id, chance)


def serve(town: Town, item: BoardItem) -> None:
    """The notice of the opportunity to explain (E6)."""
    board.serve_notice(item, actor=town.present(HEAD))


def explains(town: Town, firm: Firm, item_id: uuid.UUID) -> Story:
    """Half of the companies explain themselves in time; the silence of the others is recorded by the clock."""
    if not firm.happens(0.5):
        return
    yield after(firm.chance.randrange(3, 10))
    item = db().get_one(BoardItem, item_id)
    if item.state in (ItemState.HEARING.value, ItemState.READY.value) and file_of(item).state is FileState.HEARING:
        board.submit_explanation(
            item, text=WORDS, wants_to_attend=firm.happens(0.4), actor=town.present(firm.representative)
        )


def _agenda(town: Town, meeting: BoardMeeting) -> list[uuid.UUID]:
    waiting = db().scalars(
        select(BoardItem).where(BoardItem.state.in_((ItemState.HEARING.value, ItemState.READY.value)))
    )
    found = []
    for item in sorted(waiting, key=lambda one: _key(town, one)):
        due_at = item.explanation_due_at
        at_hearing = file_of(item).state in (FileState.HEARING, FileState.EFFECTIVE)
        if at_hearing and due_at is not None and due_at < meeting.held_at:
            board.put_on_agenda(item, meeting, actor=town.present(HEAD))
            found.append(item.id)
    return found


def _key(town: Town, item: BoardItem) -> str:
    return town.firm_of(file_of(item).company_id).key


def _open_vote(town: Town, item_id: uuid.UUID) -> bool:
    item = db().get_one(BoardItem, item_id)
    if file_of(item).state not in (FileState.HEARING, FileState.EFFECTIVE):
        return False
    board.open_vote(item, actor=town.present(HEAD))
    return True


def _directors(town: Town) -> Sequence[str]:
    """Who sits on the board now."""
    directors = [login for login, person in town.association.people.items() if person.role is Role.DIRECTOR]
    return sorted(login for login in directors if person_of(town.present(login)).serves_at(now()))


def changes(town: Town) -> None:
    """Every year some directors go, whoever they work for, and others take their seats, at once or after a while."""
    for year in range((town.last - town.first).days // 365 + 1):
        chance = chance_of(town.seed, "board", year)
        for _time in range(DIRECTORS_WHO_GO_IN_A_YEAR):
            day = town.first + timedelta(days=365 * year + chance.randrange(20, 365))
            if day <= town.last:
                town.tell(_a_director_goes(town, day, chance))


def _a_director_goes(town: Town, day: date, chance: Random) -> Story:
    yield in_office(day, chance)
    going = chance.choice([one for one in _directors(town) if not person_of(town.present(one)).is_chair])
    end_service(person_of(town.present(going)), actor=town.present(MANAGER))
    # The chance is drawn before the seat stands empty: two of these stories never share it out of turn.
    firm = town.firms[chance.randrange(len(town.firms))]
    yield in_office(today() + timedelta(days=chance.choice((1, 10, 70))), chance)
    works_there = chance.random() < 0.5 and firm.company_id is not None and is_member(firm)  # noqa: PLR2004 - half
    town.directors += 1
    login = f"director{town.directors}@kikite.example"
    enter_person(town, Role.DIRECTOR, login, company_of(firm) if works_there else None)


def _vote(town: Town, item_id: uuid.UUID, chance: Random) -> None:
    """Each director votes once; who is excluded tries, is refused, and one who voted may find an own interest later."""
    item = db().get_one(BoardItem, item_id)
    weights = MILDER if late_compliance_of(item) else WEIGHTS
    options = list(weights)
    leading = chance.choices(options, list(weights.values()))[0]
    divided = chance.random() < 0.08  # noqa: PLR2004 - now and then
    excluded = {recusal.person_id for recusal in recusals_of(item)}
    for login in _directors(town):
        vote = leading if chance.random() < (0.5 if divided else 0.88) else chance.choice(options)
        present, finds_interest = chance.random() < 0.92, chance.random() < 0.02  # noqa: PLR2004 - most, and few
        director = town.present(login)
        if director.id in excluded:
            _is_refused(town, item, vote, login)
        elif present:
            board.cast_vote(item, vote, actor=director)
            if finds_interest:
                board.declare_interest(item, actor=director)


def _is_refused(town: Town, item: BoardItem, vote: BoardOption, login: str) -> None:
    try:
        with db().begin_nested():
            board.cast_vote(item, vote, actor=town.present(login))
    except OutOfReach:
        town.attempts["votes of the excluded, refused"] += 1


def _record(town: Town, item_id: uuid.UUID, chance: Random) -> None:
    item = db().get_one(BoardItem, item_id)
    at_once = ImmediateReason.CONTINUED_HARM if chance.random() < 0.12 else None  # noqa: PLR2004 - now and then
    resolution = board.record_resolution(item, reasons=REASONS, immediate_because=at_once, actor=town.present(HEAD))
    if resolution is not None and resolution.option is BoardOption.REVOKE and item.follows_id is None:
        firm = town.firm_of(file_of(item).company_id)
        town.tell(_objects(town, firm, item_id))


def _objects(town: Town, firm: Firm, item_id: uuid.UUID) -> Story:
    """Some object within the two weeks, once; the head takes the matter up again for the next meeting."""
    if not firm.happens(0.3):
        return
    yield after(firm.chance.randrange(2, 8))
    item = db().get_one(BoardItem, item_id)
    if not FILE_LIFECYCLE.allows(file_of(item).state, FileAct.OBJECT):
        return
    board.raise_objection(item, text=WORDS, actor=town.present(firm.representative))
    yield after(1)
    item = db().get_one(BoardItem, item_id)
    if file_of(item).state in (FileState.DECIDED, FileState.EFFECTIVE) and item_after_this(item) is None:
        board.re_examine(item, grounds=WORDS, actor=town.present(HEAD))


def is_thought_over(town: Town, firm: Firm, file_id: uuid.UUID) -> Story:
    """Some months after a revocation the board may be asked to take it back."""
    if not firm.happens(0.3):
        return
    yield after(firm.chance.randrange(40, 120))
    file = db().get_one(CompanyFile, file_id)
    last = db().scalar(
        select(BoardItem).where(BoardItem.company_file_id == file_id).order_by(BoardItem.proposed_at.desc()).limit(1)
    )
    if last is None or last.state != ItemState.DECIDED.value or file.state is not FileState.EFFECTIVE:
        return
    decided = resolution_of(last)
    if decided is not None and decided.option is BoardOption.REVOKE:
        board.re_examine(last, grounds=WORDS, actor=town.present(HEAD))


def _applications_on(town: Town, meeting: BoardMeeting) -> list[uuid.UUID]:
    found, town.ready = town.ready, []
    on_agenda = []
    for application_id in found:
        application = db().get_one(CertificationApplication, application_id)
        if state_of(application) is CertificationState.REVOCATION_PROC:
            # The board first decides whether there is anything to renew.
            town.ready.append(application_id)
        elif state_of(application) in {*IN_REVIEW, *BEFORE_THE_BOARD}:
            applications.put_before_board(application, meeting, actor=town.present(HEAD))
            on_agenda.append(application_id)
    return on_agenda


def _decide(town: Town, application_id: uuid.UUID, chance: Random) -> None:
    application = db().get_one(CertificationApplication, application_id)
    certification = certification_of_application(application)
    if is_over(application):
        return
    if certification.state not in BEFORE_THE_BOARD:
        town.ready.append(application_id)
        return
    eligible = len(directors_for(application.company_id))
    first = today() + timedelta(days=1)
    is_member = db().get_one(Company, application.company_id).is_member_on(first)
    approved = chance.random() < 0.96 and is_member  # noqa: PLR2004 - nearly all
    applications.decide(
        application,
        ApprovalDecision.APPROVED if approved else ApprovalDecision.REJECTED,
        votes_for=eligible - 1,
        present=eligible,
        valid_from=first if approved and certification.number is None else None,
        reasons="" if approved else REASONS,
        actor=town.present(HEAD),
    )
    if approved:
        issue_certificate(certification, actor=town.present(HEAD))
