"""A letter or certificate that was issued: what was put in, the version of its words, and the digest of its file."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Sealed, one_of, refers_to
from models.rules.letters import LetterKind


class IssuedLetter(Identified):
    __tablename__ = "issued_letter"
    __table_args__ = (
        one_of("kind", LetterKind),
        CheckConstraint("(compartment_id IS NULL) = (sealed_values IS NULL)", name="sealed_in_a_compartment"),
        CheckConstraint("(sealed_values IS NULL) <> (public_values IS NULL)", name="says_something_in_one_place"),
        CheckConstraint("(public_values IS NULL) OR (kind = 'certificate')", name="only_a_certificate_is_public"),
    )

    kind: Mapped[LetterKind] = mapped_column(CodeOf(LetterKind))
    number: Mapped[str] = mapped_column(String(24), unique=True)
    company_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"), index=True)
    about: Mapped[str | None] = mapped_column(String(24), index=True)
    """The number of the certification that a certificate is about."""
    compartment_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("compartment.id"))
    sealed_values: Mapped[bytes | None] = mapped_column(Sealed)
    """Addressee, sender and what was put into the words, as it was on the day."""
    public_values: Mapped[str | None] = mapped_column(Text)
    """The same of a certificate, which says nothing that the public list does not."""
    words_from: Mapped[date]
    """The version of the words: the day from which they are in force."""
    layout: Mapped[int]
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    file_digest: Mapped[bytes]
    """SHA-256 of the file; in the record of its issuing as well."""
