"""The command about the public list: writing it as files for the association's own site."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from app.operations.data_folder import DataFolder
from app.operations.registry_export import FolderNotOurs, export_registry
from app.operations.serving import make_ready
from app.operations.settings import read_config
from app.operations.terminal import complain, say

Command = Callable[[argparse.Namespace], int]
DONE, FAILED = 0, 1


def add_to(add: Callable[[str, str, Command], argparse.ArgumentParser]) -> None:
    """Offer the command about the public list."""
    exporting = add(
        "export-registry", "認定会社の一覧をフォルダに書き出す / write the public list to a folder", _export
    )
    exporting.add_argument("folder", type=Path, metavar="FOLDER")


def _export(asked: argparse.Namespace) -> int:
    config = read_config()
    DataFolder(config.data).take()
    with make_ready(config).app_context():
        try:
            count = export_registry(asked.folder)
        except FolderNotOurs:
            complain(
                "書き出し先にほかのファイルがあります。空のフォルダか、前に書き出したフォルダを指定してください。",
                "The folder holds other files. Name an empty one, or one that was exported to before.",
            )
            return FAILED
    say(
        f"認定会社{count}社の一覧を {asked.folder} に書き出しました。いまの状態へのリンク先: {config.base_url}",
        f"Wrote the list of {count} companies to {asked.folder}. Its links to live status lead to {config.base_url}",
    )
    return DONE
