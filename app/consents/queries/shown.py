"""The ledger and the record of provision as pages and files show them: who, what, when, in words."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.companies.queries import name_on
from app.consents.queries import consent_in_force, lines_of, provisions_of
from app.people.queries import name_of
from app.pipeline.clock import TOKYO, today
from app.pipeline.transaction import db
from app.presentation.fields import Words
from app.presentation.filters import label
from models.attachment import Attachment
from models.case import Case
from models.company import Company
from models.consent_entry import ConsentEntry
from models.forwarded_copy import ForwardedCopy
from models.person import Person
from models.provision import Provision
from models.rules.consent import Consent, ConsentLevel, ConsentOption
from models.rules.consent_ledger import history, options_in
from models.rules.people import Role

ACTS: dict[str, Words] = {
    "given": _l("選んだ"),
    "raised": _l("範囲を広げた"),
    "lowered": _l("範囲を狭めた"),
    "withdrawn": _l("取り消した"),
}


@dataclass(frozen=True)
class ShownLine:
    """One line of the ledger."""

    number: int
    at: datetime
    reach: str
    act: str
    level: ConsentLevel
    options: frozenset[ConsentOption]
    by: str
    text_version: str
    ended_by: int | None
    ended_at: datetime | None


@dataclass(frozen=True)
class ShownProvision:
    """One line of the record of provision."""

    number: int
    at: datetime
    what: str
    company: str
    person: str
    level: ConsentLevel
    consent: int | None
    by: str


@dataclass(frozen=True)
class InForce:
    """What holds for one company now."""

    company: Company
    name: str
    consent: Consent


def in_force_for(case: Case, companies: list[Company]) -> list[InForce]:
    """What each company may be told now."""
    day = today()
    return [InForce(one, name_on(one, day), consent_in_force(case, company_id=one.id)) for one in companies]


def shown_history(case: Case, *, for_the_desk: bool) -> list[ShownLine]:
    """Every line with the one that ended it, the newest first; the consulter is not told the desk's names."""
    return [
        ShownLine(
            number=line.number,
            at=line.given_at,
            reach=_name_then(line.company_id, line.given_at) if line.company_id else _("すべての会社"),
            act=str(ACTS[line.act]),
            level=line.level,
            # A word for one company says how far; what else is allowed is said for all.
            options=options_in(line.options) if line.company_id is None else frozenset(),
            by=_giver(line, for_the_desk=for_the_desk),
            text_version=line.text_version,
            ended_by=one.ended_by.number if one.ended_by else None,
            ended_at=one.ended_by.given_at if one.ended_by else None,
        )
        for one in reversed(history(lines_of(case)))
        for line in (one.line,)
    ]


def shown_provisions(case: Case, *, for_the_desk: bool) -> list[ShownProvision]:
    """What went to companies, oldest first."""
    numbers = {line.id: line.number for line in lines_of(case)}
    return [
        ShownProvision(
            number=one.number,
            at=one.provided_at,
            what=_what(one),
            company=_name_then(one.company_id, one.provided_at),
            person=f"{name_of(db().get(Person, one.person_id))} ({label(Role(one.via))})",
            level=one.level,
            consent=numbers[one.consent_id] if one.consent_id else None,
            by=name_of(db().get(Person, one.provided_by_id)) if for_the_desk else _("相談窓口"),
        )
        for one in provisions_of(case)
    ]


def _what(one: Provision) -> str:
    if one.copy_id is not None:
        return str(_("転送版 第%(number)s版", number=db().get_one(ForwardedCopy, one.copy_id).number))
    return str(_("ファイル %(number)s", number=db().get_one(Attachment, one.attachment_id).number))


def _giver(line: ConsentEntry, *, for_the_desk: bool) -> str:
    if line.keyed_by_id is None or line.read_back is None:
        return str(_("相談者本人") if for_the_desk else _("あなた"))
    confirmed = label(line.read_back)
    if line.caller_check is not None:
        confirmed = str(_("、")).join((_("電話"), label(line.caller_check), confirmed))
    if not for_the_desk:
        return str(_("相談窓口が代理で入力(%(confirmed)s)", confirmed=confirmed))
    keyed_by = name_of(db().get(Person, line.keyed_by_id))
    return str(_("%(name)sが代理入力(%(confirmed)s)", name=keyed_by, confirmed=confirmed))


def _name_then(company_id: uuid.UUID, at: datetime) -> str:
    """The name that the company had at that time."""
    return name_on(db().get_one(Company, company_id), at.astimezone(TOKYO).date())
