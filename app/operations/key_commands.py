"""Commands about the server's key ring: list, add, activate, reseal."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from app.operations.data_folder import DataFolder
from app.operations.keys import NoSuchKey, key_beginning, reseal_all, write_ring
from app.operations.serving import make_ready
from app.operations.settings import read_config
from app.operations.terminal import complain, say
from app.pipeline.secrets import read_or_make_ring
from config import Config

Command = Callable[[argparse.Namespace], int]
DONE, FAILED = 0, 1


def add_to(add: Callable[[str, str, Command], argparse.ArgumentParser]) -> None:
    """Offer the commands about keys."""
    keys = add("keys", "サーバーの鍵を扱う / the server's key ring", _list)
    acts = keys.add_subparsers(metavar="ACT")
    for name, words, command in (
        ("list", "鍵の一覧 / list the keys", _list),
        ("add", "鍵を足す(まだ書かない) / add a key, which does not write yet", _add),
        ("activate", "その鍵で書き始める / let a key write", _activate),
        ("reseal", "古い鍵で封じたものを封じ直す / seal anew what an older key sealed", _reseal),
    ):
        act = acts.add_parser(name, help=words, description=words)
        act.set_defaults(command=command)
        if name == "activate":
            act.add_argument("key", help="鍵の番号(はじめの数文字でよい) / the key's id, or how it begins")


def _list(_asked: argparse.Namespace) -> int:
    ring = read_or_make_ring(_folder_ready().key_ring_path)
    for key_id in ring.key_ids:
        is_active = key_id == ring.active_id
        print(f"  {key_id.hex()}{'  書き込み中 / writes' if is_active else ''}")
    return DONE


def _add(_asked: argparse.Namespace) -> int:
    path = _folder_ready().key_ring_path
    ring = read_or_make_ring(path)
    key_id = ring.add()
    write_ring(path, ring)
    say(
        f"鍵 {key_id.hex()} を足しました。すべてのサーバーを再起動してから activate してください。",
        "The key was added. Restart every server, so that all know it, and then activate it.",
    )
    return DONE


def _activate(asked: argparse.Namespace) -> int:
    path = _folder_ready().key_ring_path
    ring = read_or_make_ring(path)
    try:
        key_id = key_beginning(ring, asked.key)
    except NoSuchKey:
        complain("その番号の鍵は一つに決まりません。", "No single key has an id that begins so.")
        return FAILED
    ring.make_active(key_id)
    write_ring(path, ring)
    say(
        f"鍵 {key_id.hex()} で書きます。サーバーを再起動し、そのあと reseal してください。",
        "This key writes from now on. Restart the servers, and then reseal.",
    )
    return DONE


def _reseal(_asked: argparse.Namespace) -> int:
    app = make_ready(_folder_ready())

    def progress(column: str, done: int, all_: int) -> None:
        print(f"  {column}: {done}/{all_}", flush=True)

    count = reseal_all(app, progress)
    say(f"{count}件を封じ直しました。", f"{count} values were sealed anew.")
    return DONE


def _folder_ready() -> Config:
    config = read_config()
    DataFolder(config.data).take()
    return config
