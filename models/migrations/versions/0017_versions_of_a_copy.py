"""Versions of a copy: what was approved leaves a digest, and what she said of a version stays with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import add_check, add_reference, drop_check, drop_reference

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OF_WHAT_WAS_APPROVED = "ck_forwarded_copy_digest_of_what_was_approved"
ABOUT_CONSENT = "ck_message_a_word_on_a_copy_is_about_consent"


def upgrade() -> None:
    op.add_column("forwarded_copy", sa.Column("approved_digest", sa.LargeBinary(length=16), nullable=True))
    op.add_column("forwarded_copy", sa.Column("laid_out_digest", sa.LargeBinary(length=32), nullable=True))
    add_check("forwarded_copy", OF_WHAT_WAS_APPROVED, "approved_digest IS NULL OR approved_at IS NOT NULL")
    add_reference("message", "copy_id", "forwarded_copy")
    add_check("message", ABOUT_CONSENT, "copy_id IS NULL OR purpose = 'consent'")


def downgrade() -> None:
    drop_check("message", ABOUT_CONSENT)
    drop_reference("message", "copy_id")
    drop_check("forwarded_copy", OF_WHAT_WAS_APPROVED)
    for column in ("laid_out_digest", "approved_digest"):
        op.drop_column("forwarded_copy", column)
