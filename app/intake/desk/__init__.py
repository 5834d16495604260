"""Keyed intake: somebody of the desk keys a consultation while she listens, or from a letter."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("keying", __name__, url_prefix="/phone")
