"""Company advice: what a company asks of the association for itself, apart from every consultation."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("advice", __name__, url_prefix="/advice")
