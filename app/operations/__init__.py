"""Operations: what an administrator runs and watches."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("operations", __name__, url_prefix="/operations")
