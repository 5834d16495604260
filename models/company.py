"""A company that is, was or may become a member: the legal entity, whose id outlives its names."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import CodeOf, Identified, one_of
from models.company_name import CompanyName
from models.membership import Membership
from models.rules.membership import MemberType, OperatorType, Stretch, standing_of, type_on


class Company(Identified):
    __tablename__ = "company"
    __table_args__ = (
        one_of("member_type", MemberType),
        one_of("operator_type", OperatorType),
        CheckConstraint("left_on IS NULL OR left_on >= joined_on", name="leaves_after_joining"),
        CheckConstraint("(member_type = 'none') = (joined_on IS NULL)", name="is_a_member_since_a_day"),
        Index("uq_company_corporate_number", "corporate_number", unique=True),
    )

    corporate_number: Mapped[str | None] = mapped_column(String(13))
    operator_type: Mapped[OperatorType] = mapped_column(CodeOf(OperatorType))
    prefecture: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(200))
    policy_url: Mapped[str | None] = mapped_column(String(300))
    policy_planned_on: Mapped[date | None]
    """The day on which a policy that has no page yet is to be published."""
    inside_desk: Mapped[str | None] = mapped_column(String(200))

    # What the memberships come to, worked out from them by ``take_standing`` and written nowhere else: every list, the
    # clock and the picker ask for it in the statement that reads the company.
    member_type: Mapped[MemberType] = mapped_column(CodeOf(MemberType), default=MemberType.NONE)
    joined_on: Mapped[date | None]
    left_on: Mapped[date | None]

    names: Mapped[list[CompanyName]] = relationship(order_by="CompanyName.valid_from", lazy="selectin")
    memberships: Mapped[list[Membership]] = relationship(order_by="Membership.valid_from", cascade="all, delete-orphan")

    def name_on(self, day: date) -> CompanyName:
        """The name that was in force on a day; the oldest one for a day before all of them."""
        in_force = [name for name in self.names if name.valid_from <= day]
        return in_force[-1] if in_force else self.names[0]

    def stretches(self) -> tuple[Stretch, ...]:
        """Its memberships as the rules ask of them, oldest first."""
        return tuple(sorted((one.stretch() for one in self.memberships), key=lambda one: one.first))

    def take_standing(self) -> None:
        """Keep with the company what its memberships come to, after one of them was changed."""
        standing = standing_of(self.stretches())
        self.member_type, self.joined_on, self.left_on = standing.member_type, standing.joined_on, standing.left_on

    def is_member_on(self, day: date) -> bool:
        if self.joined_on is None:
            return False
        if self.joined_on <= day:
            return self.left_on is None or day <= self.left_on
        # A day of before: only then are the earlier memberships read.
        return self.member_type_on(day) is not MemberType.NONE

    def member_type_on(self, day: date) -> MemberType:
        """Which type of member it was on a day."""
        return type_on(self.stretches(), day)
