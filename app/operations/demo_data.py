"""The demonstration: a fictional association that is loaded into an empty installation, and never into another."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from flask import Flask
from sqlalchemy import Select, select

from app.operations.terminal import say
from app.pipeline.transaction import db
from config import Config
from models.case import Case
from models.company import Company
from models.person import Person

LOADED = "demo"
UNFINISHED = "demo-unfinished"
# Loaded only when it is asked for: no server that works for real people carries it in memory.
LOADER = "app.operations.demo.load"


@dataclass(frozen=True)
class SignIn:
    """Somebody of the demonstration whom a visitor may try to be; nothing about it is secret."""

    role: str
    mail: str
    password: str


class NotEmpty(Exception):
    """The installation holds something already; demo data is never mixed into it."""


class Interrupted(Exception):
    """An earlier loading was interrupted, and half of an association is of no use to anybody."""


class Loader(Protocol):
    """What the module that holds the demonstration offers."""

    def load(self, app: Flask) -> list[SignIn]:
        """Load everything, and tell as whom a visitor may sign in."""


def is_empty(app: Flask) -> bool:
    """Whether nobody and nothing was ever entered."""
    anything: tuple[Select[tuple[object]], ...] = (select(Person.id), select(Company.id), select(Case.id))
    with app.app_context():
        return all(db().scalar(query.limit(1)) is None for query in anything)


def load_demo(app: Flask) -> None:
    """Load the demonstration. Raises NotEmpty or Interrupted."""
    folder = _folder(app)
    if (folder / UNFINISHED).exists():
        raise Interrupted
    if not is_empty(app):
        raise NotEmpty
    (folder / UNFINISHED).touch()
    people = _loader().load(app)
    (folder / UNFINISHED).write_text(
        json.dumps([asdict(each) for each in people], ensure_ascii=False), encoding="utf-8"
    )
    (folder / UNFINISHED).replace(folder / LOADED)


def load_demo_if_empty(app: Flask) -> None:
    """Load the demonstration at the first start; later starts keep what there is. Raises Interrupted."""
    if (_folder(app) / UNFINISHED).exists():
        raise Interrupted
    if is_empty(app):
        say("デモの協会を用意しています。少しお待ちください。", "Preparing the demonstration. This takes a moment.")
        load_demo(app)


def sign_ins(data: Path) -> list[SignIn]:
    """The sign-ins of the demonstration, where the installation is one."""
    try:
        rows = json.loads((data / LOADED).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return [SignIn(**row) for row in rows]


def _folder(app: Flask) -> Path:
    config: Config = app.config["KIKITE"]
    return config.data


def _loader() -> Loader:
    # A module is taken for what it offers.
    return cast(Loader, import_module(LOADER))
