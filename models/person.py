"""A person who signs in: secretariat, a company's officers, directors, the auditor."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Sealed, Token, one_of, refers_to
from models.rules.people import Role
from models.rules.sign_in_tries import Tries


class Person(Identified):
    __tablename__ = "person"
    __table_args__ = (
        one_of("role", Role),
        CheckConstraint("(public_key IS NULL) = (locked_private_key IS NULL)", name="has_both_halves_of_the_pair"),
        CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="ends_after_it_begins"),
        CheckConstraint("(failed_tries > 0) = (last_failed_at IS NOT NULL)", name="failed_tries_have_a_last_one"),
        Index("ix_person_role", "role", "company_id"),
    )

    role: Mapped[Role] = mapped_column(CodeOf(Role))
    company_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("company.id"), index=True)
    is_handler: Mapped[bool] = mapped_column(default=False)
    """Registered as 従事者: only these may be given the identity seat."""
    is_chair: Mapped[bool] = mapped_column(default=False)
    login_digest: Mapped[bytes] = mapped_column(Token(32), unique=True)
    login_key: Mapped[bytes | None] = mapped_column(LargeBinary(8))
    """The id of the ring's key by which the digest was made; without one it is the first key there was."""
    sealed_name: Mapped[bytes] = mapped_column(Sealed)
    sealed_mail: Mapped[bytes] = mapped_column(Sealed)
    sealed_post: Mapped[bytes | None] = mapped_column(Sealed)
    public_key: Mapped[bytes | None]
    locked_private_key: Mapped[bytes | None] = mapped_column(Sealed)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    failed_tries: Mapped[int] = mapped_column(default=0, server_default="0")
    last_failed_at: Mapped[datetime | None]
    tries_wait_until: Mapped[datetime | None]

    @property
    def tries(self) -> Tries:
        """What is kept of the failed attempts at this person's password since the last one that succeeded."""
        return Tries(self.failed_tries, self.last_failed_at, self.tries_wait_until)

    def serves_at(self, moment: datetime) -> bool:
        return self.starts_at <= moment and (self.ends_at is None or moment < self.ends_at)
