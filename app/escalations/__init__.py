"""Escalations: company files, reminders and numbered formal requests."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("escalations", __name__, url_prefix="/escalations")
