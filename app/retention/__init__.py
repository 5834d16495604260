"""How long what was written is kept, and how it goes: by destroying keys, with proof, and not before it may."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("retention", __name__, url_prefix="/desk/retention")
