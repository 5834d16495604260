"""The secretariat's control room: what is due, where companies stand, and what waits, each number with its list."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("control", __name__, url_prefix="/control")
