"""Applications for certification: a company files its nine pledges, the secretariat reviews them, the board decides."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("applications", __name__, url_prefix="/applications")
