"""What a consulter answered, before it is sealed: the only shape in which it exists in clear."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from models.rules.consent import DEFAULT, ConsentLevel, ConsentOption
from models.rules.crisis import hints_at_danger
from models.rules.lost_code import folded_answer
from models.rules.replies import CallSlot, ReplyWay
from models.rules.taxonomy.actor_relation import ActorRelation
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.employment import Employment
from models.rules.taxonomy.group_size import GroupSize
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.impact import Impact
from models.rules.taxonomy.intake_route import IntakeRoute
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.requested_help import RequestedHelp

Code = TypeVar("Code", bound=Enum)


@dataclass(frozen=True)
class NamedCompany:
    """A company as the consulter named it, and which registered company she confirmed it to be."""

    typed: str = ""
    company_id: uuid.UUID | None = None


@dataclass(frozen=True, repr=False)
class ReplyWish:
    """How she wants to hear from the desk, and what that takes; it lies with her name."""

    way: ReplyWay = ReplyWay.MAILBOX
    number: str = ""
    slot: CallSlot = CallSlot.ANY
    first_call: tuple[datetime, datetime] | None = None
    address: str = ""
    notes: str = ""
    """Under which name to ask for her, whether a message may be left, and the like."""


@dataclass(frozen=True, repr=False)
class Answers:
    """The answers of the form; repr shows none of them."""

    text: str
    channel: Channel | None = None
    types: tuple[HarassmentType, ...] = ()
    actor: ActorRelation | None = None
    org_issues: tuple[OrganisationalIssue, ...] = ()
    happened: str = ""
    """When and at which call, in the consulter's words; pointers rather than files."""
    impacts: tuple[Impact, ...] = ()
    impact_text: str = ""
    health_consent: bool = False
    """That the desk may read about her health: its own line, apart from every other consent."""
    requested: tuple[RequestedHelp, ...] = ()
    employment: Employment | None = None
    employer: NamedCompany = field(default_factory=NamedCompany)
    workplace: NamedCompany = field(default_factory=NamedCompany)
    client: NamedCompany = field(default_factory=NamedCompany)
    site_code: str = ""
    """The code on the poster of the place where she works."""
    group_size: str = ""
    """How many people work on the same shift: under_5, 5_to_20, over_20 or nothing."""
    keep_from: str = ""
    """Who must not see this, in the consulter's words."""
    consent: ConsentLevel = DEFAULT
    options: tuple[ConsentOption, ...] = ()
    name: str = ""
    contact: str = ""
    route: IntakeRoute = IntakeRoute.WEB
    reply: ReplyWish = field(default_factory=ReplyWish)
    secret_words: tuple[str, ...] = ()
    """What she will say when the receipt code is lost, as she typed it."""

    @property
    def shows_danger(self) -> bool:
        """Whether what was written hints at danger to life or body."""
        return hints_at_danger((self.text, self.happened, self.impact_text), self.impacts)

    def narrative(self) -> dict[str, Any]:
        """What lies in the narrative compartment."""
        return {
            "text": self.text,
            "happened": self.happened,
            "channel": self.channel.value if self.channel else "",
            "types": [kind.value for kind in self.types],
            "actor": self.actor.value if self.actor else "",
            "org_issues": [issue.value for issue in self.org_issues],
            "requested": [help_.value for help_ in self.requested],
            "employment": self.employment.value if self.employment else "",
            "employer": self.employer.typed,
            "workplace": self.workplace.typed,
            "client": self.client.typed,
            "site_code": self.site_code,
            "group_size": self.group_size,
            "keep_from": self.keep_from,
        }

    def health(self) -> dict[str, Any]:
        """What lies in the health compartment."""
        return {
            "impacts": [impact.value for impact in self.impacts],
            "text": self.impact_text,
            "consented": self.health_consent,
        }

    def identity(self) -> dict[str, Any]:
        """What lies in the identity compartment."""
        reply = self.reply
        asked = {"number": reply.number, "slot": reply.slot.value, "address": reply.address, "notes": reply.notes}
        wish = {"reply": asked} if reply.way is not ReplyWay.MAILBOX else {}
        return {"name": self.name, "contact": self.contact, **wish}

    def recovery(self) -> dict[str, str]:
        """What is compared when the receipt code is lost; it lies with the name, and nobody is shown it."""
        return {f"word_{place}": folded_answer(word) for place, word in enumerate(self.secret_words, start=1)}


def answers_from(answered: Iterable[tuple[str, str]], companies: Mapping[str, uuid.UUID]) -> Answers:
    """The answers as they are sealed, from those that were checked and the companies that were confirmed.

    Raises ValueError for a code that is not on its list.
    """
    given: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in answered:
        given[name].append(value)

    def words(name: str) -> str:
        return given[name][0] if name in given else ""

    def one_of(codes: type[Code], name: str) -> Code | None:
        return codes(given[name][0]) if name in given else None

    def several(codes: type[Code], name: str) -> tuple[Code, ...]:
        return tuple(codes(value) for value in given[name]) if name in given else ()

    employer = NamedCompany(words("employer"), companies.get("employer"))
    # Whoever names no other workplace works where she is employed.
    elsewhere = "workplace" in given or "workplace" in companies
    workplace = NamedCompany(words("workplace"), companies.get("workplace")) if elsewhere else employer
    size = one_of(GroupSize, "group_size")
    return Answers(
        text=words("text"),
        happened=words("happened"),
        channel=one_of(Channel, "channel"),
        actor=one_of(ActorRelation, "actor"),
        types=several(HarassmentType, "types"),
        org_issues=several(OrganisationalIssue, "org_issues"),
        impacts=several(Impact, "impacts"),
        impact_text=words("impact_text"),
        health_consent="health_consent" in given,
        requested=several(RequestedHelp, "requested"),
        employment=one_of(Employment, "employment"),
        group_size=size.value if size else "",
        keep_from=words("keep_from"),
        consent=one_of(ConsentLevel, "consent") or DEFAULT,
        options=several(ConsentOption, "options"),
        name=words("name"),
        contact=words("contact"),
        employer=employer,
        workplace=workplace,
        client=NamedCompany(words("client"), companies.get("client")),
        site_code=words("site_code"),
        secret_words=tuple(filter(None, map(words, ("secret_word", "second_secret_word")))),
    )
