"""The commands of python -m app: each does one thing and says, in Japanese and English, what came of it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from flask import Flask
from sqlalchemy.exc import DBAPIError

from app import create_app
from app.operations import (
    backup_commands,
    file_commands,
    key_commands,
    policy_commands,
    record_commands,
    recovery_commands,
    registry_commands,
    translations,
)
from app.operations.apart import apart
from app.operations.data_folder import DataFolder, HalfRestored, InUse, NotOurs
from app.operations.demo_data import Interrupted, NotEmpty, SignIn, load_demo, load_demo_if_empty, sign_ins
from app.operations.outbox import send_waiting, try_again
from app.operations.ring_words import tell_of
from app.operations.rule_tables import write_tables
from app.operations.scheduler import Scheduler
from app.operations.schema import SchemaBehind, bring_up, draft_migrations
from app.operations.serving import NoPort, address_of, config_for, make_ready, serve, take_port
from app.operations.settings import SettingsWrong, read_config, unknown_settings
from app.operations.sweep import sweep
from app.operations.terminal import complain, say, speak_any_letter
from app.pipeline.database import DatabaseBusy
from app.pipeline.ring_place import RingRefused
from config import Config
from crypto import KeyRing
from models.rules.national_holidays import write_national_holidays

DONE, FAILED, WRONG = 0, 1, 2
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
TABLES = Path(__file__).parents[2] / "docs" / "generated"
SWEEP_WAITS = 120.0
YES = frozenset({"はい", "yes", "y"})

# What may go wrong before a command has begun, and the sentence for it.
REFUSALS: dict[type[Exception], tuple[str, str]] = {
    NotOurs: (
        "データフォルダにほかのファイルがあります。空のフォルダを KIKITE_DATA に指定してください。",
        "The data folder holds other files. Name an empty folder in KIKITE_DATA.",
    ),
    InUse: (
        "このデータフォルダはいま使われています。動いているサーバーを止めてからもう一度お試しください。",
        "The data folder is in use. Stop the running server and try again.",
    ),
    HalfRestored: (
        "バックアップを戻す作業が途中で止まっています。make reset で空にしてから、もう一度戻してください。",
        "A backup was put back by half. Empty the folder with make reset and put it back again.",
    ),
    NoPort: (
        "そのポートは使えません。ほかの番号を --port で指定してください。",
        "The port cannot be used. Name another with --port.",
    ),
    NotEmpty: (
        "すでにデータがあるため、デモのデータは入れません。",
        "There is data already; the demonstration is not loaded into it.",
    ),
    Interrupted: (
        "前回のデモの準備が途中で止まっています。make reset で空にしてから、もう一度お試しください。",
        "The last loading of the demonstration was interrupted. Empty the folder with make reset and try again.",
    ),
    SchemaBehind: (
        "データベースの形が古く、この利用者では変えられません。持ち主の利用者で python -m app migrate をしてください。",
        "The tables are not the newest, and this role may not change them. Run python -m app migrate as their owner.",
    ),
    DatabaseBusy: (
        "データベースが使用中で書き込めませんでした。しばらくしてからお試しください。",
        "The database was busy and could not be written to. Try again in a moment.",
    ),
    DBAPIError: (
        "データベースを使えませんでした。接続先と空き容量を確かめてください。",
        "The database could not be used. Check its address and the free space.",
    ),
    PermissionError: (
        "ファイルを読み書きする許可がありません。データフォルダの持ち主を確かめてください。",
        "A file may not be read or written. Check who owns the data folder.",
    ),
    OSError: (
        "ファイルを読み書きできませんでした。空き容量を確かめてください。",
        "A file could not be read or written. Check the free space.",
    ),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit status: 0 done, 1 it could not be done, 2 it was asked for wrongly."""
    speak_any_letter()
    # Whatever a command makes is its owner's alone.
    os.umask(0o077)
    asked = _parser().parse_args(argv)
    return _told(lambda: asked.command(asked))


