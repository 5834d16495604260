"""What the rows of words hold: how a code is called, whether it is offered, and how a mail reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Protocol

from models.rules.editable_codes import MEMBERS, CodeWording, Offer
from models.rules.mail_kinds import MailKind
from models.rules.mail_words import MailWording


class WordRow(Protocol):
    """A row as it is kept, or as the rulebook reads it."""

    @property
    def key(self) -> str: ...

    @property
    def value(self) -> str: ...

    @property
    def valid_from(self) -> date: ...


def wording_in(row: WordRow) -> CodeWording | None:
    """How a row calls its code; None for a code that this version of the software does not have."""
    value: Mapping[str, str] = json.loads(row.value)
    return CodeWording(MEMBERS[row.key], row.valid_from, **value) if row.key in MEMBERS else None


def offer_in(row: WordRow) -> Offer | None:
    """Whether a row offers its code; None for a code that this version of the software does not have."""
    return Offer(MEMBERS[row.key], row.valid_from, json.loads(row.value)["offered"]) if row.key in MEMBERS else None


def mail_in(row: WordRow) -> MailWording:
    """How a row has a kind of mail read."""
    return MailWording(MailKind(row.key), row.valid_from, **json.loads(row.value))


def value_of_wording(new: CodeWording) -> dict[str, str]:
    """What is kept of how a code is called."""
    return {"ja": new.ja, "en": new.en, "worker_ja": new.worker_ja, "worker_en": new.worker_en}


def value_of_mail(new: MailWording) -> dict[str, str]:
    """What is kept of how a kind of mail reads."""
    return {"subject_ja": new.subject_ja, "subject_en": new.subject_en, "ja": new.ja, "en": new.en}
