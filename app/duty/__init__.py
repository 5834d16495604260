"""Duty: the desk's rota, and the alarm about danger that wakes whoever is on it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("duty", __name__, url_prefix="/desk/duty")
