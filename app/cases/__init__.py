"""Cases: the desk reads, triages, prepares what may be told, forwards, reviews and closes."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("cases", __name__, url_prefix="/desk")
