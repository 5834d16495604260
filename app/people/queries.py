"""What is asked of people: who signs in under an address, who serves a company, who sits in the secretariat."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select

from app.absences.queries import away_on
from app.custody.queries import epochs_nobody_else_opens, holdings_of, waits_for_colleague
from app.pipeline.clock import TOKYO, now, today
from app.pipeline.made_once import made_once
from app.pipeline.secrets import ring
from app.pipeline.transaction import db
from app.presentation.pagination import Page, decode_position, forward_page
from crypto import link_digest, same
from models.address_check import AddressCheck
from models.audit_record import AuditRecord
from models.company import Company
from models.person import Person
from models.post_confirmation import PostConfirmation
from models.rules.joint_acts import is_known
from models.rules.labelled import Labelled
from models.rules.officer_verification import officers_rule_at
from models.rules.people import COMPANY, WITHOUT_ACCOUNT, Role, SeatKind, Standing
from models.rules.permissions import Permission, decide
from models.rules.routing import ORDER, Candidate
from models.sealed import open_by_server
from models.seat import Seat
from models.seat_epoch import SeatEpoch
from models.seat_holding import SeatHolding
from models.sign_up_link import SignUpLink
from models.waiting_grant import WaitingGrant

ROWS = 25


LOGIN = "login"


def login_digest(address: str, key_id: bytes | None = None) -> bytes:
    """Under what an address is found without being kept in clear: by the key that writes, or by the one named."""
    plain = unicodedata.normalize("NFKC", address).strip().casefold()
    return link_digest(plain, key=ring().derived(LOGIN, key_id))


def login_digests(address: str) -> tuple[bytes, ...]:
    """The same by every key of the ring, because while keys change some people are still found by an older one."""
    return tuple(login_digest(address, key_id) for key_id in ring().ids_for(LOGIN))


def person_near(address: str) -> tuple[Person | None, bool]:
    """Whoever signs in with this address, and true; where nobody does, somebody else.

    One row is read and made into a person in either case, so that no time tells who is registered; which one it is, is
    found by identifiers alone, because two are more often one where nobody is found.
    """
    found: tuple[Person | None, bool] = (None, False)
    by_digest = select(Person.id).order_by(Person.login_digest).limit(1)
    for digest in login_digests(address):
        # Both are asked, though the first mostly has somebody: whose digest comes last is nobody's business either.
        following, first = db().scalar(by_digest.where(Person.login_digest >= digest)), db().scalar(by_digest)
        nearest = following or first
        near = db().get_one(Person, nearest) if nearest is not None else None
        is_hers = near is not None and same(near.login_digest, digest)
        if is_hers or found[0] is None:
            found = near, is_hers
    return found


def person_by_login(address: str) -> Person | None:
    return _by_login.scalar(login_digests(address))


@made_once
def _by_login(digests: Collection[bytes]) -> Select[Person]:
    return select(Person).where(Person.login_digest.in_(digests))


def serving(at: datetime, *roles: Role, company_id: uuid.UUID | None = None) -> Sequence[Person]:
    """Who serves in one of these roles at a moment."""
    if company_id is None:
        return _serving.scalars(at, roles).all()
    return _serving_company.scalars(at, roles, company_id).all()


@made_once
def _serving(at: datetime, roles: Collection[Role]) -> Select[Person]:
    return _in_office(at).where(Person.role.in_(roles))


@made_once
def _serving_company(at: datetime, roles: Collection[Role], company_id: uuid.UUID) -> Select[Person]:
    return _in_office(at).where(Person.role.in_(roles), Person.company_id == company_id)


def _in_office(at: datetime) -> Select[Person]:
    begun_and_not_over = (Person.starts_at <= at, or_(Person.ends_at.is_(None), Person.ends_at > at))
    return select(Person).where(*begun_and_not_over).order_by(Person.starts_at, Person.id)


def name_of(person: Person | None) -> str:
    """A registered person's name, for those who work with her."""
    return open_by_server(person, "sealed_name", ring=ring()) if person is not None else ""


def mail_of(person: Person) -> str:
    return open_by_server(person, "sealed_mail", ring=ring())


def post_of(person: Person) -> str:
    return open_by_server(person, "sealed_post", ring=ring()) if person.sealed_post else ""


def link_of(person: Person) -> str | None:
    """The one-time link that an invitation mail carries; None once it was sent, used or has run out."""
    link = db().scalar(
        select(SignUpLink)
        .where(SignUpLink.person_id == person.id, SignUpLink.sealed_link.is_not(None), SignUpLink.expires_at > now())
        .order_by(SignUpLink.made_at.desc())
        .limit(1)
    )
    return open_by_server(link, "sealed_link", ring=ring()) if link is not None else None


