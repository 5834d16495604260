"""The commands about backups: making one while the service runs, and putting one back into an empty place."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

from app.operations.data_folder import DataFolder
from app.operations.serving import make_ready
from app.operations.settings import read_config
from app.operations.terminal import complain, say
from app.pipeline.clock import TOKYO

Command = Callable[[argparse.Namespace], int]
DONE, FAILED = 0, 1
DOES_NOT_FIT = {
    "older_keys": (
        "キーストアのコピーが、データベースのコピーより古いものです。間に届いた相談を読めなくなるため、戻していません。",
        "The copy of the key store is older than that of the database. Nothing was put back.",
    ),
    "other_database": (
        "バックアップと設定で、データベースの種類(SQLite か PostgreSQL か)が違います。戻していません。",
        "The backup and the settings name different kinds of databases. Nothing was put back.",
    ),
}


def add_to(add: Callable[[str, str, Command], argparse.ArgumentParser]) -> None:
    """Offer the commands about backups."""
    making = add("backup", "動かしたままバックアップをとる / make a backup while the service runs", _backup)
    making.add_argument("folder", type=Path, metavar="FOLDER")
    making.add_argument(
        "--with-key-ring",
        action="store_true",
        help="サーバーの鍵も含める(ほかの二つと別の場所に移すこと) / the key ring too; take it to another place",
    )
    restoring = add("restore", "バックアップを空の場所に戻す / put a backup back into an empty place", _restore)
    restoring.add_argument("folder", type=Path, metavar="FOLDER")
    restoring.add_argument(
        "--keys",
        type=Path,
        metavar="FOLDER",
        help="別に保管した keys / the part keys, from elsewhere",
    )
    restoring.add_argument(
        "--heads",
        type=Path,
        metavar="FOLDER",
        help="別に保管した heads フォルダ / the folder heads that was kept elsewhere",
    )
    restoring.add_argument(
        "--files-stay", action="store_true", help="ファイルは戻さない / the files lie where they were"
    )


def _part(name: str) -> ModuleType:
    # Loaded by these commands alone, and carried by nothing that serves.
    return import_module(f"app.operations.backups.{name}")


def _backup(asked: argparse.Namespace) -> int:
    config = read_config()
    folder = DataFolder(config.data)
    if not folder.is_ours():
        complain(
            f"{config.data} は聞き手のデータフォルダではありません。",
            f"{config.data} is not a data folder of Kikite.",
        )
        return FAILED
    folder.take()
    making = _part("making")
    with make_ready(config).app_context():
        return _told(lambda: _made(asked, making), asked)


def _made(asked: argparse.Namespace, making: ModuleType) -> int:
    made = making.back_up(asked.folder, with_ring=asked.with_key_ring)
    say(
        f"バックアップをとりました: {asked.folder}(ファイル{made.files}件)",
        f"The backup is in {asked.folder}, with {made.files} files.",
    )
    say(
        "main と keys を、それぞれ別の場所に移してください。keys は短い間だけ保管します。",
        "Take main and keys to two different places, and keep keys for a short time only.",
    )
    if asked.with_key_ring:
        say(
            "ring には、サーバーの鍵がそのまま入っています。三つめの場所に移してください。",
            "Take ring to a third place.",
        )
    else:
        say("サーバーの鍵は含めていません。別に保管してください。", "The key ring is not in it. Keep a copy elsewhere.")
    for name in made.missing:
        complain(f"  置き場所にないファイル: {name}", f"  A file that is not in its place: {name}")
    return FAILED if made.missing else DONE


def _restore(asked: argparse.Namespace) -> int:
    config, putting_back = read_config(), _part("putting_back")

    def restored() -> int:
        done = putting_back.put_back(
            config, asked.folder, keys_folder=asked.keys, heads=asked.heads, files_stay=asked.files_stay
        )
        made_at = done.made_at.astimezone(TOKYO)
        say(
            f"{made_at:%Y-%m-%d %H:%M} のバックアップを戻しました。それより後のことは入っていません。",
            f"The backup of {made_at:%Y-%m-%d %H:%M} was put back. Nothing later is in it.",
        )
        if done.missing:
            complain(
                f"{done.missing}件のファイルが、置き場所にありません。",
                f"{done.missing} files are not in their place.",
            )
        return FAILED if done.missing else DONE

    return _told(restored, asked)


def _told(work: Callable[[], int], asked: argparse.Namespace) -> int:
    """Do it; what was foreseen to go wrong becomes a sentence."""
    databases, manifest = _part("databases"), _part("manifest")
    making, putting_back = _part("making"), _part("putting_back")
    try:
        return work()
    except making.NotAnEmptyFolder:
        complain(f"{asked.folder} は空ではありません。", f"{asked.folder} is not empty.")
    except databases.NoProgram as missing:
        complain(f"{missing} がこの機械にありません。", f"{missing} is not on this machine.")
    except databases.CopyFailed as failure:
        complain(f"データベースを写せませんでした: {failure}", f"The database could not be copied: {failure}")
    except manifest.Altered as altered:
        complain(
            f"バックアップが作られたときと違います。戻していません: {altered}",
            f"The backup is not what was written. Nothing was put back: {altered}",
        )
    except manifest.OfAnother:
        complain(
            "このバックアップは、いまのサーバーの鍵で作られたものではありません。戻していません。",
            "No key of this ring has signed the backup. Nothing was put back.",
        )
    except putting_back.TargetNotEmpty as there:
        complain(f"戻す先が空ではありません: {there}", f"Where it should go is not empty: {there}")
    except putting_back.NoRing:
        complain(
            "サーバーの鍵がありません。先に鍵のファイルを置いてください(KIKITE_KEYRING_FILE)。",
            "There is no key ring. Put its file there first (KIKITE_KEYRING_FILE).",
        )
    except putting_back.DoesNotFit as why:
        complain(*DOES_NOT_FIT[str(why)])
    return FAILED
