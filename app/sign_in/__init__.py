"""Signing in and out of everybody who has an account."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("sign_in", __name__)
