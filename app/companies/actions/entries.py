"""What is done with a company's entry: it is registered, renamed, has sites, and clients and agencies."""

from __future__ import annotations

import secrets
import uuid
from datetime import date

from sqlalchemy import select

from app.companies.actions.memberships import begin_membership
from app.companies.queries import number_taken
from app.custody.actions import open_seat
from app.pipeline.audit import of_company, record
from app.pipeline.clock import today
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from models.company import Company
from models.company_name import CompanyName
from models.company_relation import CompanyRelation
from models.rules.company_search import search_key
from models.rules.corporate_number import read_corporate_number
from models.rules.membership import MemberType, OperatorType
from models.rules.people import SeatKind
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
    """Enter a company with its present name and its two seats, as a member from a day on or, without one, as none."""
    company = Company(
        id=uuid.uuid4(),
        corporate_number=corporate_number,
        member_type=MemberType.NONE,
        operator_type=operator_type,
        prefecture=prefecture,
        address=address,
    )
    db().add(company)
    if joined_on is not None:
        begin_membership(company, member_type, on=joined_on)
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
