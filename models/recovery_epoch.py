"""The private key of one epoch of a seat, locked under the key that a kit's cards bring back, and nothing else."""

from __future__ import annotations

import uuid

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, refers_to


class RecoveryEpoch(Identified):
    __tablename__ = "recovery_epoch"
    __table_args__ = (UniqueConstraint("kit_id", "epoch_id"),)

    kit_id: Mapped[uuid.UUID] = mapped_column(refers_to("recovery_kit.id"))
    epoch_id: Mapped[uuid.UUID] = mapped_column(refers_to("seat_epoch.id"), index=True)
    locked_private_key: Mapped[bytes] = mapped_column(Sealed)
