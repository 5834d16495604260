"""Commands about the record: verifying every chain, and signing how far the chains reach."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from app.operations.data_folder import DataFolder
from app.operations.heads import RecordsMissing, gather_head, read_signed
from app.operations.serving import make_ready
from app.operations.settings import read_config
from app.operations.terminal import complain, say
from app.operations.verification import verify_all
from crypto import CannotOpen

Command = Callable[[argparse.Namespace], int]
DONE, FAILED = 0, 1


def add_to(add: Callable[[str, str, Command], argparse.ArgumentParser]) -> None:
    """Offer the commands about the record."""
    verifying = add("verify", "記録の鎖をすべて確かめる / verify every chain of the record", _verify)
    verifying.add_argument(
        "--against",
        type=Path,
        metavar="FILE",
        help="別に保管した署名と比べる / compare with a head that was kept elsewhere",
    )
    add("head", "記録の先端に署名する / sign how far the chains reach", _head)


def _ready() -> Flask:
    config = read_config()
    DataFolder(config.data).take()
    return make_ready(config)


def _verify(asked: argparse.Namespace) -> int:
    app = _ready()
    with app.app_context():
        try:
            against = read_signed(asked.against.read_bytes()) if asked.against else None
        except CannotOpen:
            complain("この署名はこのサーバーのものではありません。", "The head was not signed by this server.")
            return FAILED
        came_of_it = verify_all(against=against)
    say(
        f"確かめた鎖: {came_of_it.chains}本、記録: {came_of_it.records}件",
        f"Chains: {came_of_it.chains}, records: {came_of_it.records}",
    )
    if came_of_it.stamped is not None:
        say(
            f"外部の時刻の証明: {came_of_it.stamped.count}件、最後は{came_of_it.stamped.newest}",
            f"Time-stamps of another: {came_of_it.stamped.count}, the newest of {came_of_it.stamped.newest}",
        )
    for fault in came_of_it.faults:
        complain(f"  {fault.subject} の {fault.at} 件目: {fault.ja}", f"    {fault.subject} at {fault.at}: {fault.en}")
    if came_of_it.ok:
        say("記録に切れ目はありません。", "The record is whole.")
    return DONE if came_of_it.ok else FAILED


def _head(_asked: argparse.Namespace) -> int:
    app = _ready()
    with app.app_context():
        try:
            signed = gather_head()
        except RecordsMissing as missing:
            complain(
                f"前回の署名のときにあった記録がありません({missing})。署名していません。verify で確かめてください。",
                f"A record of the last head is gone ({missing}). Nothing was signed; look into it with verify.",
            )
            return FAILED
        except CannotOpen:
            complain(
                "前回の署名のファイルがないか、書き換えられています。署名していません。",
                "The file of the last head is missing or changed. Nothing was signed.",
            )
            return FAILED
    say(f"署名しました: {signed.file}", "Signed. Keep a copy of this file elsewhere, out of this server's reach.")
    say(f"検証の鍵: {signed.row.public_key.hex()}", f"Verifying key: {signed.row.public_key.hex()}")
    return DONE
