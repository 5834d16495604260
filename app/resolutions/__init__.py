"""Resolutions: what is put before the board, heard, voted on and decided."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("resolutions", __name__, url_prefix="/board")
