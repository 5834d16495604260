"""What is done with recovery kits: made and ended, tried out, and used to give a seat's keys to somebody again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.custody.actions import ASSOCIATION
from app.custody.queries import holders_of, open_epoch
from app.joint_acts.actions import use_approval
from app.joint_acts.queries import approval_for
from app.people.queries import serving
from app.pipeline.audit import Fact, Subject, record
from app.pipeline.clock import now
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.ids import new_id
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.secrets import ring
from app.pipeline.standing import must_be_allowed
from app.pipeline.transaction import db
from app.recovery.giving import epochs_of, give_back, may_be_given
from app.recovery.queries import KitRefused, kits_to_try, next_number, opened_by
from crypto import Card, Share, card_commitment, card_rows, lock_with_key, new_key, new_mark, split_secret
from models.person import Person
from models.recovery_card import RecoveryCard
from models.recovery_epoch import RecoveryEpoch
from models.recovery_kit import RecoveryKit
from models.rules.joint_acts import JointKind
from models.rules.mail_kinds import MailKind
from models.rules.people import Role, Standing
from models.rules.permissions import Permission
from models.rules.recovery import KitRefusal, recovery_policy_at
from models.sealed import context_of, seal_by_server
from models.seat import Seat


@dataclass(frozen=True)
class PrintedCard:
    """A card as it is shown once, to be printed; nothing of its rows is kept."""

    number: int
    keeper: str
    rows: tuple[str, ...] = field(repr=False)


def of_seat(seat: Seat) -> Subject:
    """What two persons decide about when a kit is made."""
    return Subject("seat", seat.id)


def of_kit(kit: RecoveryKit) -> Subject:
    """What two persons decide about when a kit is used."""
    return Subject("recovery_kit", kit.id)


def make_kit(seat: Seat, keepers: Sequence[str], *, actor: Actor) -> tuple[RecoveryKit, list[PrintedCard]]:
    """Make the cards of a seat, approved by a second person; they are given back once, and stored nowhere.

    A random key locks the private key of every epoch; the cards are that key, split. Raises KitRefused for whoever does
    not hold every epoch of the seat, and JointRefused without an approval.
    """
    must_be_allowed(Permission.KEYS_FIRST_SHARE, actor=actor, standing=Standing.NONE)
    epochs, present, policy = epochs_of(seat), open_epoch(seat), recovery_policy_at(now())
    held = actor.held.held_epoch_ids()
    if present is None or present.id not in held or actor.person is None:
        raise KitRefused(KitRefusal.NOT_A_HOLDER)
    if not held.issuperset(epoch.id for epoch in epochs):
        raise KitRefused(KitRefusal.NOT_ALL_KEYS)
    use_approval(JointKind.RECOVERY_KIT, subject=of_seat(seat), actor=actor)
    kit = RecoveryKit(
        id=new_id(),
        number=next_number(),
        version=1,
        seat_id=seat.id,
        epoch_number=present.number,
        mark=new_mark(),
        needed=policy.needed,
        cards=len(keepers),
        made_by_id=actor.person.id,
        made_at=now(),
    )
    db().add(kit)
    db().flush()
    key = new_key()
    for epoch in epochs:
        row = RecoveryEpoch(id=new_id(), kit_id=kit.id, epoch_id=epoch.id)
        context = context_of(row, "locked_private_key")
        row.locked_private_key = lock_with_key(actor.held.epoch_key(epoch.id), key=key, context=context)
        db().add(row)
    shares = split_secret(key, needed=kit.needed, cards=kit.cards)
    printed = [_card_made(kit, share, keeper) for share, keeper in zip(shares, keepers, strict=True)]
    db().flush()
    facts: dict[str, Fact] = {
        "kit_id": kit.id.hex,
        "seat_id": seat.id.hex,
        "epoch": kit.epoch_number,
        "cards": kit.cards,
        "needed": kit.needed,
    }
    record(ASSOCIATION, "kit.make", actor=actor, facts=facts)
    return kit, printed


def end_kit(kit: RecoveryKit, *, actor: Actor) -> None:
    """Let a kit open nothing any more, whoever has its cards: what they would open is destroyed here."""
    must_be_allowed(Permission.KEYS_FIRST_SHARE, actor=actor, standing=Standing.NONE)
    if kit.ended_at is not None or actor.person is None:
        raise KitRefused(KitRefusal.ENDED)
    for row in db().query(RecoveryEpoch).filter_by(kit_id=kit.id):
        row.locked_private_key = b""
    kit.ended_at, kit.ended_by_id = now(), actor.person.id
    kit.version += 1
    db().flush()
    record(ASSOCIATION, "kit.end", actor=actor, facts={"kit_id": kit.id.hex})


def try_out(kit: RecoveryKit, typed: Sequence[Card], *, actor: Actor) -> int:
    """Prove that cards open the seat's keys, and open nothing else. Returns how many epochs they open.

    Raises KitRefused; call note_failed_trial then, in the same transaction.
    """
    opened = opened_by(kit, typed)
    kit.tried_at, kit.reminded_at = now(), None
    kit.version += 1
    db().flush()
    record(ASSOCIATION, "kit.drill", actor=actor, facts={"kit_id": kit.id.hex, "epochs": len(opened)})
    return len(opened)


def note_wrong_cards(kit: RecoveryKit, refusal: KitRefusal, *, actor: Actor) -> None:
    """Record that cards were typed that did not open the keys."""
    record(ASSOCIATION, "kit.wrong_cards", actor=actor, facts={"kit_id": kit.id.hex, "reason_code": refusal.value})


def recover(kit: RecoveryKit, typed: Sequence[Card], *, actor: Actor) -> Person:
    """Give a seat's keys to the person whom two others named, from the cards. All who hold keys are told.

    Raises KitRefused and JointRefused, before anything was done.
    """
    opened = opened_by(kit, typed)
    seat = db().get_one(Seat, kit.seat_id)
    approved = approval_for(JointKind.KEY_RECOVERY, subject=of_kit(kit), actor=actor)
    if approved is not None and not may_be_given(seat, db().get_one(Person, approved.concerns_id)):
        raise KitRefused(KitRefusal.NOT_FIT)
    act = use_approval(JointKind.KEY_RECOVERY, subject=of_kit(kit), actor=actor)
    person = db().get_one(Person, act.concerns_id)
    give_back(seat, person, opened, actor=actor)
    facts: dict[str, Fact] = {
        "kit_id": kit.id.hex,
        "seat_id": seat.id.hex,
        "person_id": person.id.hex,
        "epochs": len(opened),
        "joint_id": act.id.hex,
    }
    record(ASSOCIATION, "kit.recover", actor=actor, facts=facts)
    epoch = open_epoch(seat)
    told = {one.id: one for one in (*(holders_of(epoch) if epoch else ()), *serving(now(), Role.AUDITOR, Role.HEAD))}
    for one in told.values():
        if one.id != actor.id:
            queue_mail(one, MailKind.SECURITY, actor=actor, key=f"recover:{act.id.hex}")
    return person


def remind_of_drills() -> int:
    """Tell those who look after the kits that one has not been tried out for long."""
    return one_by_one(kits_to_try(), _remind, work="remind_of_drills")


def _remind(kit: RecoveryKit) -> bool:
    at = now()
    if kit.reminded_at is not None and at < kit.reminded_at + recovery_policy_at(at).reminded_every:
        return False
    kit.reminded_at = at
    kit.version += 1
    for person in serving(at, Role.MANAGER, Role.HEAD):
        queue_mail(person, MailKind.REMINDER, actor=THE_CLOCK, key=f"drill:{kit.id.hex}:{at.date().isoformat()}")
    return True


def _card_made(kit: RecoveryKit, share: Share, keeper: str) -> PrintedCard:
    card = RecoveryCard(id=new_id(), kit_id=kit.id, number=share.number)
    seal_by_server(card, "sealed_keeper", keeper, ring=ring())
    card.commitment = card_commitment(Card(kit.mark, share))
    db().add(card)
    return PrintedCard(share.number, keeper, card_rows(share, mark=kit.mark))
