"""The public registry: who is certified, by date, for people and for machines."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("registry", __name__)
