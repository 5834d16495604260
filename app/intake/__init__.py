"""Intake: a consultation is written, checked, sent and receipted, without an account."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("intake", __name__)
