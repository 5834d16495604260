"""The command about files: tries the place where they lie, as an upload, a download and a removal would use it."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Callable
from contextlib import closing

from app.operations.data_folder import DataFolder
from app.operations.serving import make_ready
from app.operations.settings import read_config
from app.operations.terminal import complain, say
from app.pipeline.file_store import FileStore, files

Command = Callable[[argparse.Namespace], int]
DONE, FAILED = 0, 1
LARGE = 9 * 1024 * 1024
"""So large that a store which takes files part by part is given two parts."""


def add_to(add: Callable[[str, str, Command], argparse.ArgumentParser]) -> None:
    """Offer the command about files."""
    add("files", "ファイルの置き場所を試す / try the place for files", _files)


def _files(_asked: argparse.Namespace) -> int:
    config = read_config()
    DataFolder(config.data).take()
    with make_ready(config).app_context():
        store = files()
        say(f"ファイルの置き場所: {store.place}", f"The place for files: {store.place}")
        try:
            is_whole = _tried(store)
        except OSError as failure:
            why = f"{type(failure).__name__} {failure}".strip()
            complain(f"使えませんでした: {why}", f"It could not be used: {why}")
            return FAILED
    if not is_whole:
        complain("置いたものと違うものが返ってきました。", "What came back is not what was put there.")
        return FAILED
    say("置く・読む・数える・取り除く、すべてできました。", "Putting, reading, listing and removing all work.")
    return DONE


def _tried(store: FileStore) -> bool:
    name, content = secrets.token_hex(16), secrets.token_bytes(LARGE)
    staged = store.stage()
    try:
        staged.file.write(content)
        store.keep(staged, name)
        try:
            with closing(store.open(name)) as source:
                is_whole = b"".join(iter(lambda: source.read(LARGE), b"")) == content
            is_listed = name in {each for each, _since in store.names()}
        finally:
            store.remove(name)
        store.sweep_halves()
    finally:
        staged.discard()
    return is_whole and is_listed
