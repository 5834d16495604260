"""Surveys of certified companies: which were asked, and who has answered. What they answered is not kept here."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("surveys", __name__, url_prefix="/surveys")
