"""What becomes of a company over the years: it joins, is renamed, changes its officer, leaves and comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from random import Random

from app.certifications.actions import withdraw_certification
from app.certifications.queries import held_certification, is_held_or_applied_for
from app.companies.actions import change_member_type, end_membership, join_again, rename_company
from app.custody.actions import do_what_waits
from app.escalations.actions import freeze_file, thaw_file
from app.escalations.queries import file_of_company
from app.operations.demo.timeline import Story
from app.operations.simulation import applying, following, workers
from app.operations.simulation.founding import appoint_officer, register
from app.operations.simulation.town import (
    HEAD,
    MANAGER,
    Firm,
    Temper,
    Town,
    chance_of,
    company_of,
    in_office,
    is_member,
    person_of,
    today,
)
from app.people.actions import end_service
from app.successions.queries import standing_merger_of
from models.rules.company_file_lifecycle import FILE_LIFECYCLE, FileAct
from models.rules.membership import MemberType

RENAMES_IN_A_YEAR = 0.05
LEAVES_IN_A_YEAR = 0.05
OFFICER_GOES_IN_A_YEAR = 0.2
WRITTEN_ABOUT_IN_A_YEAR = {Temper.PROMPT: 0.15, Temper.LATE: 0.5, Temper.SILENT: 0.8}
GIVES_IT_BACK_IN_A_YEAR = 0.01
CHANGES_ITS_TYPE_IN_A_YEAR = 0.3
IS_REGULAR_AGAIN = 0.7
COMES_BACK_AS_AN_INDIVIDUAL = 0.1
COMES_BACK = 0.6
APPLIES = 0.85


def lives(town: Town, firm: Firm) -> None:
    """Everything that will happen to a company by chance, drawn beforehand and told day by day."""
    start = firm.joins_on or town.first
    if firm.joins_on is not None:
        town.tell(_joins(town, firm, firm.joins_on))
    elif firm.happens(APPLIES):
        town.tell(
            applying.applies(town, firm, in_office(start + timedelta(days=firm.chance.randrange(20, 90)), firm.chance))
        )
    for year in range((town.last - start).days // 365 + 1):
        begins = start + timedelta(days=365 * year)
        _tell_some(town, firm, begins, RENAMES_IN_A_YEAR, _is_renamed)
        _tell_some(town, firm, begins, OFFICER_GOES_IN_A_YEAR, _changes_its_officer)
        _tell_some(town, firm, begins, LEAVES_IN_A_YEAR, _leaves)
        _tell_some(town, firm, begins, GIVES_IT_BACK_IN_A_YEAR, _gives_it_back)
        chance = chance_of(town.seed, "type", firm.key, year)
        if chance.random() < CHANGES_ITS_TYPE_IN_A_YEAR:
            town.tell(_changes_its_type(town, firm, begins + timedelta(days=chance.randrange(10, 365)), chance))
        for kind, in_a_year in following.IN_A_YEAR.items():
            _tell_some(town, firm, begins, in_a_year, partial(following.is_followed, kind=kind))
        _tell_some(town, firm, begins, WRITTEN_ABOUT_IN_A_YEAR[firm.temper], workers.writes)


def _tell_some(
    town: Town, firm: Firm, begins: date, in_a_year: float, story: Callable[[Town, Firm, date], Story]
) -> None:
    times = int(in_a_year) + firm.happens(in_a_year % 1)
    for _time in range(times):
        day = begins + timedelta(days=firm.chance.randrange(10, 365))
        if day <= town.last:
            town.tell(story(town, firm, day))


def _joins(town: Town, firm: Firm, day: date) -> Story:
    yield in_office(day, firm.chance)
    register(town, firm, joined_on=today())
    if firm.happens(APPLIES):
        at = in_office(today() + timedelta(days=firm.chance.randrange(10, 120)), firm.chance)
        town.tell(applying.applies(town, firm, at))


def _is_renamed(town: Town, firm: Firm, day: date) -> Story:
    yield in_office(day, firm.chance)
    if firm.company_id is None:
        return
    company = company_of(firm)
    from_ = today() + timedelta(days=firm.chance.randrange(0, 40))
    if company.names[-1].valid_from >= from_:
        return
    times = len(company.names)
    rename_company(
        company,
        name=f"新{times}模擬第{firm.key[1:]}株式会社",
        kana=f"シンモギダイ{firm.key[1:]}",
        english=f"Renamed {times} Simulated {firm.key[1:]}",
        from_=from_,
        actor=town.present(MANAGER),
    )


def _changes_its_officer(town: Town, firm: Firm, day: date) -> Story:
    """An officer goes; the successor comes at once, late, or only when a letter asks for one."""
    at = in_office(day, firm.chance)
    yield at
    if firm.company_id is None or not is_member(firm) or not serves(town, firm):
        return
    end_service(person_of(town.present(firm.officer)), actor=town.present(MANAGER))
    quick, never = firm.happens(0.6), firm.temper is Temper.SILENT
    days = firm.chance.randrange(1, 10) if quick else firm.chance.randrange(20, 60)
    if never and not quick:
        return
    yield in_office(day + timedelta(days=days), firm.chance)
    if is_member(firm) and not serves(town, firm):
        appoint_officer(town, firm)


def serves(town: Town, firm: Firm) -> bool:
    """Whether the company has an officer now."""
    return person_of(town.present(firm.officer)).ends_at is None


def _leaves(town: Town, firm: Firm, day: date) -> Story:
    """A company leaves, at once or at the end of some days; some come back, and are found where they were."""
    at = in_office(day, firm.chance)
    yield at
    if firm.company_id is None or not is_member(firm) or company_of(firm).left_on is not None:
        return
    left_on = today() + timedelta(days=firm.chance.choice((-1, 0, 10, 30)))
    end_membership(company_of(firm), left_on=left_on, actor=town.present(MANAGER))
    if not firm.happens(COMES_BACK):
        return
    back = left_on + timedelta(days=firm.chance.randrange(30, 500))
    if back > town.last:
        return
    yield in_office(back, firm.chance)
    if today() <= left_on or standing_merger_of(firm.id) is not None:
        return
    alone = chance_of(town.seed, "back", firm.key, back).random() < COMES_BACK_AS_AN_INDIVIDUAL
    member_type = MemberType.SUPPORTING if alone and not is_held_or_applied_for(firm.id) else MemberType.REGULAR
    join_again(company_of(firm), member_type=member_type, joined_on=today(), actor=town.present(MANAGER))
    if firm.happens(APPLIES):
        at = in_office(today() + timedelta(days=firm.chance.randrange(5, 60)), firm.chance)
        town.tell(applying.applies(town, firm, at))
    yield in_office(today() + timedelta(days=1), firm.chance)
    file = file_of_company(firm.id)
    if file is not None and FILE_LIFECYCLE.allows(file.state, FileAct.THAW):
        thaw_file(file, reason_code="rejoined", actor=town.present(HEAD))


def _changes_its_type(town: Town, firm: Firm, day: date, chance: Random) -> Story:
    """One that is not certified goes on as a supporting member, often from a day of before; some are regular again."""
    yield in_office(day, chance)
    if _may_change(firm) and company_of(firm).member_type is MemberType.REGULAR:
        on = max(today() - timedelta(days=chance.randrange(0, 20)), company_of(firm).stretches()[-1].first)
        change_member_type(company_of(firm), MemberType.SUPPORTING, on=on, actor=town.present(MANAGER))
        if chance.random() < IS_REGULAR_AGAIN:
            yield in_office(today() + timedelta(days=chance.randrange(0, 200)), chance)
            if _may_change(firm) and company_of(firm).member_type is MemberType.SUPPORTING:
                change_member_type(company_of(firm), MemberType.REGULAR, on=today(), actor=town.present(MANAGER))


def _may_change(firm: Firm) -> bool:
    if firm.company_id is None or not is_member(firm) or is_held_or_applied_for(firm.id):
        return False
    return standing_merger_of(firm.id) is None


def _gives_it_back(town: Town, firm: Firm, day: date) -> Story:
    """A company gives its certification back, whatever lies before the board."""
    yield in_office(day, firm.chance)
    held = held_certification(firm.id) if firm.company_id is not None and is_member(firm) else None
    if held is not None:
        withdraw_certification(held, actor=town.present(firm.representative))
        file = file_of_company(firm.id)
        if file is not None:
            freeze_file(file, reason_code="withdrawn", actor=town.present(firm.representative))


def hand_on_what_waits(town: Town) -> None:
    """What waits for somebody's keys is handed on by whoever of the desk comes first."""
    for login in (MANAGER, HEAD):
        while do_what_waits(town.present(login)):
            pass
