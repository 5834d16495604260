"""The mark, drawn for one number as its status is at this moment: a copy in a page of others tells the truth, too."""

from __future__ import annotations

from typing import Final

from flask import current_app, render_template, url_for

from app.registry.queries import StatusAnswer
from app.registry.statements import status_of
from models.rules.certification_lifecycle import PublicStatus

WIDTH, HEIGHT = 288, 80
# Restated from app/static/css/tokens.css, which a picture that stands alone does not read: cyan-1100 and gray-600.
CERTIFIED_COLOUR: Final = "#004c59"
ENDED_COLOUR: Final = "#666666"


def mark_of(answer: StatusAnswer) -> str:
    """The mark as SVG, in both languages. That a certification was revoked, and why, is told by the page behind it."""
    certified = answer.entry is not None
    return render_template(
        "registry/mark.svg",
        number=answer.number,
        status=status_of(answer) if certified else PublicStatus.NOT_CERTIFIED,
        certified=certified,
        colour=CERTIFIED_COLOUR if certified else ENDED_COLOUR,
        association=current_app.config["KIKITE"].association_name,
        address=public_address("registry.status", number=answer.number),
    )


def snippet_for(number: str) -> str:
    """What a certified company puts into its own pages: the mark, in words too, and the link to the live status."""
    return render_template(
        "registry/snippet.html",
        number=number,
        page=public_address("registry.status", number=number),
        picture=public_address("registry.mark", number=number),
        association=current_app.config["KIKITE"].association_name,
        width=WIDTH,
        height=HEIGHT,
    )


def public_address(endpoint: str, *, number: str) -> str:
    """The address that people open, whatever the machine is called from which this was asked."""
    base: str = current_app.config["KIKITE"].base_url
    return base.rstrip("/") + url_for(endpoint, number=number)
