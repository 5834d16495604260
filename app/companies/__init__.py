"""Companies: members with their dated names, sites, relations and officers."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("companies", __name__, url_prefix="/companies")
