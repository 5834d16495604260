"""Pledges: how a certified company stands towards the nine, and its confirmation of each, once a year."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("pledges", __name__, url_prefix="/pledges")
