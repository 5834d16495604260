"""Certifications: their life, what a resolution does to them, and the use of the mark."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("certifications", __name__, url_prefix="/certifications")
