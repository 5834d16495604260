"""Leaks: the worksheet that begins when something got into wrong hands, its days, its nine items and its proof."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("leaks", __name__, url_prefix="/desk/leaks")
