"""Bringing both databases of an installation to the schema that the code expects."""

from __future__ import annotations

from flask import Flask

from app.pipeline.secrets import KeyStore
from app.pipeline.transaction import Transactions
from models import schema


def bring_up(app: Flask) -> None:
    """Upgrade the main database and the key store to their newest revision."""
    main: Transactions = app.extensions["kikite_transactions"]
    keys: KeyStore = app.extensions["kikite_key_store"]
    schema.upgrade(main.engine, schema.MAIN)
    schema.upgrade(keys.engine, schema.KEY_STORE)


def is_up_to_date(app: Flask) -> bool:
    """Whether both databases are at the newest revision."""
    main: Transactions = app.extensions["kikite_transactions"]
    keys: KeyStore = app.extensions["kikite_key_store"]
    return schema.current_revision(main.engine) == schema.newest_revision(schema.MAIN) and schema.current_revision(
        keys.engine
    ) == schema.newest_revision(schema.KEY_STORE)
