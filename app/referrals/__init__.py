"""Other places to turn to: the numbers that consulters are shown, and what of them is still to be checked."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("referrals", __name__)
