"""Audits: samples that the auditor draws, and what was read unusually; never what anybody wrote."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("audits", __name__, url_prefix="/audits")
