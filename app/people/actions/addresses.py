"""The second step of an officer's address: the secretariat makes a code and speaks or posts it, and she types it."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from app.people.actions import LINK, verify_address
from app.people.queries import awaits_code, open_check
from app.pipeline.audit import of_person, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.secrets import ring
from app.pipeline.transaction import db
from crypto import link_digest, new_key, same
from models.address_check import AddressCheck
from models.person import Person
from models.rules.officer_verification import address_code, folded_address_code, officers_rule_at


def make_address_code(person: Person, *, actor: Actor) -> str:
    """A new code for whoever speaks or posts it; the one of before is void. It is shown once, and kept as a digest."""
    if not awaits_code(person):
        raise ValueError("an address is verified after the sign-up, and once")
    at, code, key_id = now(), address_code(new_key()), ring().active_id
    for before in db().scalars(select(AddressCheck).where(AddressCheck.person_id == person.id)):
        before.expires_at = min(before.expires_at, at)
    check = AddressCheck(
        id=uuid.uuid4(),
        person_id=person.id,
        digest=_digest(code, key_id),
        digest_key=key_id,
        made_at=at,
        expires_at=at + officers_rule_at(at).code_holds,
    )
    db().add(check)
    db().flush()
    record(of_person(person), "person.make_address_code", actor=actor, facts={"code_id": check.id.hex})
    return code


def take_address_code(person: Person, typed: str, *, actor: Actor) -> bool:
    """The code that she was told shows that it is she: from now on what goes to her company may go to her."""
    db().get_one(Person, person.id, with_for_update=True)
    check = open_check(person)
    if check is None or not awaits_code(person):
        return False
    if not _is_right(check, typed):
        check.tries += 1
        record(of_person(person), "person.wrong_address_code", actor=actor, facts={"code_id": check.id.hex})
        return False
    check.used_at = now()
    verify_address(person, actor=actor)
    return True


def _is_right(check: AddressCheck, typed: str) -> bool:
    if check.digest_key not in ring().ids_for(LINK):
        return False
    return same(check.digest, _digest(typed, check.digest_key))


def _digest(code: str, key_id: bytes) -> bytes:
    return link_digest(f"address|{folded_address_code(code)}", key=ring().derived(LINK, key_id))
