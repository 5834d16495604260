"""Commands about keys: what stands under which, adding and rotating and retiring them, and noting a renewal."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import timedelta

from app.operations.data_folder import DataFolder, InUse
from app.operations.key_report import Standing, ring_keys, standing
from app.operations.key_terms import note_renewed, renew_seat, seats_to_renew, terms
from app.operations.keys import (
    NoSuchKey,
    StillHolds,
    StillWrites,
    activate,
    add_key,
    begin_rotation,
    key_beginning,
    renew_all,
    retire,
)
from app.operations.ring_wrapping import how_it_lies, place_of_ring, wrap_as_set
from app.operations.serving import make_ready
from app.operations.settings import read_config
from app.operations.terminal import complain, say
from app.pipeline.clock import TOKYO, now
from app.pipeline.ring_place import LOOKS_EVERY
from app.pipeline.secrets import ring
from app.pipeline.transaction import transaction
from config import Config
from models.rules.key_kinds import KEY_RULES, NOTED, KeyKind
from models.seat import Seat

Command = Callable[[argparse.Namespace], int]
DONE, FAILED = 0, 1
LETTERS = 16
DAYS_OF_A_SEAT = 365


def add_to(add: Callable[[str, str, Command], argparse.ArgumentParser]) -> None:
    """Offer the commands about keys."""
    keys = add("keys", "鍵を扱う / keys", _list)
    acts = keys.add_subparsers(metavar="ACT")
    made = {}
    for name, words, command in (
        ("list", "サーバーの鍵の一覧 / list the keys of the ring", _list),
        ("report", "どの鍵で何が守られているか / what stands under which key, and when each is due", _report),
        ("rotate", "新しい鍵に替える(途中で止めてもよい) / rotate the ring; may be interrupted", _rotate),
        ("add", "鍵を足す(まだ書かない) / add a key, which does not write yet", _add),
        ("activate", "その鍵で書き始める / let a key write", _activate),
        ("reseal", "古い鍵のものを新しくする / make anew what an older key made", _reseal),
        ("retire", "古い鍵を外す / retire an older key", _retire),
        ("wrap", "鍵束を設定のとおりに包み直す / wrap the ring anew, as the settings say", _wrap),
        ("seats", "席の鍵を新しくする / begin new epochs of the seats", _seats),
        ("renewed", "システムの外の鍵を替えたと書きとめる / note that a key that lies outside was replaced", _renewed),
    ):  # fmt: skip
        made[name] = acts.add_parser(name, help=words, description=words)
        made[name].set_defaults(command=command)
    for name in ("activate", "retire"):
        made[name].add_argument("key", help="鍵の番号(はじめの数文字でよい) / the key's id, or how it begins")
    waits = "ほかのサーバーが鍵を知るまで待つ秒数 / how many seconds the servers are given to learn of the key"
    made["rotate"].add_argument("--wait", type=int, metavar="SECONDS", help=waits)
    older = "この日数より古い鍵だけ(はじめは365) / only keys older than so many days (365)"
    made["seats"].add_argument("--older-than", type=int, metavar="DAYS", default=DAYS_OF_A_SEAT, help=older)
    made["renewed"].add_argument("kind", choices=[kind.code for kind in NOTED])


def _list(_asked: argparse.Namespace) -> int:
    with make_ready(_folder_ready()).app_context():
        for key in ring_keys():
            state = (
                "  書き込み中 / writes" if key.is_active else "  確認用に一部だけ / verifies" if key.is_retired else ""
            )
            print(f"  {key.key_id.hex()}  {key.created:%Y-%m-%d}{state}")
    return DONE


def _report(_asked: argparse.Namespace) -> int:
    config = _folder_ready()
    with make_ready(config).app_context():
        print(f"  鍵束を包むもの / the ring is wrapped by: {how_it_lies(config)}")
        for line in standing():
            print(_line(line))
        for term in terms():
            state = "替える時期です / due" if term.is_over else ""
            name = "ring" if KEY_RULES[term.kind].purpose else term.kind.code
            print(f"  {name:<14}{term.began_at.astimezone(TOKYO):%Y-%m-%d} → {term.ends_at:%Y-%m-%d}  {state}")
    return DONE


def _line(line: Standing) -> str:
    state = "" if line.is_active else f"  {KEY_RULES[line.kind].renewal.ja} / {KEY_RULES[line.kind].renewal.en}"
    if not line.is_held:
        state = "  この鍵はありません / this key is not there"
    return f"  {line.kind.code:<14}{line.key_id.hex():<{LETTERS + 2}}{line.count:>9}{state}"


def _rotate(asked: argparse.Namespace) -> int:
    config = _folder_ready()
    app = make_ready(config)
    wait = asked.wait if asked.wait is not None else _learning_takes(config)
    with app.app_context():
        added = begin_rotation()
    if added is None:
        say("前の続きから始めます。", "Going on where it was left.")
    else:
        say(f"鍵 {added.hex()} で書き始めます({wait}秒待ちます)。", f"This key will write, after {wait} seconds.")
        time.sleep(wait)
        with app.app_context():
            activate(added)
        # Until a server has seen that, it writes with the older key: what it wrote meanwhile is made anew as well.
        time.sleep(wait)
    count = renew_all(app, _progress)
    say(f"{count}件を新しくしました。", f"{count} things were made anew.")
    return _report(asked)


def _learning_takes(config: Config) -> int:
    """How long the processes beside this command take to look at the ring: twice the time between two looks."""
    try:
        with DataFolder(config.data).used(alone=True):
            nobody_runs = config.database_url is None
    except InUse:
        nobody_runs = False
    return 0 if nobody_runs else 2 * max(config.sweep_seconds, int(LOOKS_EVERY)) + 5


def _add(_asked: argparse.Namespace) -> int:
    with make_ready(_folder_ready()).app_context():
        key_id = add_key()
    say(
        f"鍵 {key_id.hex()} を足しました。すべてのサーバーがこの鍵を知ってから activate してください(同じファイルを読む"
        "サーバーは、次の定時の仕事のときに自分で知ります)。",
        "The key was added. Activate it when every server knows it; those that read the same file learn of it at the "
        "next turn of the clock.",
    )
    return DONE


def _activate(asked: argparse.Namespace) -> int:
    with make_ready(_folder_ready()).app_context():
        try:
            key_id = key_beginning(ring(), asked.key)
            activate(key_id)
        except NoSuchKey:
            return _no_such_key()
    say(
        f"鍵 {key_id.hex()} で書きます。すべてのサーバーがそれを知ってから reseal してください。",
        "This key writes from now on. Reseal when every server knows of it.",
    )
    return DONE


def _reseal(_asked: argparse.Namespace) -> int:
    count = renew_all(make_ready(_folder_ready()), _progress)
    say(f"{count}件を新しくしました。", f"{count} things were made anew.")
    return DONE


def _retire(asked: argparse.Namespace) -> int:
    with make_ready(_folder_ready()).app_context():
        try:
            key_id = key_beginning(ring(), asked.key)
            retire(key_id)
        except NoSuchKey:
            return _no_such_key()
        except StillWrites:
            complain("書き込みに使っている鍵は外せません。", "The key that writes is not retired.")
            return FAILED
        except StillHolds as still:
            complain(
                "この鍵で守られているものがまだあります。",
                "Something still stands under this key. It stays.",
            )
            for line in still.held:
                complain(f"  ・{line.kind.ja} {line.count}件", f"    {line.kind.en}: {line.count}")
            return FAILED
    say(
        f"鍵 {key_id.hex()} を外しました。すべてのサーバーを再起動してください。"
        "これより前のバックアップを戻すには、外す前の鍵束が要ります。",
        "The key was retired. To restore an older backup the ring from before is needed. Restart the servers.",
    )
    return DONE


def _wrap(_asked: argparse.Namespace) -> int:
    config = _folder_ready()
    # In an installation that has none yet the ring is made as the settings say, and there is nothing to wrap anew.
    is_there = place_of_ring(config).is_there()
    before, after = wrap_as_set(config) if is_there else ("", "")
    with make_ready(config).app_context():
        after = after or how_it_lies(config)
        if config.keyring_wrapped_by != "nothing" and before != after:
            with transaction():
                note_renewed(KeyKind.WRAPPING)
    say(
        f"鍵束を包むもの: {before or '-'} → {after}。動いているサーバーは再起動してください。",
        f"The ring is wrapped by: {before or '-'} → {after}. Restart the servers that are running.",
    )
    return DONE


def _seats(asked: argparse.Namespace) -> int:
    app = make_ready(_folder_ready())
    with app.app_context():
        ids = [seat.id for seat in seats_to_renew(now() - timedelta(days=asked.older_than))]
    renewed = 0
    for done, seat_id in enumerate(ids, start=1):
        with app.app_context(), transaction() as session:
            renewed += renew_seat(session.get_one(Seat, seat_id))
        _progress("seat", done, len(ids))
    say(f"{renewed}の席の鍵を新しくしました。", f"New epochs of {renewed} seats have begun.")
    return DONE


def _renewed(asked: argparse.Namespace) -> int:
    with make_ready(_folder_ready()).app_context(), transaction():
        note_renewed(KeyKind(asked.kind))
    say("替えたことを書きとめました。", "The renewal was noted.")
    return DONE


def _no_such_key() -> int:
    complain("その番号の鍵は一つに決まりません。", "No single key has an id that begins so.")
    return FAILED


def _progress(what: str, done: int, all_: int) -> None:
    print(f"  {what}: {done}/{all_}", flush=True)


def _folder_ready() -> Config:
    config = read_config()
    DataFolder(config.data).take()
    return config
