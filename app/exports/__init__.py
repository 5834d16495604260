"""Exporting cases in bulk: asked by one, approved by another, made once; coded facts, states and dates, and no word."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("exports", __name__, url_prefix="/exports")
