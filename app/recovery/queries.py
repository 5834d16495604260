"""What is asked of recovery kits: which there are, what they are good for, who keeps the cards, what these open."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import exists, func, or_, select

from app.custody.queries import epochs_nobody_else_opens, open_epoch, seat_of
from app.joint_acts.queries import Described, describes
from app.pipeline.clock import now
from app.pipeline.first_look import Reasons, moment_by_rule
from app.pipeline.secrets import ring
from app.pipeline.transaction import db
from app.presentation.filters import label
from crypto import CannotOpen, Card, Share, card_commitment, join_shares, public_key_of, same, unlock_with_key
from models.joint_act import JointAct
from models.person import Person
from models.recovery_card import RecoveryCard
from models.recovery_epoch import RecoveryEpoch
from models.recovery_kit import RecoveryKit
from models.rules.joint_acts import JointKind
from models.rules.people import SeatKind
from models.rules.recovery import (
    SEATS_WITH_KITS,
    KitRefusal,
    KitStanding,
    drill_is_due,
    recovery_policy_at,
    standing_of,
)
from models.sealed import context_of, open_by_server
from models.seat import Seat
from models.seat_epoch import SeatEpoch

_STANDING = select(RecoveryKit).where(RecoveryKit.ended_at.is_(None))


class KitRefused(Exception):
    """A kit cannot be made or used, for one of the reasons of the rules; nothing was done."""

    def __init__(self, refusal: KitRefusal, *, card: int | None = None) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.card = card
        """Which of the typed cards is meant, from 0; None for all of them."""


@dataclass(frozen=True)
class ShownKit:
    """A kit as the page shows it."""

    kit: RecoveryKit
    seat: SeatKind
    standing: KitStanding
    drill_due: bool
    keepers: list[str]


@dataclass(frozen=True)
class SeatWithKits:
    """A seat with its kits, the newest first."""

    seat: Seat
    kits: list[ShownKit]

    @property
    def wants_one(self) -> bool:
        """Whether no kit opens everything up to now."""
        return all(shown.standing is not KitStanding.WHOLE for shown in self.kits)


def seats_with_kits() -> list[SeatWithKits]:
    """The association's seats that should have a kit, and every kit that there was."""
    seats = [seat for seat in (seat_of(kind) for kind in SEATS_WITH_KITS) if seat is not None]
    return [SeatWithKits(seat, [shown_kit(kit) for kit in kits_of(seat)]) for seat in seats]


def kits_of(seat: Seat) -> Sequence[RecoveryKit]:
    """Every kit of a seat, the newest first."""
    return (
        db()
        .scalars(select(RecoveryKit).where(RecoveryKit.seat_id == seat.id).order_by(RecoveryKit.number.desc()))
        .all()
    )


def shown_kit(kit: RecoveryKit) -> ShownKit:
    """A kit with what it is good for and who keeps its cards."""
    return ShownKit(
        kit,
        db().get_one(Seat, kit.seat_id).kind,
        standing_of(ended=kit.ended_at is not None, covers_present_epoch=covers_present_epoch(kit)),
        kit.ended_at is None and drill_is_due(made_at=kit.made_at, tried_at=kit.tried_at, at=now()),
        [open_by_server(card, "sealed_keeper", ring=ring()) for card in cards_of(kit)],
    )


def cards_of(kit: RecoveryKit) -> Sequence[RecoveryCard]:
    """The cards of a kit, as far as they are known here."""
    return db().scalars(select(RecoveryCard).where(RecoveryCard.kit_id == kit.id).order_by(RecoveryCard.number)).all()


def covers_present_epoch(kit: RecoveryKit) -> bool:
    """Whether a kit opens what its seat is granted now."""
    epoch = open_epoch(db().get_one(Seat, kit.seat_id))
    covered = exists().where(RecoveryEpoch.kit_id == kit.id, RecoveryEpoch.epoch_id == epoch.id) if epoch else None
    return covered is not None and bool(db().scalar(select(covered)))


