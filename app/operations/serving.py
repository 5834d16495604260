"""Serving: an installation is made ready, the pages are warmed up, and gunicorn answers from a few small processes."""

from __future__ import annotations

import gc
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib.util import cache_from_source
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.orm import configure_mappers

from app import create_app
from app.operations.apart import apart
from app.operations.destroyed_keys import destroy_what_came_back
from app.operations.evenly import EvenWorker, even_settings
from app.operations.heads import heads_ahead
from app.operations.lanes import WorkerOfLanes
from app.operations.memory import give_memory_back, keep_memory_together
from app.operations.scheduler import Scheduler
from app.operations.schema import bring_up
from app.operations.terminal import complain
from app.pipeline.ring_fits import demand_that_it_fits
from app.pipeline.secrets import KeyStore
from app.pipeline.transaction import Transactions
from config import OWN_ADDRESS, Config

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = structlog.get_logger()
FIRST_PORT = 8000
PORTS_TO_TRY = 100
BACKLOG = 512
STOPPING_SECONDS = 20
STUCK_SECONDS = 60
WARMED_PAGES = ("/", "/sign-in")


class NoPort(Exception):
    """No port could be taken."""


def take_port(host: str, port: int | None) -> socket.socket:
    """Listen on the port that was asked for, or on the first that is free from 8000 on. Raises NoPort."""
    for candidate in range(FIRST_PORT, FIRST_PORT + PORTS_TO_TRY) if port is None else (port,):
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(BACKLOG)
        except OSError:
            listener.close()
        else:
            return listener
    raise NoPort


def address_of(listener: socket.socket) -> str:
    """The address that a browser on this machine opens."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def config_for(config: Config, listener: socket.socket) -> Config:
    """The settings, with the address of the port that was taken where no address was set."""
    return replace(config, base_url=address_of(listener)) if config.base_url == OWN_ADDRESS else config


def make_ready(config: Config) -> Flask:
    """The application with its folder, keys and schema; what is missing is made."""
    app = create_app(config)
    bring_up(app)
    demand_that_it_fits(app)
    with app.app_context():
        back, behind = destroy_what_came_back(), len(heads_ahead())
    if behind:
        log.warning("record_is_behind", count=behind)
        complain(
            f"古いバックアップが戻されています。より新しい署名のときにあった記録が、{behind}本の鎖にありません。",
            f"An old backup was put back: {behind} chains of the record lack what a newer signed head saw.",
        )
    if back:
        complain(
            f"破棄した鍵が、古いバックアップから{back}本戻っていました。もう一度破棄しました。消去した相談は読めません。",
            f"An old backup had brought back {back} destroyed keys. They were destroyed again.",
        )
    return app


def serve(
    app: Flask, listener: socket.socket, *, workers: int, threads: int, every: int, ready: Callable[[], None]
) -> int:
    """Answer until told to stop; gives the exit status."""
    warm_up(app)
    let_go_of_connections(app)
    settings = {
        **gunicorn_settings(listener, workers=workers, threads=threads, with_clock=True),
        "worker_class": WorkerOfLanes,
        "when_ready": lambda _server: ready(),
        "post_worker_init": lambda worker: _begin_clockwork(worker, app, every),
        "worker_exit": lambda _server, worker: _end_clockwork(worker),
    }
    began_in = os.getpid()
    try:
        Gunicorn(app, settings).run()
    except SystemExit as stopped:
        if os.getpid() != began_in:
            # A worker ends here too; what comes after serving is not its business.
            raise
        return int(stopped.code or 0)
    return 0


def gunicorn_settings(
    listener: socket.socket, *, workers: int, threads: int, with_clock: bool = False
) -> dict[str, Any]:
    """How gunicorn serves, here and wherever something is compared with it; from here on the socket is gunicorn's."""
    keep_memory_together()
    # What is there now is shared by every worker; without this the collector would touch, and so copy, all of it.
    gc.collect()
    give_memory_back()
    gc.freeze()
    return {
        "bind": f"fd://{listener.detach()}",
        **even_settings(workers, with_clock=with_clock),
        "threads": threads,
        "preload_app": True,
        "timeout": STUCK_SECONDS,
        "graceful_timeout": STOPPING_SECONDS,
        "keepalive": 5,
        "proc_name": "kikite",
        "accesslog": None,
        "logger_class": QuietLogger,
        "control_socket_disable": True,
        # No header from outside says where the application lies or which page is meant.
        "forwarder_headers": "",
    }


