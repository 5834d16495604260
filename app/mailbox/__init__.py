"""The mailbox: a consulter returns with the receipt, reads, writes and decides."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("mailbox", __name__, url_prefix="/mailbox")
