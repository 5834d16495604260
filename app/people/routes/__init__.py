"""The pages about everybody who has an account, and the own page of whoever serves a company."""

from __future__ import annotations

from app.people.routes import everybody, own

__all__ = ["everybody", "own"]
