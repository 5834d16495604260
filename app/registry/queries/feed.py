"""The public list as data, for /registry.json and for the export."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from flask import current_app

from app.registry.queries.listing import Entry, Published

SHAPE: Final = "kikite-registry/1"


def feed(entries: Sequence[Entry], revocations: Sequence[Published], *, on: date) -> dict[str, Any]:
    """The list of a day."""
    return {
        "shape": SHAPE,
        "association": str(current_app.config["KIKITE"].association_name),
        "on": on.isoformat(),
        "order": "kana",
        "companies": [_as_data(entry) for entry in entries],
        "revocations": [_revocation_as_data(one) for one in revocations],
    }


def _as_data(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "name": entry.name,
        "kana": entry.kana,
        "english": entry.english,
        "status": entry.status.value,
        "valid_from": entry.valid_from.isoformat(),
        "valid_to": entry.valid_to.isoformat(),
    }


def _revocation_as_data(one: Published) -> dict[str, Any]:
    return {"number": one.number, "name": one.name, "revoked_on": one.revoked_on.isoformat(), "ground": "pledge-9"}
