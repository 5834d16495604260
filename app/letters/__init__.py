"""Letters and certificates: their words as versions, and the file of each, made again byte for byte from its data."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("letters", __name__, url_prefix="/letters")
