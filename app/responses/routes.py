"""The pages of responses."""

from __future__ import annotations

from flask import render_template_string
from flask.typing import ResponseReturnValue

from app.pipeline.access import asks
from app.responses import blueprint
from models.rules.permissions import Permission


@blueprint.get("/")
@asks(Permission.RESPONSE_LIST)
def inbox() -> ResponseReturnValue:
    return render_template_string('{% extends "layouts/desk.html" %}{% set heading = "届いた相談" %}{% block content %}<h1>{{ heading }}</h1>{% endblock %}')
