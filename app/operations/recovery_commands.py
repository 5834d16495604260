"""The drill at the server: cards are typed at the terminal, and prove that they open a seat's keys."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from getpass import getpass

from sqlalchemy import select

from app.operations.data_folder import DataFolder
from app.operations.serving import make_ready
from app.operations.settings import read_config
from app.operations.terminal import complain, say
from app.pipeline.identity import THE_CLOCK
from app.pipeline.transaction import db, transaction
from app.recovery.actions import note_wrong_cards, try_out
from app.recovery.queries import KitRefused
from crypto import Card, CardMistyped, read_card
from models.recovery_kit import RecoveryKit
from models.rules.recovery import KitRefusal

Command = Callable[[argparse.Namespace], int]
DONE, FAILED = 0, 1


def add_to(add: Callable[[str, str, Command], argparse.ArgumentParser]) -> None:
    """Offer the drill."""
    trying = add("recovery-drill", "復元カードを試す(相談は開かない) / try a recovery kit out", _drill)
    trying.add_argument("kit", type=int, help="カードに書いてある組の番号 / the kit's number, as its cards say")


def _drill(asked: argparse.Namespace) -> int:
    config = read_config()
    DataFolder(config.data).take()
    app = make_ready(config)
    with app.app_context():
        needed = db().scalar(select(RecoveryKit.needed).where(RecoveryKit.number == asked.kit))
    if needed is None:
        complain("その番号の組はありません。", "There is no kit with this number.")
        return FAILED
    cards = [_typed(place + 1) for place in range(needed)]
    with app.app_context(), transaction():
        kit = db().scalars(select(RecoveryKit).where(RecoveryKit.number == asked.kit)).one()
        refusal = _tried(kit, cards)
    if refusal is not None:
        complain(refusal.ja, refusal.en)
        return FAILED
    say(
        "カードから、席の鍵を開けられました。相談は開いていません。",
        "The cards open the seat's keys.",
    )
    return DONE


def _tried(kit: RecoveryKit, cards: list[Card]) -> KitRefusal | None:
    try:
        try_out(kit, cards, actor=THE_CLOCK)
    except KitRefused as refused:
        note_wrong_cards(kit, refused.refusal, actor=THE_CLOCK)
        return refused.refusal
    return None


def _typed(number: int) -> Card:
    """One card; what is typed is not shown on the screen, and asked again until it reads as a card."""
    while True:
        typed = getpass(f"{number}枚目 / card {number}: ")
        try:
            return read_card(typed)
        except CardMistyped as mistyped:
            row = f" ({mistyped.row}行目 / row {mistyped.row})" if mistyped.row else ""
            complain(f"カードとして読めません。もう一度入力してください。{row}", "This is no card; type it again.")
