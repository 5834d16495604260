"""Attachments: files that are given to a consultation, cleaned on arrival, sealed, shown without running anything."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("attachments", __name__)
