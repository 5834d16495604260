"""A fictional association from its data files: companies with their names and officers, the secretariat, the board."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.certifications.actions import enter_pre_certified
from app.companies.actions import (
    add_site,
    change_member_type,
    end_membership,
    join_again,
    register_company,
    relate_companies,
    rename_company,
)
from app.custody.actions import do_what_waits
from app.custody.queries import how_much_waits
from app.people.actions import register_person, sign_up, verify_address
from app.people.actions.posts import confirm_post
from app.pipeline.clock import TOKYO
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.transaction import db
from app.pipeline.unlocking import Keys
from models.company import Company
from models.person import Person
from models.post_confirmation import PostConfirmation
from models.rules.membership import MemberType, OperatorType
from models.rules.people import COMPANY, Role
from models.seat_holding import SeatHolding

FILES = Path(__file__).parent / "demo"
KINDS_OF_OFFICERS = (("officers", Role.OFFICER), ("deputies", Role.DEPUTY), ("representatives", Role.REPRESENTATIVE))
PasswordOf = Callable[[str], str]


@dataclass
class KeysOfAProcess(Keys):
    """Somebody's keys, in a process that plays everybody and is everybody again at the next turn.

    What a holding opens to is always the same, and it is opened once.
    """

    opened: dict[bytes, bytes] = field(default_factory=dict, repr=False)

    def _opened_holding(self, holding: SeatHolding) -> bytes:
        sealed = holding.sealed_private_key
        if sealed not in self.opened:
            self.opened[sealed] = super()._opened_holding(holding)
        return self.opened[sealed]


@dataclass
class Association:
    """The association as it was founded: by key and by login, with the private keys of this process's memory alone."""

    companies: dict[str, Company] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    _private_keys: dict[str, bytes] = field(default_factory=dict, repr=False)
    _opened: dict[str, dict[bytes, bytes]] = field(default_factory=lambda: defaultdict(dict), repr=False)

    def present(self, login: str) -> Actor:
        """Somebody of the association, there with the own keys."""
        person = self.people[login]
        keys = KeysOfAProcess(self._private_keys[login], person_id=person.id, opened=self._opened[login])
        return Actor(person.role, keys, person=person)

    def remember(self, login: str, person: Person, private_key: bytes) -> None:
        self.people[login] = person
        self._private_keys[login] = private_key

    def of(self, company_key: str, role: Role, *, at: datetime) -> list[str]:
        """The logins of those who serve a company in a role at a moment."""
        company = self.companies[company_key]
        return [
            login
            for login, person in self.people.items()
            if person.company_id == company.id and person.role is role and person.serves_at(at)
        ]


def read_companies() -> list[dict[str, Any]]:
    """The fictional companies of the data file."""
    rows: list[dict[str, Any]] = json.loads((FILES / "companies.json").read_text(encoding="utf-8"))["companies"]
    return rows


def read_people() -> list[dict[str, Any]]:
    """The fictional secretariat, board and auditor of the data file."""
    rows: list[dict[str, Any]] = json.loads((FILES / "people.json").read_text(encoding="utf-8"))
    return rows


def enter_companies(association: Association, rows: Iterable[Mapping[str, Any]]) -> None:
    """Register companies with every name they had, their sites, relations and the certifications they came with."""
    for row in rows:
        association.companies[row["key"]] = _enter_company(row)
    for row in rows:
        for relation in row["clients"]:
            if relation["client"] in association.companies:
                relate_companies(
                    client=association.companies[relation["client"]],
                    agency=association.companies[row["key"]],
                    from_=_day(relation["from"]),
                    to=_day_or_none(relation["to"]),
                    actor=THE_CLOCK,
                )


def enter_officers(association: Association, rows: Iterable[Mapping[str, Any]], *, password_of: PasswordOf) -> None:
    """Register and sign up each company's officers, deputies and representatives."""
    for row in rows:
        for kind, role in KINDS_OF_OFFICERS:
            for officer in row[kind]:
                _enter_person(
                    association,
                    role,
                    officer,
                    login=officer["mail"],
                    company=association.companies[row["key"]],
                    password=password_of(officer["mail"]),
                )


def enter_staff(association: Association, rows: Iterable[Mapping[str, Any]], *, password_of: PasswordOf) -> None:
    """Register and sign up the secretariat, the directors and the auditor; the first of each seat shares it."""
    for row in rows:
        company = association.companies.get(row["company"]) if row["company"] else None
        _enter_person(
            association,
            Role(row["role"]),
            row,
            login=row["login"],
            company=company,
            password=password_of(row["login"]),
            is_handler=row["handler"],
            is_chair=row["chair"] == "chair",
        )


