"""What is done with companies: they are registered, renamed, join and leave."""

from __future__ import annotations

import uuid
from datetime import date

from app.custody.actions import open_seat
from app.escalations.actions import freeze_file
from app.escalations.queries import file_of_company
from app.pipeline.audit import of_company, record
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from models.company import Company
from models.company_name import CompanyName
from models.company_relation import CompanyRelation
from models.rules.company_search import search_key
from models.rules.membership import MemberType, OperatorType
from models.rules.people import SeatKind
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


def end_membership(company: Company, *, left_on: date, actor: Actor) -> None:
    """A company leaves the association: its file, if there is one, is frozen, and found again on a return (7.31)."""
    company.left_on = left_on
    record(of_company(company), "company.change_membership", actor=actor, facts={"is_member": False})
    file = file_of_company(company.id)
    if file is not None:
        freeze_file(file, reason_code="membership_ended", actor=actor)


def add_site(company: Company, *, name: str, prefecture: str, address: str) -> Site:
    """Enter a place where a company's workers sit."""
    site = Site(id=uuid.uuid4(), company_id=company.id, name=name, prefecture=prefecture, address=address)
    db().add(site)
    return site


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


def relate_companies(*, client: Company, agency: Company, from_: date, to: date | None = None) -> CompanyRelation:
    """Say that one company buys contact-center services from another, from a day on."""
    relation = CompanyRelation(id=uuid.uuid4(), client_id=client.id, agency_id=agency.id, valid_from=from_, valid_to=to)
    db().add(relation)
    return relation
