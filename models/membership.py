"""Days in a row on which a company is a member of one type; what it is today is kept with the company as well."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, only_where, refers_to
from models.rules.membership import Beginning, MemberType, Stretch


class Membership(Identified):
    __tablename__ = "membership"
    __table_args__ = (
        one_of("member_type", MemberType),
        one_of("began", Beginning),
        CheckConstraint("member_type <> 'none'", name="is_of_a_member"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_it_begins"),
        UniqueConstraint("company_id", "valid_from"),
        # Two people who enter the same at once: the second of them is refused.
        Index("uq_membership_lasting", "company_id", unique=True, **only_where(text("valid_to IS NULL"))),
    )

    company_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"))
    member_type: Mapped[MemberType] = mapped_column(CodeOf(MemberType))
    began: Mapped[Beginning] = mapped_column(CodeOf(Beginning))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    def was_of(self, member_type: MemberType) -> None:
        """It was of another type from its first day on; the company's standing follows by Company.take_standing."""
        self.member_type = member_type

    def stretch(self) -> Stretch:
        """What the rules ask of it."""
        return Stretch(self.member_type, self.began, self.valid_from, self.valid_to)
