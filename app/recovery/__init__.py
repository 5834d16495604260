"""Recovery kits: cards on paper of which any k bring a seat's keys back, should every holder be lost."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("recovery", __name__, url_prefix="/recovery")
