"""The telephone desk (電話相談室): calls and letters that are due, codes by voice, lost codes, and consumers."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("phone_desk", __name__, url_prefix="/phone")
