"""Language: Japanese or English, chosen without an account, and the way out."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("language", __name__)
