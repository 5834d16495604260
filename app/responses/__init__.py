"""Responses: a company's officer sees what was forwarded, acts, replies and reports."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("responses", __name__, url_prefix="/office")
