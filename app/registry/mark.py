"""The mark, drawn for one number as its status is at this moment: a copy in a page of others tells the truth, too."""

from __future__ import annotations

from typing import Final

from flask import current_app, render_template, url_for

from app.registry.queries import StatusAnswer, status_of
from models.rules.certification_lifecycle import PublicStatus

# Restated from app/static/css/tokens.css, which a picture that stands alone does not read: cyan-1100 and gray-600.
CERTIFIED_COLOUR: Final = "#004c59"
ENDED_COLOUR: Final = "#666666"


def mark_of(answer: StatusAnswer) -> str:
    """The mark as SVG, in both languages. That a certification was revoked, and why, is told by the page behind it."""
    certified = answer.entry is not None
    service: str = current_app.config["KIKITE"].base_url
    return render_template(
        "registry/mark.svg",
        number=answer.number,
        status=status_of(answer) if certified else PublicStatus.NOT_CERTIFIED,
        certified=certified,
        colour=CERTIFIED_COLOUR if certified else ENDED_COLOUR,
        association=current_app.config["KIKITE"].association_name,
        address=service.rstrip("/") + url_for("registry.status", number=answer.number),
    )
