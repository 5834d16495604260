"""The pages of operations."""

from __future__ import annotations

from flask import render_template_string
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from app.operations import blueprint
from app.operations.health import health
from app.pipeline.access import asks
from models.rules.permissions import Permission


@blueprint.get("/")
@asks(Permission.AUDIT_READ_ALL)
def trail() -> ResponseReturnValue:
    return render_template_string(
        '{% extends "layouts/desk.html" %}{% set heading = "記録" %}{% block content %}<h1>{{ heading }}</h1>{% endblock %}'
    )


@blueprint.get("/outbox")
@asks(Permission.OUTBOX_READ)
def outbox() -> ResponseReturnValue:
    return trail()


@blueprint.record_once
def _at_the_top(state: BlueprintSetupState) -> None:
    # Watchers look for it at the root and not under a slice.
    state.app.add_url_rule("/healthz", endpoint="operations.health", view_func=health)
