"""What is done with companies: they are registered, renamed, join and leave."""

from __future__ import annotations

import secrets
import uuid
from datetime import date
from functools import partial

from sqlalchemy import Select, exists, or_, select

from app.certifications.actions import lapse_with_membership
from app.clocks.actions import start_clock, stop_clocks
from app.clocks.queries import last_stopped
from app.companies.queries import number_taken
from app.custody.actions import open_seat
from app.escalations.actions import freeze_file
from app.escalations.queries import file_of_company
from app.people.queries import companies_with_officer, serving
from app.pipeline.audit import of_case, of_company, record
from app.pipeline.clock import now, today
from app.pipeline.first_look import Day
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.transaction import db
from app.successions.queries import absorbed
from models.audit_record import AuditRecord
from models.case import Case
from models.certification import Certification
from models.clock import Clock
from models.company import Company
from models.company_name import CompanyName
from models.company_relation import CompanyRelation
from models.exchange import Exchange
from models.person import Person
from models.rules.board import start_of_day
from models.rules.certification_lifecycle import HELD
from models.rules.company_search import search_key
from models.rules.corporate_number import read_corporate_number
from models.rules.deadlines import ClockKind
from models.rules.mail_kinds import MailKind
from models.rules.membership import MemberType, OperatorType
from models.rules.people import Role, SeatKind
from models.rules.site_code import new_site_code
from models.site import Site


def register_company(
    *,
    name: str,
    kana: str,
    english: str,
    actor: Actor,
    member_type: MemberType = MemberType.REGULAR,
    operator_type: OperatorType = OperatorType.AGENCY,
    corporate_number: str | None = None,
    prefecture: str,
    address: str,
    joined_on: date | None,
    named_from: date | None = None,
) -> Company:
    """Enter a company with its present name and its two seats."""
    company = Company(
        id=uuid.uuid4(),
        corporate_number=corporate_number,
        member_type=member_type,
        operator_type=operator_type,
        prefecture=prefecture,
        address=address,
        joined_on=joined_on,
    )
    db().add(company)
    db().flush()
    _add_name(company, name=name, kana=kana, english=english, valid_from=named_from or joined_on or date(2000, 1, 1))
    open_seat(SeatKind.COMPANY_OFFICE, company_id=company.id)
    open_seat(SeatKind.COMPANY_REPRESENTATIVE, company_id=company.id)
    record(of_company(company), "company.register", actor=actor, facts={})
    return company


def rename_company(company: Company, *, name: str, kana: str, english: str, from_: date, actor: Actor) -> None:
    """Give a company a new name from a day on; the old one stays findable and stays on old documents."""
    company.names[-1].valid_to = from_
    added = _add_name(company, name=name, kana=kana, english=english, valid_from=from_)
    record(of_company(company), "company.rename", actor=actor, facts={"name_id": added.id.hex})


def set_corporate_number(company: Company, number: str, *, actor: Actor) -> None:
    """Enter a company's corporate number, where it was registered without one or with another's."""
    if read_corporate_number(number) != number or number_taken(number):
        raise ValueError("a corporate number checks itself and is one company's")
    had_one = company.corporate_number is not None
    company.corporate_number = number
    db().flush()
    record(of_company(company), "company.set_number", actor=actor, facts={"had_one": had_one})


def change_entry(
    company: Company,
    *,
    prefecture: str,
    address: str,
    operator_type: OperatorType,
    inside_desk: str | None,
    actor: Actor,
) -> None:
    """A company has moved, does other business, or has another desk of its own."""
    company.prefecture, company.address = prefecture, address
    company.operator_type, company.inside_desk = operator_type, inside_desk or None
    record(of_company(company), "company.change_entry", actor=actor, facts={})


def end_membership(company: Company, *, left_on: date, actor: Actor) -> None:
    """A company leaves the association: its file, if there is one, is frozen, and found again on a return (7.31).

    What follows waits for the day after the last one of the membership, when the clock sees to it.
    """
    company.left_on = left_on
    record(of_company(company), "company.change_membership", actor=actor, facts={"is_member": False})
    file = file_of_company(company.id)
    if file is not None:
        freeze_file(file, reason_code="membership_ended", actor=actor)
    db().flush()
    if left_on < today():
        _follow_the_end(company, actor=actor)


def join_again(company: Company, *, joined_on: date, actor: Actor) -> None:
    """A company comes back, or joins that was registered as no member: a certification is applied for anew.

    Its frozen file, if it had one, is there as it was.
    """
    if company.joined_on is not None and (company.left_on is None or joined_on <= company.left_on):
        raise ValueError("who comes back has left before")
    company.joined_on, company.left_on = joined_on, None
    if company.member_type is MemberType.NONE:
        company.member_type = MemberType.REGULAR
    if last_stopped(company.id, [ClockKind.VACANCY]) and not companies_with_officer([company.id], at=now()):
        # It left without an officer: it is given the whole time anew to appoint one.
        start_clock(company, ClockKind.VACANCY)
    record(of_company(company), "company.change_membership", actor=actor, facts={"is_member": True})


def ended_memberships(day: Day) -> Select[Company]:
    """The companies whose last day is over, and for which something of it is still to be done."""
    # Asked for each of the few who left, and not of all that was ever open.
    open_matter = exists().where(Exchange.company_id == Company.id, Exchange.state != "closed")
    certified = exists().where(Certification.company_id == Company.id, Certification.state.in_(HELD))
    vacant = exists().where(
        Clock.subject_id == Company.id,
        Clock.kind == ClockKind.VACANCY,
        Clock.met_at.is_(None),
        Clock.stopped_at.is_(None),
    )
    return select(Company).where(Company.left_on < day, or_(certified, open_matter, vacant), ~absorbed())


