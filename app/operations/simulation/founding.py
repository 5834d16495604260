"""A private installation for one simulation, and the association that it begins with."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from app import create_app
from app.certifications.actions import enter_pre_certified
from app.companies.actions import register_company, relate_companies
from app.letters.actions import set_letters_here
from app.operations.association import share_what_waits
from app.operations.serving import let_go_of_connections
from app.operations.simulation.following import opens_places
from app.operations.simulation.town import COUNSELORS, HEAD, MANAGER, Firm, Temper, Town, chance_of, company_of
from app.people.actions import register_person, sign_up, verify_address
from app.pipeline.clock import TOKYO, FixedClock, use_clock
from app.pipeline.identity import THE_CLOCK
from app.pipeline.secrets import KeyStore
from app.pipeline.transaction import Transactions, WatchedSession, transaction
from config import Config
from models.company import Company
from models.person import Person
from models.rules.membership import MemberType, OperatorType
from models.rules.people import COMPANY, Role

PASSWORD = "a password of nobody"  # noqa: S105 - nobody ever signs in here
DIRECTORS = 9
DIRECTORS_OF_MEMBERS = 4
"""So many of the directors work for a member company, the first of them."""
KEPT = "kikite_simulation_kept"
STATEMENTS = 2000
"""So many are kept ready: more than there are."""
MEMBERS_FROM_THE_BEGINNING = 0.7
TEMPERS = {Temper.PROMPT: 0.74, Temper.LATE: 0.17, Temper.SILENT: 0.09}


@contextmanager
def private_installation(first: date) -> Iterator[tuple[Flask, FixedClock]]:
    """An installation in a folder of its own that is gone afterwards, its clock at the eve of the first day.

    Its databases are still to be brought up, and nothing of them is open yet.
    """
    clock = FixedClock(datetime.combine(first, time(7), TOKYO))
    with tempfile.TemporaryDirectory(prefix="kikite-simulation-") as folder:
        settings: dict[str, Any] = {
            "data": Path(folder),
            "password_profile": "for_tests_only",
            "second_factor": "offered",
        }
        app = create_app(Config(**settings))
        use_clock(app, clock)
        set_letters_here(app)
        main: Transactions = app.extensions["kikite_transactions"]
        keys: KeyStore = app.extensions["kikite_key_store"]
        for engine in (main.engine, keys.engine):
            _never_wait_for_the_disk(engine)
        event.listen(WatchedSession, "loaded_as_persistent", _keep)
        try:
            yield app, clock
        finally:
            event.remove(WatchedSession, "loaded_as_persistent", _keep)
            let_go_of_connections(app)


def _keep(session: Session, row: object) -> None:
    """What a turn has read is not read again in it, though nobody may hold it meanwhile: nobody else writes here."""
    session.info.setdefault(KEPT, []).append(row)


def _never_wait_for_the_disk(engine: Engine) -> None:
    """What is lost when the machine fails is only a simulation, which begins anew."""

    def remember_statements(_dialect: Any, _record: Any, _arguments: Any, settings: dict[str, Any]) -> None:
        settings["cached_statements"] = STATEMENTS

    def manners(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA secure_delete=OFF")
        connection.execute("PRAGMA cache_size=-65536")

    event.listen(engine, "do_connect", remember_statements)
    event.listen(engine, "connect", manners)
    # One process lives everything that an association does in years, and puts no statement together twice.
    engine.update_execution_options(compiled_cache={})


def firms_of(seed: int, companies: int, first: date, days: int) -> list[Firm]:
    """The companies as they will be: who is there from the beginning, who comes later, and of which temper."""
    there = max(1, round(companies * MEMBERS_FROM_THE_BEGINNING))
    firms = []
    for number in range(1, companies + 1):
        chance = chance_of(seed, "firm", number)
        temper = _temper(chance)
        joins_on = None if number <= there else first + timedelta(days=chance.randrange(10, max(11, int(days * 0.8))))
        firms.append(Firm(f"c{number:04d}", temper, chance, joins_on))
    return firms


def _temper(chance: Random) -> Temper:
    return chance.choices(list(TEMPERS), list(TEMPERS.values()))[0]


def found(app: Flask, town: Town) -> None:
    """Enter the secretariat, the companies that are there, and the board."""
    with app.app_context(), transaction():
        _enter_staff(town)
    there = [firm for firm in town.firms if firm.joins_on is None]
    for firm in there:
        with app.app_context(), transaction():
            register(town, firm, joined_on=town.first - timedelta(days=firm.chance.randrange(200, 2000)))
            _pre_certify(firm)
    with app.app_context(), transaction():
        _enter_board(town, there)
        _relate(town, there)
    with app.app_context(), transaction():
        share_what_waits(town.association)


def register(town: Town, firm: Firm, *, joined_on: date) -> Company:
    """A company becomes a member, with a representative and an officer."""
    company = register_company(
        name=f"模擬第{firm.key[1:]}株式会社",
        kana=f"モギダイ{firm.key[1:]}",
        english=f"Simulated {firm.key[1:]}",
        actor=THE_CLOCK,
        member_type=MemberType.REGULAR,
        operator_type=OperatorType.AGENCY,
        prefecture="東京都",
        address="東京都架空区一丁目",
        joined_on=joined_on,
    )
    firm.company_id = company.id
    opens_places(firm)
    enter_person(town, Role.REPRESENTATIVE, firm.representative, company)
    appoint_officer(town, firm)
    return company


def appoint_officer(town: Town, firm: Firm) -> None:
    firm.officers += 1
    enter_person(town, Role.OFFICER, firm.officer, company_of(firm))


def _pre_certify(firm: Firm) -> None:
    """Most were certified before the system began; their terms end month after month."""
    if not firm.happens(0.85):
        return
    first = date(2025, 10, 1) + timedelta(days=firm.chance.randrange(0, 180))
    number = f"KC-2025-{int(firm.key[1:]):04d}"
    last = first.replace(year=first.year + 2) - timedelta(days=1)
    enter_pre_certified(company_of(firm), number=number, valid_from=first, valid_to=last, actor=THE_CLOCK)


def _enter_staff(town: Town) -> None:
    for login in COUNSELORS:
        enter_person(town, Role.COUNSELOR, login, None, is_handler=True)
    enter_person(town, Role.MANAGER, MANAGER, None, is_handler=True)
    enter_person(town, Role.HEAD, HEAD, None)
    enter_person(town, Role.AUDITOR, "auditor@kikite.example", None)


def _enter_board(town: Town, there: list[Firm]) -> None:
    for number in range(1, DIRECTORS + 1):
        of = company_of(there[number - 1]) if number <= min(DIRECTORS_OF_MEMBERS, len(there)) else None
        enter_person(town, Role.DIRECTOR, f"director{number}@kikite.example", of, is_chair=number == DIRECTORS)
    town.directors = DIRECTORS


def _relate(town: Town, there: list[Firm]) -> None:
    """Some buy from their neighbour, the companies of directors among them."""
    for client, agency in pairwise(there):
        if client.happens(0.15):
            relate_companies(client=company_of(client), agency=company_of(agency), from_=town.first, actor=THE_CLOCK)


def enter_person(
    town: Town,
    role: Role,
    login: str,
    company: Company | None,
    *,
    is_handler: bool = False,
    is_chair: bool = False,
) -> Person:
    person = register_person(
        role,
        name=login.split("@", maxsplit=1)[0],
        mail=login,
        actor=THE_CLOCK,
        company=company,
        is_handler=is_handler,
        is_chair=is_chair,
    )
    town.association.remember(login, person, sign_up(person, PASSWORD, actor=THE_CLOCK))
    if role in COMPANY:
        verify_address(person, actor=THE_CLOCK)
    return person
