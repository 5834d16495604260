"""Alembic begins here; models/schema.py says how it runs."""

from models.schema import run_migrations

run_migrations()
