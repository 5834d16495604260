"""What a company would read, as it lies before the consulter: with what changed since she looked, and what she said."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.cases.queries import copies_of, digest_of_copy, what_narrows
from app.companies.queries import name_on
from app.mailbox.queries import Opinion, opinions_on
from app.pipeline.clock import today
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.responses.queries import copy_text
from models.case import Case
from models.company import Company
from models.exchange import Exchange
from models.forwarded_copy import ForwardedCopy
from models.rules.consent import ConsentLevel
from models.rules.forwarded_copy import Traced
from models.rules.text_difference import Stretch, differences


@dataclass(frozen=True, repr=False)
class Shown:
    """One version that was put before the consulter, opened, with what she said of it."""

    copy: ForwardedCopy
    text: str
    opinions: tuple[Opinion, ...]


@dataclass(frozen=True, repr=False)
class Preview:
    """A forwarded copy as the company would read it, opened for the one whom it is about."""

    copy: ForwardedCopy
    company: str
    text: str
    seen: str
    """The digest of this text: what she approves is compared with it."""
    opinions: tuple[Opinion, ...] = ()
    earlier: tuple[Shown, ...] = ()
    """The versions that were put before her before this one, oldest first."""
    compared: Shown | None = None
    """The one that she looked at last, with which this one is compared."""
    narrows: tuple[Traced, ...] = ()
    """What in it may point to one person, where few work together or nobody knows how many."""

    @property
    def waits(self) -> bool:
        """Whether the consulter has not decided yet."""
        return self.copy.approved_at is None and self.copy.declined_at is None

    @property
    def level(self) -> ConsentLevel:
        return self.copy.level

    @property
    def changes(self) -> tuple[Stretch, ...]:
        """What is different from the version that she looked at last; nothing when she saw none before."""
        return differences(self.compared.text, self.text) if self.compared else ()


def previews(copies: Sequence[ForwardedCopy], *, actor: Actor, looked_at: uuid.UUID | None = None) -> list[Preview]:
    """Copies opened, each with the company that would read it, and compared with the version she ``looked_at`` last."""
    return [_preview(copy, actor=actor, looked_at=looked_at) for copy in copies]


def _preview(copy: ForwardedCopy, *, actor: Actor, looked_at: uuid.UUID | None) -> Preview:
    exchange = db().get_one(Exchange, copy.exchange_id)
    case = db().get_one(Case, exchange.case_id)
    before = [one for one in copies_of(exchange) if one.put_at is not None and one.number < copy.number]
    opinions = opinions_on([*before, copy], actor=actor)
    earlier = tuple(Shown(one, copy_text(one, actor=actor), opinions.get(one.id, ())) for one in before)
    text = copy_text(copy, actor=actor)
    preview = Preview(
        copy,
        name_on(db().get_one(Company, exchange.company_id), today()),
        text,
        digest_of_copy(case, copy, text, actor=actor).hex(),
        opinions.get(copy.id, ()),
        earlier,
        next((one for one in earlier if one.copy.id == looked_at), earlier[-1] if earlier else None),
    )
    return replace(preview, narrows=what_narrows(case, text, actor=actor)) if preview.waits else preview
