"""The pages of operations."""

from __future__ import annotations

from flask import render_template_string
from flask.typing import ResponseReturnValue

from app.operations import blueprint
from app.pipeline.access import asks
from models.rules.permissions import Permission


@blueprint.get("/")
@asks(Permission.AUDIT_READ_ALL)
def trail() -> ResponseReturnValue:
    return render_template_string('{% extends "layouts/desk.html" %}{% set heading = "記録" %}{% block content %}<h1>{{ heading }}</h1>{% endblock %}')


@blueprint.get("/outbox")
@asks(Permission.OUTBOX_READ)
def outbox() -> ResponseReturnValue:
    return trail()