class CompiledPages(FileSystemBytecodeCache):
    """Templates as they were compiled before; one whose file is spoilt is compiled anew."""

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # noqa: BLE001 - whatever a file that was cut off makes of itself
            bucket.reset()


def warm_up(app: Flask) -> None:
    """Do before the first visitor what would make her wait: read templates, words, tables and the calendar."""
    with compiled_pages(app) as folder:
        # To compile a page leaves holes in memory that every worker would carry; a process of its own takes them along.
        app.jinja_env.bytecode_cache = CompiledPages(folder)
        apart(lambda: _read_templates(app))
        _read_templates(app)
        app.jinja_env.bytecode_cache = None
    # What joins the classes to their tables is the same in every worker, and each would need a second for it.
    configure_mappers()
    browser = app.test_client()
    for page in WARMED_PAGES:
        browser.get(page)


@contextmanager
def compiled_pages(app: Flask) -> Iterator[str]:
    """Where compiled templates lie: kept with the compiled code where Python keeps that, else for this start alone."""
    if not sys.dont_write_bytecode:
        kept = Path(cache_from_source(f"{app.template_folder}/page.py")).parent
        with suppress(OSError):
            kept.mkdir(parents=True, exist_ok=True)
        if os.access(kept, os.W_OK):
            yield str(kept)
            return
    with TemporaryDirectory(prefix="kikite-pages-") as folder:
        yield folder


def _read_templates(app: Flask) -> int:
    for name in app.jinja_env.list_templates(extensions=("html", "txt")):
        app.jinja_env.get_template(name)
    return 0


def let_go_of_connections(app: Flask) -> None:
    """Close every connection before processes part: one that is shared by two of them would be the end of both."""
    main: Transactions = app.extensions["kikite_transactions"]
    keys: KeyStore = app.extensions["kikite_key_store"]
    main.engine.dispose()
    keys.engine.dispose()


def _begin_clockwork(worker: EvenWorker, app: Flask, every: int) -> None:
    if worker.answers:
        return
    worker.kikite_scheduler = Scheduler(app, every_seconds=every)
    worker.kikite_scheduler.start()


def _end_clockwork(worker: Any) -> None:
    with suppress(AttributeError):
        worker.kikite_scheduler.stop()


class Gunicorn(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types.
    """Gunicorn, told everything by us and nothing by files or the environment."""

    def __init__(self, app: WSGIApplication, settings: dict[str, Any]) -> None:
        self._app = app
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        return self._app


class QuietLogger(Logger):  # type: ignore[misc]  # gunicorn carries no types.
    """Gunicorn's trouble as lines of our own log: where it arose and of which kind, never an address or a path."""

    def critical(self, *_args: Any, **_more: Any) -> None:
        log.critical("server", place=_place())

    def error(self, *_args: Any, **_more: Any) -> None:
        log.error("server", place=_place())

    def exception(self, *_args: Any, **_more: Any) -> None:
        kind = sys.exc_info()[0]
        log.error("server", place=_place(), kind=kind.__name__ if kind else None)

    def warning(self, *_args: Any, **_more: Any) -> None:
        """Warnings are about single requests, with the visitor's address."""

    def info(self, *_args: Any, **_more: Any) -> None:
        """Nobody needs to be told that all is well."""

    def debug(self, *_args: Any, **_more: Any) -> None:
        """The same."""

    def log(self, lvl: int, *_args: Any, **_more: Any) -> None:
        if lvl >= 40:  # noqa: PLR2004 - the library's own number for an error
            log.error("server", place=_place())

    def access(self, *_args: Any, **_more: Any) -> None:
        """Who came, and when, is not written down."""


def _place() -> str:
    frame = sys._getframe(2)  # noqa: SLF001 - the caller of the logger, which alone knows what went wrong
    return f"{frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_lineno}"