def _told(work: Callable[[], int]) -> int:
    """Do something; what was foreseen to go wrong becomes a sentence and an exit status."""
    try:
        return work()
    except SettingsWrong as wrong:
        complain("設定に誤りがあります。", "The settings cannot be used.")
        for problem in wrong.problems:
            complain(f"  ・{problem.ja}", f"    {problem.en}")
        return WRONG
    except RingRefused as refused:
        tell_of(refused)
        return FAILED
    except tuple(REFUSALS) as refusal:
        complain(*next(words for kind, words in REFUSALS.items() if isinstance(refusal, kind)))
        return FAILED
    except KeyboardInterrupt:
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app", description="聞き手 / Kikite")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, words: str, command: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=words, description=words)
        made.set_defaults(command=command)
        return made

    serving = add("serve", "サービスを始める / serve the pages", _serve)
    serving.add_argument(
        "--demo", action="store_true", help="空ならデモの協会を入れる / load the demonstration if empty"
    )
    serving.add_argument("--port", type=int, help="既定は8000から空いている番号 / the first free one from 8000")
    serving.add_argument("--host", default="127.0.0.1")
    once = "一度だけ行って終わる / do it once and end"
    add("sweep", "期日による処理をする / do what falls due", _sweep).add_argument(
        "--once", action="store_true", help=once
    )
    sending = add("outbox", "待っているメールを送る / send the mails that wait", _outbox)
    sending.add_argument("--once", action="store_true", help=once)
    sending.add_argument("--again", action="store_true", help="あきらめたメールも送り直す / also those given up")
    migrating = add("migrate", "データベースを最新の形にする / bring the databases up to date", _migrate)
    migrating.add_argument("--new", metavar="NAME", help="次のマイグレーションを下書きする / draft the next migration")
    words = add("translations", "ことばを用意する / compile the words of each language", _translations)
    words.add_argument("--extract", action="store_true", help="原文を集める / gather the texts first")

    add("reset", "データフォルダを空にする(確認あり) / empty the data folder, after asking", _reset)
    journey = add("journey", "相談を最初から最後まで進めてみる / drive consultations along the whole road", _journey)
    journey.add_argument("file", type=Path)
    journey.add_argument("data", type=Path)
    simulate = add("simulate", "協会の数年を一日ずつ試す / let an association live for years, day by day", _simulate)
    simulate.add_argument("--seed", type=int, default=1)
    simulate.add_argument("--companies", type=int, default=300)
    simulate.add_argument("--years", type=float, default=5)
    add("demo", "デモの協会を入れる / load the demonstration", _demo)
    add("rule-tables", "規則の表を docs/generated に書く / write the tables of the rules", _rule_tables)
    record_commands.add_to(add)
    recovery_commands.add_to(add)
    file_commands.add_to(add)
    policy_commands.add_to(add)
    key_commands.add_to(add)
    registry_commands.add_to(add)
    backup_commands.add_to(add)
    return parser


def _serve(asked: argparse.Namespace) -> int:
    given = read_config()
    for name in unknown_settings():
        complain(f"{name} という設定はありません。", f"There is no setting named {name}.")
    wants_demo = asked.demo or given.demo
    if wants_demo and asked.host not in LOOPBACK:
        complain(
            "デモのパスワードは公開されています。この機械の外へは開きません。",
            "The passwords of the demonstration are public. It is not opened beyond this machine.",
        )
        return WRONG
    folder = DataFolder(given.data)
    folder.take()
    with folder.used(), take_port(asked.host, asked.port) as listener:
        config, address = config_for(given, listener), address_of(listener)
        status = apart(lambda: _told(lambda: _prepare(config, wants_demo=wants_demo)))
        if status != DONE:
            return status
        if wants_demo or sign_ins(config.data):
            # Its passwords are public, and nobody who looks at it has its people's telephones.
            config = replace(config, second_factor="offered")
        app = create_app(config)

        def greet() -> None:
            _greet(config, address, sign_ins(config.data) if wants_demo else [])

        status = serve(
            app,
            listener,
            workers=config.workers,
            threads=config.threads,
            every=config.sweep_seconds,
            ready=greet,
        )
    say("止めました。", "Stopped.")
    return status


def _prepare(config: Config, *, wants_demo: bool) -> int:
    app = make_ready(config)
    if wants_demo:
        load_demo_if_empty(app)
    return DONE


def _greet(config: Config, address: str, people: Sequence[SignIn]) -> None:
    say(f"聞き手を始めました: {address}", f"Kikite is running at {address}")
    if config.base_url.rstrip("/") != address:
        say(f"開くアドレス: {config.base_url}", f"People open it at {config.base_url}")
    if people:
        say("\nデモのサインイン(実在しない人たちです)", "Sign-ins of the demonstration (nobody of them is real)")
        width = max(len(each.mail) for each in people)
        for each in people:
            print(f"  {each.mail:<{width}}  {each.password}  {each.role}")
    say("止めるときは Ctrl-C を押してください。", "Press Ctrl-C to stop.")


def _sweep(asked: argparse.Namespace) -> int:
    config, app = _working()
    if not asked.once:
        return _keep_at_it(config, app)
    came_of_it = sweep(app, wait_seconds=SWEEP_WAITS)
    if came_of_it.left_to_another:
        complain("別の処理が続いています。", "Another process is still at it.")
        return FAILED
    say(f"期日による処理: {len(came_of_it.done)}件", f"Work by the clock: {len(came_of_it.done)} done")
    for name in came_of_it.failed:
        complain(f"  できなかった処理: {name}", f"  Could not be done: {name}")
    return FAILED if came_of_it.failed else DONE


