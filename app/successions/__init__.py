"""Successions (合併・分割・事業譲渡): one company follows another from a day on, by rules and with two people."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("successions", __name__, url_prefix="/successions")