def covers(epoch: SeatEpoch) -> bool:
    """Whether some kit that was not ended opens an epoch."""
    held = exists().where(
        RecoveryEpoch.epoch_id == epoch.id, RecoveryEpoch.kit_id == RecoveryKit.id, RecoveryKit.ended_at.is_(None)
    )
    return bool(db().scalar(select(held)))


def cards_open_what_hangs_on(person: Person) -> bool:
    """Whether kits open every epoch of the association's seats that this person alone holds."""
    return all(covers(epoch) for epoch in epochs_nobody_else_opens(person))


def kits_to_try() -> Sequence[RecoveryKit]:
    """The kits whose next trial is due."""
    standing = db().scalars(_STANDING)
    at = now()
    return [kit for kit in standing if drill_is_due(made_at=kit.made_at, tried_at=kit.tried_at, at=at)]


def due_drills() -> Reasons:
    """The kits whose next trial is due by the rule of the look, and of which nobody was told lately."""
    tried_by = moment_by_rule(lambda: now() - recovery_policy_at(now()).drill_every)
    told_by = moment_by_rule(lambda: now() - recovery_policy_at(now()).reminded_every)
    return (
        _STANDING.where(
            func.coalesce(RecoveryKit.tried_at, RecoveryKit.made_at) <= tried_by,
            or_(RecoveryKit.reminded_at.is_(None), RecoveryKit.reminded_at <= told_by),
        ),
    )


def next_number() -> int:
    """The number of the next kit; no number is used twice."""
    return (db().scalar(select(func.max(RecoveryKit.number))) or 0) + 1


def opened_by(kit: RecoveryKit, typed: Sequence[Card]) -> dict[uuid.UUID, bytes]:
    """The private keys that cards bring back, by epoch; each is proved against the epoch's public key.

    No consultation is touched. Raises KitRefused, which names the card where one is to blame.
    """
    if kit.ended_at is not None:
        raise KitRefused(KitRefusal.ENDED)
    key = _joined(kit, typed)
    opened = {}
    for row in db().scalars(select(RecoveryEpoch).where(RecoveryEpoch.kit_id == kit.id)):
        context = context_of(row, "locked_private_key")
        try:
            private = unlock_with_key(row.locked_private_key, key=key, context=context)
        except CannotOpen:
            raise KitRefused(KitRefusal.NOT_THE_KEYS) from None
        if public_key_of(private) != db().get_one(SeatEpoch, row.epoch_id).public_key:
            raise KitRefused(KitRefusal.NOT_THE_KEYS)
        opened[row.epoch_id] = private
    return opened


def _joined(kit: RecoveryKit, typed: Sequence[Card]) -> bytes:
    known = {card.number: card.commitment for card in cards_of(kit)}
    shares: dict[int, Share] = {}
    for place, card in enumerate(typed):
        commitment = known.get(card.share.number, b"")
        if card.mark != kit.mark or not same(card_commitment(card), commitment):
            raise KitRefused(KitRefusal.OTHER_KIT, card=place)
        if card.share.number in shares:
            raise KitRefused(KitRefusal.SAME_CARD, card=place)
        shares[card.share.number] = card.share
    if len(shares) < kit.needed:
        raise KitRefused(KitRefusal.FEW_CARDS)
    return join_shares(list(shares.values()))


def cards_wanted() -> tuple[int, int]:
    """How many cards are needed, and how many are made, by the rule of now."""
    policy = recovery_policy_at(now())
    return policy.needed, policy.cards


@describes(JointKind.RECOVERY_KIT)
def _making(act: JointAct) -> Described:
    seat = db().get(Seat, act.subject_id)
    if seat is None:
        return Described("")
    return Described(str(label(seat.kind)), partial(url_for, "recovery.make", kind=seat.kind.value))


@describes(JointKind.KEY_RECOVERY)
def _recovering(act: JointAct) -> Described:
    kit = db().get(RecoveryKit, act.subject_id)
    if kit is None:
        return Described("")
    seat = label(db().get_one(Seat, kit.seat_id).kind)
    return Described(
        _("%(seat)s(復元カード 第%(number)s組)", seat=seat, number=kit.number),
        partial(url_for, "recovery.open_", kit_id=kit.id),
    )