def _keep_at_it(config: Config, app: Flask) -> int:
    """The work by the clock alone, for an installation whose servers are many."""
    say(
        "期日による処理を続けます。止めるときは Ctrl-C を押してください。",
        "Working by the clock. Press Ctrl-C to stop.",
    )
    Scheduler(app, every_seconds=config.sweep_seconds).run()
    return DONE


def _outbox(asked: argparse.Namespace) -> int:
    config, app = _working()
    if asked.again:
        count = try_again(app)
        say(f"送り直すメール: {count}通", f"Mails to be tried again: {count}")
    if not asked.once:
        return _keep_at_it(config, app)
    came_of_it = send_waiting(app)
    say(
        f"送信: {came_of_it.sent}通、再送待ち: {came_of_it.failed}通、送信をあきらめた: {came_of_it.given_up}通",
        f"Sent: {came_of_it.sent}, to be tried again: {came_of_it.failed}, given up: {came_of_it.given_up}",
    )
    return FAILED if came_of_it.failed or came_of_it.given_up else DONE


def _migrate(asked: argparse.Namespace) -> int:
    if asked.new is None:
        config = read_config()
        if config.migration_databases is None:
            _working()
        else:
            # As whoever owns the tables, who opens nothing in them: the ring is not shown to that role.
            DataFolder(config.data).take()
            bring_up(create_app(config, ring=KeyRing.generate()))
        say("データベースは最新の形です。", "The databases are up to date.")
        return DONE
    drafted = draft_migrations(asked.new)
    for name in drafted:
        say(f"下書きしました: {name}(読んで直してください)", f"Drafted: {name} (read it before committing it)")
    if not drafted:
        say("表に変わりはありません。", "The tables have not changed.")
    return DONE


def _translations(asked: argparse.Namespace) -> int:
    if asked.extract:
        for path in translations.extract():
            say(f"更新: {path.name}", f"Updated: {path.name}")
    translations.compile_catalogues()
    return DONE


def _reset(_asked: argparse.Namespace) -> int:
    config = read_config()
    folder = DataFolder(config.data)
    if config.database_url is not None:
        complain(
            "PostgreSQL のデータベースはここからは消しません。二つのデータベースを手で作り直してください。",
            "PostgreSQL databases are not emptied from here. Drop and create both of them by hand.",
        )
        return WRONG
    if not folder.is_ours():
        complain(
            f"{config.data} は聞き手のデータフォルダではありません。何も消していません。",
            f"{config.data} is not a data folder of Kikite. Nothing was removed.",
        )
        return FAILED if config.data.exists() else DONE
    with folder.used(alone=True):
        say(
            f"{config.data.resolve()} の相談・記録・鍵をすべて消します。元には戻せません。",
            "Every consultation, record and key in this folder will be removed for good.",
        )
        print("消してよければ「はい」か yes と入力してください / Type yes to go on: ", end="", flush=True)
        if sys.stdin.readline().strip().lower() not in YES:
            say("\n何も消していません。", "Nothing was removed.")
            return FAILED
        left = folder.empty()
    say("\n空にしました。", "The folder is empty.")
    if left:
        say(f"ほかのファイルは残しました: {', '.join(left)}", "Other files were left where they are.")
    return DONE


def _journey(asked: argparse.Namespace) -> int:
    # Its instance is its own: none of this machine's settings, and nothing of it in a server's memory.
    status: int = import_module("app.operations.journey.run").run(asked.file, asked.data)
    return status


def _simulate(asked: argparse.Namespace) -> int:
    if asked.companies < 1 or asked.years <= 0:
        complain("会社の数と年数は、1以上にしてください。", "Give at least one company and some years.")
        return WRONG
    # As for a journey: an installation of its own, and nothing of it in a server's memory.
    simulation = import_module("app.operations.simulation.run")
    status: int = simulation.run(seed=asked.seed, companies=asked.companies, years=asked.years)
    return status


def _demo(_asked: argparse.Namespace) -> int:
    _config, app = _working()
    load_demo(app)
    say("デモの協会を入れました。", "The demonstration is loaded.")
    return DONE


def _rule_tables(_asked: argparse.Namespace) -> int:
    write_national_holidays()
    written = write_tables(TABLES)
    say(f"{len(written)}個の表を書きました。", f"{len(written)} tables were written.")
    return DONE


def _working() -> tuple[Config, Flask]:
    """The installation that the settings name, made ready for a command."""
    config = read_config()
    DataFolder(config.data).take()
    return config, make_ready(config)