def open_invitation(person: Person) -> SignUpLink | None:
    """The link that a person could use now."""
    return db().scalar(
        select(SignUpLink)
        .where(SignUpLink.person_id == person.id, SignUpLink.used_at.is_(None), SignUpLink.expires_at > now())
        .order_by(SignUpLink.made_at.desc())
        .limit(1)
    )


def candidates_of(company_id: uuid.UUID) -> list[Candidate]:
    """Everybody who is or was registered for a company, as the rules of routing ask for them."""
    people = _ever_of.scalars(company_id)
    away = away_on(company_id, today())
    silent = silent_posts(company_id)
    return [
        Candidate(
            person.id.hex,
            person.role,
            person.starts_at,
            person.ends_at,
            verified=person.verified_at is not None,
            is_away=person.id in away,
            is_unconfirmed=person.id in silent,
        )
        for person in people
    ]


@made_once
def _ever_of(company_id: uuid.UUID) -> Select[Person]:
    return select(Person).where(Person.company_id == company_id, Person.role.in_(COMPANY))


def awaits_code(person: Person) -> bool:
    """Whether somebody of a company has signed up, and what goes to her company is not sent to her yet."""
    return person.role in COMPANY and person.public_key is not None and person.verified_at is None


def open_check(person: Person) -> AddressCheck | None:
    """The code that this person could type now."""
    rule = officers_rule_at(now())
    return db().scalar(
        select(AddressCheck).where(
            AddressCheck.person_id == person.id,
            AddressCheck.used_at.is_(None),
            AddressCheck.expires_at > now(),
            AddressCheck.tries < rule.tries,
        )
    )


def open_question(person: Person) -> PostConfirmation | None:
    """What this person was asked and has not answered."""
    return _open_question.scalar(person.id)


@made_once
def _open_question(person_id: uuid.UUID) -> Select[PostConfirmation]:
    return select(PostConfirmation).where(
        PostConfirmation.person_id == person_id, PostConfirmation.confirmed_at.is_(None)
    )


def last_answer(person: Person) -> datetime | None:
    """When this person last said that she still serves."""
    return db().scalar(select(func.max(PostConfirmation.confirmed_at)).where(PostConfirmation.person_id == person.id))