def follow_ended_memberships() -> int:
    """What follows from the end of a membership, once its last day is over. Returns for how many companies it did."""
    gone = ended_memberships(today()).order_by(Company.id).with_for_update(skip_locked=True, of=Company)
    follow = partial(_follow_the_end, actor=THE_CLOCK)
    return one_by_one(db().scalars(gone).all(), follow, work="follow_ended_memberships")


def _follow_the_end(company: Company, *, actor: Actor) -> bool:
    """The certification lapses; what lies with the company goes on as a request, and its workers' desk is told.

    Nobody waits for the appointment of its officer any more.
    """
    left_on = company.left_on
    held = db().scalars(
        select(Certification).where(Certification.company_id == company.id, Certification.state.in_(HELD))
    )
    lapsed = [one for one in held.all() if left_on is not None]
    stop_clocks(company, [ClockKind.VACANCY])
    for certification in lapsed:
        lapse_with_membership(certification, left_on=left_on or today(), actor=actor)
    open_ones = db().scalars(select(Exchange).where(Exchange.company_id == company.id, Exchange.state != "closed"))
    told = [exchange for exchange in open_ones.all() if _goes_on_as_a_request(exchange, company, actor=actor)]
    return bool(lapsed or told)


def _goes_on_as_a_request(exchange: Exchange, company: Company, *, actor: Actor) -> bool:
    """Once for each exchange and each end of a membership. The consulter reads it in her mailbox from that day on."""
    since = start_of_day(company.left_on or today())
    known = select(AuditRecord.facts).where(
        AuditRecord.subject_id == exchange.case_id, AuditRecord.name == "exchange.company_left", AuditRecord.at >= since
    )
    if any(exchange.id.hex in facts for facts in db().scalars(known)):
        return False
    exchange.feeds_ladder = False
    exchange.version += 1
    record(of_case(exchange.case_id), "exchange.company_left", actor=actor, facts={"exchange_id": exchange.id.hex})
    assignee = db().get_one(Case, exchange.case_id).assignee_id
    readers = [db().get_one(Person, assignee)] if assignee else serving(now(), Role.COUNSELOR)
    for reader in readers:
        queue_mail(reader, MailKind.UPDATE, actor=actor, key=f"company-left:{exchange.id.hex}:{exchange.version}")
    return True


def add_site(company: Company, *, name: str, prefecture: str, address: str, actor: Actor) -> Site:
    """Enter a place where a company's workers sit; the same name a second time is the place that is there already."""
    known = db().scalar(select(Site).where(Site.company_id == company.id, Site.name == name))
    if known is not None:
        return known
    site = Site(id=uuid.uuid4(), company_id=company.id, name=name, prefecture=prefecture, address=address)
    db().add(site)
    record(of_company(company), "company.add_site", actor=actor, facts={"site_id": site.id.hex})
    return site


def give_code(site: Site, company: Company, *, actor: Actor) -> str:
    """The code of a site's poster, drawn when it is first asked for; a poster that hangs stays right for ever."""
    if site.code is not None:
        return site.code
    code = new_site_code(secrets.choice)
    while db().scalar(select(Site.id).where(Site.code == code)) is not None:
        code = new_site_code(secrets.choice)
    site.code = code
    record(of_company(company), "company.give_site_code", actor=actor, facts={"site_id": site.id.hex})
    return code


def _add_name(company: Company, *, name: str, kana: str, english: str, valid_from: date) -> CompanyName:
    added = CompanyName(
        id=uuid.uuid4(),
        company_id=company.id,
        name=name,
        kana=kana,
        english=english,
        search_key=search_key(name=name, kana=kana, english=english),
        valid_from=valid_from,
    )
    company.names.append(added)
    db().flush()
    return added


def relate_companies(
    *, client: Company, agency: Company, from_: date, to: date | None = None, actor: Actor
) -> CompanyRelation:
    """Say that one company buys contact-center services from another, from a day on."""
    relation = CompanyRelation(id=uuid.uuid4(), client_id=client.id, agency_id=agency.id, valid_from=from_, valid_to=to)
    db().add(relation)
    for company in (client, agency):
        record(of_company(company), "company.relate", actor=actor, facts={"relation_id": relation.id.hex})
    return relation


def end_relation(relation: CompanyRelation, *, on: date, actor: Actor) -> None:
    """Say until when one company bought services from another."""
    relation.valid_to = on
    for company_id in (relation.client_id, relation.agency_id):
        record(of_company(company_id), "company.end_relation", actor=actor, facts={"relation_id": relation.id.hex})


def take_over_site(site: Site, before: Company, after: Company, succession_id: uuid.UUID, *, actor: Actor) -> None:
    """A site with its poster goes to the company that runs it now; one of the same name there is told apart."""
    taken = db().scalar(select(Site.id).where(Site.company_id == after.id, Site.name == site.name))
    if taken is not None:
        site.name = _told_apart(site.name, before, after)
    site.company_id = after.id
    db().flush()
    facts = {"succession_id": succession_id.hex, "site_id": site.id.hex}
    for company in (before, after):
        record(of_company(company), "site.go_over", actor=actor, facts=dict(facts))


def _told_apart(name: str, before: Company, after: Company) -> str:
    known = {site.name for site in db().scalars(select(Site).where(Site.company_id == after.id))}
    wanted = f"{name[:50]}({before.name_on(today()).name[:50]})"
    numbered = (f"{wanted}{number}" for number in range(2, len(known) + 3))
    return next(one for one in (wanted, *numbered) if one not in known)
