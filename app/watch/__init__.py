"""The watch after a company was told: asking the consulter how she is treated since, until its term is over."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("watch", __name__)
