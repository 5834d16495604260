"""How each silent company's file goes: people issue what the ladder has opened, up to the rung that was written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.escalations import actions as escalations
from app.escalations.queries import may_be_proposed
from app.operations.association import Association
from app.operations.demo.stories import addressees
from app.operations.demo.timeline import Story, later, office_hour
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.resolutions import actions as board
from app.resolutions.queries import recusals_of, resolution_of
from models.board_item import BoardItem
from models.company_file import CompanyFile
from models.formal_request import FormalRequest
from models.rules.board import BoardOption, MeetingMode
from models.rules.escalation_ladder import Step
from models.rules.people import Role
from models.rules.request_lifecycle import RequestState

HEAD = "head@kikite.example"
MANAGER = "manager@kikite.example"
MOST_WAITING_DAYS = 60
ISSUERS = {"E1": MANAGER, "E2": MANAGER, "E3": HEAD, "E4": HEAD}


@dataclass
class Rung:
    """One company's ladder as the data file tells it."""

    association: Association
    row: Mapping[str, Any]
    today: date
    item_id: Any = None

    @property
    def company_key(self) -> str:
        return str(self.row["company"])

    def file(self) -> CompanyFile | None:
        company = self.association.companies[self.company_key]
        return db().scalar(
            select(CompanyFile)
            .where(CompanyFile.company_id == company.id)
            .order_by(CompanyFile.opened_at.desc())
            .limit(1)
        )

    def known_file(self) -> CompanyFile:
        found = self.file()
        if found is None:
            raise RuntimeError(f"{self.company_key} has no file yet")
        return found

    def item(self) -> BoardItem:
        return db().get_one(BoardItem, self.item_id)

    def person(self, login: str) -> Actor:
        return self.association.present(login)

    def of_the_company(self) -> Actor:
        """Who speaks for the company before the board."""
        representatives = self.association.of(self.company_key, Role.REPRESENTATIVE, at=now())
        return self.person((representatives or addressees(self.association, self.company_key, now()))[0])


def ladder_of(rung: Rung) -> Story:
    """The people's part of a ladder; what the clock does happens by itself."""
    for step in rung.row["steps"]:
        act = ACTS.get(step["event"])
        if act is not None:
            at = office_hour(rung.today + timedelta(days=step["day"]), 14, 15)
            yield at
            yield from act(rung, step, at)


def _issued(rung: Rung, step: Mapping[str, Any], at: datetime) -> Story:
    """Issue a step as soon as the clock has opened it, after whichever lower steps the rules ask for first."""
    while True:
        yield from _until(lambda: (found := rung.file()) is not None and found.next_step is not None, at, rung)
        opened = Step(str(rung.known_file().next_step))
        _issue(rung, opened, step)
        if opened.value >= step["step"]:
            return
        at = later(now(), working_days=1)
        yield at


def _issue(rung: Rung, opened: Step, step: Mapping[str, Any]) -> None:
    drafted_by = rung.person(MANAGER if step["by"] == HEAD else step["by"])
    text = "\n".join([*step["grounds"], "", *(f"・{demand}" for demand in step["demands"])])
    request = escalations.draft_request(rung.known_file(), opened, actor=drafted_by, text=text)
    escalations.issue_request(request, actor=rung.person(ISSUERS[opened.value]))


def _complied_late(rung: Rung, step: Mapping[str, Any], _at: datetime) -> Story:
    last = db().scalar(
        select(FormalRequest)
        .where(FormalRequest.company_file_id == rung.known_file().id, FormalRequest.state != RequestState.DRAFTED)
        .order_by(FormalRequest.issued_at.desc())
        .limit(1)
    )
    if last is not None:
        escalations.answer_request(last, str(step["text"]), actor=rung.of_the_company())
    if rung.item_id is None:
        escalations.record_compliance(rung.known_file(), actor=rung.person(MANAGER))
    yield from ()


def _proposed(rung: Rung, step: Mapping[str, Any], at: datetime) -> Story:
    yield from _until(lambda: bool(may_be_proposed(rung.known_file())), at, rung)
    rung.item_id = escalations.propose(rung.known_file(), grounds=step["text"], actor=rung.person(HEAD)).id


def _notice_served(rung: Rung, _step: Mapping[str, Any], _at: datetime) -> Story:
    board.serve_notice(rung.item(), actor=rung.person(HEAD))
    yield from ()


def _explained(rung: Rung, step: Mapping[str, Any], _at: datetime) -> Story:
    board.submit_explanation(
        rung.item(), text=step["text"], wants_to_attend=bool(step.get("attends")), actor=rung.of_the_company()
    )
    yield from ()


def _decided(rung: Rung, step: Mapping[str, Any], at: datetime) -> Story:
    held_at = at + timedelta(minutes=30)
    meeting = board.call_meeting(held_at=held_at, mode=MeetingMode.IN_PERSON, actor=rung.person(HEAD))
    board.put_on_agenda(rung.item(), meeting, actor=rung.person(HEAD))
    yield held_at
    board.open_vote(rung.item(), actor=rung.person(HEAD))
    option = BoardOption(step["option"])
    directors = sorted(login for login, person in rung.association.people.items() if person.role is Role.DIRECTOR)
    wanted = {"for": option, "against": BoardOption.NO_ACTION}
    ballots = [choice for name, choice in wanted.items() for _ in range(int(step["votes"][name]))]
    recused = {recusal.person_id for recusal in recusals_of(rung.item())}
    for login in directors:
        if ballots and rung.association.people[login].id not in recused:
            board.cast_vote(rung.item(), ballots.pop(0), actor=rung.person(login))
    yield held_at + timedelta(minutes=40)
    board.record_resolution(rung.item(), reasons=step["text"], actor=rung.person(HEAD))


def _notified(rung: Rung, _step: Mapping[str, Any], _at: datetime) -> Story:
    resolution = resolution_of(rung.item())
    if resolution is not None:
        board.notify(resolution, actor=rung.person(HEAD))
    yield from ()


def _until(condition: Callable[[], bool], at: datetime, rung: Rung) -> Story:
    """Wait working day by working day for what the clock has to open first."""
    for _day in range(MOST_WAITING_DAYS):
        if condition():
            return
        at = later(at, working_days=1)
        yield at
    raise RuntimeError(f"the ladder of {rung.company_key} did not open in time")


ACTS: Mapping[str, Callable[[Rung, Mapping[str, Any], datetime], Story]] = {
    "issued": _issued,
    "complied_late": _complied_late,
    "proposed": _proposed,
    "notice_served": _notice_served,
    "explained": _explained,
    "decided": _decided,
    "notified": _notified,
}
