"""The pages of the mailbox."""

from __future__ import annotations

from flask import render_template_string
from flask.typing import ResponseReturnValue

from app.mailbox import blueprint
from app.pipeline.access import public


@blueprint.get("/enter")
@public()
def enter() -> ResponseReturnValue:
    return render_template_string(
        '{% extends "layouts/public.html" %}{% set heading = "x" %}{% block content %}<h1>x</h1>{% endblock %}'
    )
