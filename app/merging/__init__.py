"""Merging (まとめる): whoever sent the same twice makes it one, with both receipt codes, once the desk has asked."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("merging", __name__, url_prefix="/mailbox/merge")
