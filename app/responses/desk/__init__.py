"""Keyed for a company: what its officer said by telephone, letter or in person, entered by the desk and marked so."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("proxy", __name__, url_prefix="/keyed")
