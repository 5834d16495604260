"""Whether this process can do its work, for whoever watches over it; it tells nothing else."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from app.pipeline.access import public
from app.pipeline.secrets import key_store
from app.pipeline.transaction import db


@public()
def health() -> ResponseReturnValue:
    """Both databases answer, or the page for what cannot be stored is the answer."""
    db().execute(text("SELECT 1"))
    with key_store().engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return Response("ok\n", content_type="text/plain; charset=utf-8")
