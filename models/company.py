"""A company that is, was or may become a member: the legal entity, whose id outlives its names."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import CodeOf, Identified, one_of
from models.company_name import CompanyName
from models.rules.membership import MemberType, OperatorType


class Company(Identified):
    __tablename__ = "company"
    __table_args__ = (
        one_of("member_type", MemberType),
        one_of("operator_type", OperatorType),
        CheckConstraint("left_on IS NULL OR left_on >= joined_on", name="leaves_after_joining"),
        Index("uq_company_corporate_number", "corporate_number", unique=True),
    )

    corporate_number: Mapped[str | None] = mapped_column(String(13))
    member_type: Mapped[MemberType] = mapped_column(CodeOf(MemberType))
    operator_type: Mapped[OperatorType] = mapped_column(CodeOf(OperatorType))
    prefecture: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(200))
    policy_url: Mapped[str | None] = mapped_column(String(300))
    policy_planned_on: Mapped[date | None]
    """The day on which a policy that has no page yet is to be published."""
    inside_desk: Mapped[str | None] = mapped_column(String(200))
    joined_on: Mapped[date | None]
    left_on: Mapped[date | None]

    names: Mapped[list[CompanyName]] = relationship(order_by="CompanyName.valid_from", lazy="selectin")

    def name_on(self, day: date) -> CompanyName:
        """The name that was in force on a day; the oldest one for a day before all of them."""
        in_force = [name for name in self.names if name.valid_from <= day]
        return in_force[-1] if in_force else self.names[0]

    def is_member_on(self, day: date) -> bool:
        return self.joined_on is not None and self.joined_on <= day and (self.left_on is None or day <= self.left_on)
