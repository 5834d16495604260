"""The rulebook: the rules that the secretariat changes by dated rows, what a change would do, and its log."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("rulebook", __name__, url_prefix="/rulebook")
