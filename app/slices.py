"""Which slices there are, in the order in which a newcomer would read them."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

SLICES = (
    "language",
    "intake",
    "intake.desk",
    "phone_desk",
    "mailbox",
    "watch",
    "merging",
    "attachments",
    "sign_in",
    "cases",
    "control",
    "advisers",
    "incidents",
    "duty",
    "leaks",
    "retention",
    "responses",
    "responses.desk",
    "advice",
    "escalations",
    "resolutions",
    "certifications",
    "applications",
    "pledges",
    "surveys",
    "companies",
    "successions",
    "absences",
    "rulebook",
    "letters",
    "referrals",
    "registry",
    "statistics",
    "people",
    "joint_acts",
    "recovery",
    "exports",
    "operations",
    "audits",
)


def register_slices(app: Flask) -> None:
    """Register each slice's blueprint with its routes."""
    for name in SLICES:
        module = import_module(f"app.{name}")
        import_module(f"app.{name}.routes")
        app.register_blueprint(module.blueprint)
