"""The association of a simulation: its companies, each with a temper of its own, and who is present for whom."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum
from random import Random

from app.operations.association import Association
from app.operations.demo.timeline import Story, Timeline, later, office_hour
from app.pipeline.clock import TOKYO, now
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from models.company import Company
from models.person import Person
from models.rules.escalation_ladder import Step

COUNSELORS = ("counselor1@kikite.example", "counselor2@kikite.example")
MANAGER = "manager@kikite.example"
HEAD = "head@kikite.example"


class Temper(Enum):
    """How a company takes what it is asked."""

    PROMPT = "prompt"
    LATE = "late"
    SILENT = "silent"


@dataclass
class Firm:
    """One company of the simulation, and what it does by chance: always the same for the same seed."""

    key: str
    temper: Temper
    chance: Random
    joins_on: date | None = None
    """None when it was a member from the beginning."""
    company_id: uuid.UUID | None = None
    officers: int = 0
    """How many officers it has had."""
    gives_in_at: Step | None = None
    """The letter at which it does what it owes, in the present round of the ladder."""

    @property
    def representative(self) -> str:
        return f"representative@{self.key}.example"

    @property
    def officer(self) -> str:
        return f"officer{self.officers}@{self.key}.example"

    @property
    def id(self) -> uuid.UUID:
        if self.company_id is None:
            raise LookupError(f"{self.key} has not joined yet")
        return self.company_id

    def happens(self, likelihood: float) -> bool:
        return self.chance.random() < likelihood


@dataclass
class Town:
    """Everything that goes on at once: the association, the firms, and the stories that take turns."""

    association: Association
    seed: int
    first: date
    last: date
    firms: list[Firm] = field(default_factory=list)
    chance: Random = field(default_factory=Random)
    attempts: Counter[str] = field(default_factory=Counter)
    """What was tried and rightly refused, such as the vote of somebody excluded."""
    ready: list[uuid.UUID] = field(default_factory=list)
    """Applications that are reviewed and wait for a meeting of the board."""
    directors: int = 0
    """How many directors the board has had."""
    seen: set[tuple[object, ...]] = field(default_factory=set)
    """What the secretariat has taken up already."""
    _timeline: Timeline | None = None
    _by_company: dict[uuid.UUID, Firm] = field(default_factory=dict)

    def live_by(self, timeline: Timeline) -> None:
        self._timeline = timeline

    def tell(self, story: Story) -> None:
        """Take a story up; its first turn says when it begins."""
        if self._timeline is None:
            raise RuntimeError("no time passes yet")
        self._timeline.tell(story)

    def first_time(self, *what: object) -> bool:
        """Whether the secretariat sees this for the first time."""
        if what in self.seen:
            return False
        self.seen.add(what)
        return True

    def present(self, login: str) -> Actor:
        """Somebody who is there with the own keys, as the records know them now."""
        actor = self.association.present(login)
        return replace(actor, person=db().get_one(Person, actor.id))

    def login_of(self, person_id: uuid.UUID) -> str:
        return next(login for login, person in self.association.people.items() if person.id == person_id)

    def firm_of(self, company_id: uuid.UUID) -> Firm:
        if company_id not in self._by_company:
            self._by_company = {firm.company_id: firm for firm in self.firms if firm.company_id is not None}
        return self._by_company[company_id]

    def days(self) -> int:
        return (self.last - self.first).days + 1


def chance_of(seed: int, *what: object) -> Random:
    """Chance that can be had again: one row of numbers for each thing, whatever else happens beside it."""
    return Random(f"{seed}:{':'.join(str(one) for one in what)}")  # noqa: S311 - chance of a trial, and no secret


def person_of(actor: Actor) -> Person:
    if actor.person is None:
        raise TypeError("somebody with an account is meant")
    return actor.person


def company_of(firm: Firm) -> Company:
    return db().get_one(Company, firm.id)


def today() -> date:
    return now().astimezone(TOKYO).date()


def is_member(firm: Firm) -> bool:
    return firm.company_id is not None and company_of(firm).is_member_on(today())


def in_office(day: date, chance: Random) -> datetime:
    """Some moment of a working day."""
    return office_hour(day, chance.randrange(10, 17), chance.randrange(60))


def after(working_days: int) -> datetime:
    """So many working days from now, at this time of day."""
    return later(now(), working_days=working_days)


def never() -> Iterator[datetime]:
    """The story of what does not come to pass."""
    yield from ()