def silent_posts(company_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Who of a company was asked whether she still serves, and has kept silent for too long."""
    return frozenset(_silent.scalars(company_id))


@made_once
def _silent(company_id: uuid.UUID) -> Select[uuid.UUID]:
    return (
        select(PostConfirmation.person_id)
        .join(Person, Person.id == PostConfirmation.person_id)
        .where(
            Person.company_id == company_id,
            PostConfirmation.lapsed_at.is_not(None),
            PostConfirmation.confirmed_at.is_(None),
        )
    )


def alone_on(person: Person) -> list[SeatKind]:
    """The association's seats of which something would be lost with this person's keys, by the seats' own order."""
    seats = {epoch.seat_id for epoch in epochs_nobody_else_opens(person)}
    kinds = set(db().scalars(select(Seat.kind).where(Seat.id.in_(seats))))
    return [kind for kind in SeatKind if kind in kinds]


def colleagues_of(person: Person) -> Sequence[Person]:
    """Who holds a seat that this person waits for, and can hand it on."""
    waits = waits_for_colleague(person).with_only_columns(WaitingGrant.seat_epoch_id)
    seats = select(SeatEpoch.seat_id).where(SeatEpoch.id.in_(waits))
    epochs = select(SeatEpoch.id).where(SeatEpoch.seat_id.in_(seats))
    holds = select(SeatHolding.person_id).where(SeatHolding.epoch_id.in_(epochs), SeatHolding.ended_at.is_(None))
    people = db().scalars(select(Person).where(Person.id.in_(holds), Person.id != person.id).order_by(Person.id))
    return [one for one in people if one.serves_at(now())]


class House(Labelled):
    """The parts of the list of people."""

    # fmt: off
    ASSOCIATION = "association", "協会の人", "The association"
    COMPANIES   = "companies",   "会社の人", "Companies"
    OUTSIDE     = "outside",     "外部助言者", "External advisers"
    ENDED       = "ended",       "利用を終えた人", "Ended"
    # fmt: on

    @classmethod
    def of(cls, typed: str | None) -> House:
        """The part that an address names; the first for anything else."""
        return cls(typed) if typed in {house.value for house in cls} else cls.ASSOCIATION


@dataclass(frozen=True, repr=False)
class ListedPerson:
    """One line of the list of people."""

    person: Person
    name: str
    company: str


def page_of_people(house: House, *, after: str | None = None) -> Page[ListedPerson]:
    """One page of people; the longest serving first. Names are opened row by row because the list is of names."""
    at = now()
    serves = or_(Person.ends_at.is_(None), Person.ends_at > at)
    part = {
        House.ASSOCIATION: and_(serves, Person.role.not_in(COMPANY | {Role.ADVISER})),
        House.OUTSIDE: and_(serves, Person.role == Role.ADVISER),
        House.COMPANIES: and_(serves, Person.role.in_(COMPANY)),
        House.ENDED: Person.ends_at <= at,
    }[house]
    position = decode_position(after, str)
    beyond = [] if position is None else [Person.id > _identifier(str(position[0]))]
    fetched = db().scalars(select(Person).where(part, *beyond).order_by(Person.id).limit(ROWS + 1)).all()
    began = after if position is not None else None
    page = forward_page(fetched, size=ROWS, position_of=lambda person: (person.id.hex,), began_after=began)
    ids = {person.company_id for person in page.rows if person.company_id}
    names = {
        company.id: company.name_on(at.astimezone(TOKYO).date()).name
        for company in db().scalars(select(Company).where(Company.id.in_(ids)))
    }
    rows = tuple(
        ListedPerson(person, name_of(person), names[person.company_id] if person.company_id else "")
        for person in page.rows
    )
    return Page(rows, page.previous, page.next)


def _identifier(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(hex=typed)
    except ValueError:
        return uuid.UUID(int=0)


def may_give_role(by: Role, role: Role) -> bool:
    """Whether somebody in one role may register or invite another.

    Every role but the own is given by those alone who may grant keys: whoever runs the machines could otherwise
    register a counsellor and read what she reads, or an auditor, who reads the record of everybody's acts.
    """
    return role is by or bool(decide(Permission.PEOPLE_GRANT, role=by, standing=Standing.NONE))


def registrable_roles(by: Role) -> list[Role]:
    """The roles that somebody may give."""
    return [role for role in Role if role not in WITHOUT_ACCOUNT and may_give_role(by, role)]


@dataclass(frozen=True)
class HeldSeat:
    """A seat of a person: the newest epoch that is held, how many older ones, or none yet."""

    kind: SeatKind
    epoch: int | None
    older: int


def seats_and_waits(person: Person) -> list[HeldSeat]:
    """Which seats a person holds, and which wait for another holder to hand them on."""
    held: dict[SeatKind, list[int]] = {}
    for seat, epoch in holdings_of(person):
        held.setdefault(seat.kind, []).append(epoch.number)
    waits = db().scalars(
        select(Seat.kind)
        .join(SeatEpoch, SeatEpoch.seat_id == Seat.id)
        .join(WaitingGrant, WaitingGrant.seat_epoch_id == SeatEpoch.id)
        .where(WaitingGrant.person_id == person.id, WaitingGrant.done_at.is_(None))
    )
    waiting = [HeldSeat(kind, None, 0) for kind in sorted(set(waits) - set(held))]
    return [HeldSeat(kind, max(epochs), len(epochs) - 1) for kind, epochs in sorted(held.items())] + waiting


def officers_of(company_id: uuid.UUID, *, at: datetime) -> Sequence[Person]:
    """Who serves a company, its officer first."""
    people = serving(at, *COMPANY, company_id=company_id)
    return sorted(people, key=lambda person: ORDER.index(person.role))


def whom_to_tell(company_id: uuid.UUID, *, first: Role, at: datetime) -> Person | None:
    """Whoever serves a company in this role, else the first of those who serve it at all."""
    return min(officers_of(company_id, at=at), key=lambda person: person.role is not first, default=None)


def companies_with_officer(company_ids: Iterable[uuid.UUID], *, at: datetime) -> frozenset[uuid.UUID]:
    """Which of these companies have an officer who has signed up."""
    found = db().scalars(
        select(Person.company_id).where(
            Person.company_id.in_(list(company_ids)),
            Person.role == Role.OFFICER,
            Person.verified_at.is_not(None),
            or_(Person.ends_at.is_(None), Person.ends_at > at),
        )
    )
    return frozenset(company_id for company_id in found if company_id is not None)


def are_one_person(one: uuid.UUID, other: uuid.UUID) -> bool:
    """Whether they are one, also under two accounts: a person who is two things signs in as one of them at a time."""
    if one == other:
        return True
    names = [_plain(name_of(db().get(Person, each))) for each in (one, other)]
    return names[0] == names[1]


def are_known(*people: uuid.UUID | None) -> bool:
    """Whether none of them was registered too lately by a person; the installation itself knows whom it registers."""
    at, ids = now(), [one for one in people if one is not None]
    registered = select(AuditRecord.at).where(
        AuditRecord.subject_kind == "person",
        AuditRecord.subject_id.in_(ids),
        AuditRecord.name == "person.register",
        AuditRecord.actor_id.is_not(None),
    )
    return all(is_known(one, at=at) for one in db().scalars(registered))


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
