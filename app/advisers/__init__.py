"""External advisers: one part of one case, shown until a day with the consulter's yes, and what they advise."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("advisers", __name__)
