"""Absences: who of a company is away from when until when, and on which days the company is closed."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("absences", __name__, url_prefix="/absences")