def share_what_waits(association: Association) -> None:
    """Let everybody hand on what waits for their keys, until nothing more can be handed on."""
    done = 1
    while done:
        done = 0
        for login in association.people:
            if not how_much_waits():
                return
            done += do_what_waits(association.present(login))


def say_that_they_serve(*, but: Container[uuid.UUID] = ()) -> None:
    """Whoever was asked whether she still serves her company says so, but those of the companies that keep silent."""
    open_questions = select(PostConfirmation.person_id).where(PostConfirmation.confirmed_at.is_(None))
    for person in db().scalars(select(Person).where(Person.id.in_(open_questions)).order_by(Person.id)):
        if person.company_id not in but:
            confirm_post(person, actor=Actor(person.role, person=person))


@dataclass(frozen=True)
class _Joins:
    """A company becomes a member, or one of another type; what it was before ended on a day before."""

    member_type: MemberType
    on: date | None
    left_before: date | None = None


def _memberships(row: Mapping[str, Any]) -> list[_Joins]:
    """Those of before, of a company that has any, and the present one."""
    before = row.get("memberships_before", [])
    ended = [None, *(_day_or_none(one["left_on"]) for one in before)]
    told = [*((one["member_type"], one["from"]) for one in before), (row["member_type"], row["joined_on"])]
    return [
        _Joins(MemberType(member_type), _day_or_none(on), left)
        for (member_type, on), left in zip(told, ended, strict=True)
    ]


def _become(company: Company, joins: _Joins) -> None:
    if joins.on is None:
        raise TypeError("what follows another membership has its day")
    if joins.left_before is None:
        change_member_type(company, joins.member_type, on=joins.on, actor=THE_CLOCK)
    else:
        end_membership(company, left_on=joins.left_before, actor=THE_CLOCK)
        join_again(company, member_type=joins.member_type, joined_on=joins.on, actor=THE_CLOCK)


def _enter_company(row: Mapping[str, Any]) -> Company:
    first, *later = row["names"]
    joined_first, *then = _memberships(row)
    company = register_company(
        name=first["name"],
        kana=first["kana"],
        english=first["english"],
        actor=THE_CLOCK,
        member_type=joined_first.member_type,
        operator_type=OperatorType(row["operator_type"]),
        corporate_number=row["corporate_number"],
        prefecture=row["prefecture"],
        address=row["address"],
        joined_on=joined_first.on,
        named_from=_day(first["from"]),
    )
    for one in then:
        _become(company, one)
    for name in later:
        rename_company(
            company,
            name=name["name"],
            kana=name["kana"],
            english=name["english"],
            from_=_day(name["from"]),
            actor=THE_CLOCK,
        )
    company.policy_url = row["policy_url"]
    company.policy_planned_on = _day(row["policy_planned_on"]) if row["policy_planned_on"] else None
    company.inside_desk = f"{row['desk']['name']}({row['desk']['hours']})" if row["desk"] else None
    for site in row["sites"]:
        add_site(company, name=site["name"], prefecture=site["prefecture"], address=site["address"], actor=THE_CLOCK)
    certification = row["certification"]
    if certification and certification["number"]:
        enter_pre_certified(
            company,
            number=certification["number"],
            valid_from=_day(certification["from"]),
            valid_to=_day(certification["to"]),
            actor=THE_CLOCK,
        )
    return company


def _enter_person(
    association: Association,
    role: Role,
    row: Mapping[str, Any],
    *,
    login: str,
    company: Company | None,
    password: str,
    is_handler: bool = False,
    is_chair: bool = False,
) -> None:
    person = register_person(
        role,
        name=row["name"],
        mail=login,
        actor=THE_CLOCK,
        company=company,
        post=row.get("post") or "",
        is_handler=is_handler,
        is_chair=is_chair,
        starts_at=_moment(row.get("from")),
    )
    association.remember(login, person, sign_up(person, password, actor=THE_CLOCK))
    if role in COMPANY:
        verify_address(person, actor=THE_CLOCK)
    person.ends_at = _moment(row.get("to"))


def _moment(written: str | None) -> datetime | None:
    return datetime.combine(date.fromisoformat(written), time(9), TOKYO) if written else None


def _day(written: str) -> date:
    return date.fromisoformat(written)


def _day_or_none(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
