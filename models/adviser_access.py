"""An external adviser may read one compartment of one case until a day: the desk asks, and the consulter agrees."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Sealed, one_of, only_where, refers_to
from models.rules.adviser_access import AccessEnd, AdviceSought

RUNNING = text("ended_at IS NULL")


class AdviserAccess(Identified):
    __tablename__ = "adviser_access"
    __table_args__ = (
        one_of("sought", AdviceSought),
        one_of("ended_how", AccessEnd),
        CheckConstraint("ends_at > asked_at", name="ends_after_it_was_asked"),
        CheckConstraint("(ended_at IS NULL) = (ended_how IS NULL)", name="ended_says_how"),
        CheckConstraint("(key_id IS NULL) = (agreed_at IS NULL)", name="opens_by_her_yes_alone"),
        CheckConstraint(
            "(length(sealed_key) > 0) = (agreed_at IS NOT NULL AND ended_at IS NULL)",
            name="keeps_no_key_once_it_ended",
        ),
        CheckConstraint("acknowledged_at IS NULL OR agreed_at IS NOT NULL", name="is_promised_after_her_yes"),
        Index(
            "uq_adviser_access_running",
            "compartment_id",
            "person_id",
            unique=True,
            **only_where(RUNNING),
        ),
        Index("ix_adviser_access_case", "case_id", "asked_at"),
        Index("ix_adviser_access_end", "ends_at", **only_where(RUNNING)),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"))
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"), index=True)
    """The adviser."""
    sought: Mapped[AdviceSought] = mapped_column(CodeOf(AdviceSought))
    sealed_question: Mapped[bytes] = mapped_column(Sealed)
    """What the adviser is asked, and why. It lies in the compartment that is shown: the consulter reads it too."""
    asked_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    asked_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    key_id: Mapped[uuid.UUID | None]
    """Under which name the access's own key lies in the key store; it is destroyed when the access ends."""
    sealed_key: Mapped[bytes] = mapped_column(Sealed, default=b"")
    """The compartment's secret, sealed to the adviser's public key and once more under the access's own key."""
    acknowledged_at: Mapped[datetime | None]
    """When the adviser promised to keep it secret; nothing opens before."""
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[AccessEnd | None] = mapped_column(CodeOf(AccessEnd))
