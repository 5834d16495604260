"""Mass incidents: many consultations about one company as a group, with one copy, one answer and a word to each."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("incidents", __name__)
