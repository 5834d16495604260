"""Statistics: how many consulted, about what and how it ended, from coded answers alone and never of few people."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("statistics", __name__, url_prefix="/statistics")
