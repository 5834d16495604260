"""Somebody present in a test of actions: the actor with the keys that the password opens, without a page."""

from __future__ import annotations

from sqlalchemy import select

from app.people.queries import login_digests
from app.pipeline.identity import Actor
from app.pipeline.secrets import pepper_named
from app.pipeline.transaction import db
from app.pipeline.unlocking import Keys, person_key_context, receipt_key_context
from crypto import pepper_id_of, read_receipt, receipt_keys, unlock_with_key, unlock_with_password
from models.company import Company
from models.company_name import CompanyName
from models.person import Person
from models.receipt import Receipt
from models.rules.people import Role
from tests.support.world import COMPANIES, MEMBERS, PASSWORD


def person(key: str) -> Person:
    """A member of the test's association."""
    return db().scalars(select(Person).where(Person.login_digest.in_(login_digests(MEMBERS[key].mail)))).one()


def present(key: str) -> Actor:
    """A member who is there with the own keys. Call it inside an application context."""
    found = person(key)
    assert found.locked_private_key is not None
    private = unlock_with_password(
        found.locked_private_key,
        password=PASSWORD,
        pepper=pepper_named(pepper_id_of(found.locked_private_key)),
        context=person_key_context(found.id),
    )
    return Actor(found.role, Keys(private, person_id=found.id), person=found)


def consulter(code: str) -> Actor:
    """The consulter who holds this receipt."""
    keys = receipt_keys(read_receipt(code))
    receipt = db().scalars(select(Receipt).where(Receipt.locator == keys.locator)).one()
    private = unlock_with_key(receipt.locked_private_key, key=keys.key, context=receipt_key_context(receipt.id))
    return Actor(Role.CONSULTER, Keys(private, receipt_id=receipt.id), receipt=receipt)


def company(key: str) -> Company:
    """A company of the test's association."""
    return (
        db()
        .scalars(
            select(Company)
            .join(CompanyName, CompanyName.company_id == Company.id)
            .where(CompanyName.name == COMPANIES[key][0])
        )
        .one()
    )
