"""What became of an emergency is kept, with the message to the consulter; and how a caller's consent was verified."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import add_check, add_reference, drop_check, drop_reference

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TELLING = "emergency_telling"
REFERS = {"message_id": "message", "done_by_id": "person"}
CHECKS = {
    "outcome_is_known": "outcome IN ('told', 'not_reached', 'not_needed')",
    "somebody_is_in_danger": "is_life_at_risk",
    "done_says_who_when_and_how": "(outcome IS NULL) = (done_at IS NULL) AND (outcome IS NULL) = (done_by_id IS NULL)"
    " AND (outcome IS NULL) = (sealed_done IS NULL) AND (outcome IS NULL) = (noted_at IS NULL)",
    "is_done_once_two_agreed": "outcome IS NULL OR answer = 'agreed'",
}
CALLER_CHECKS = {
    "caller_check_is_known": "caller_check IN ('receipt', 'questions')",
    "a_caller_is_heard_by_somebody": "caller_check IS NULL OR (keyed_by_id IS NOT NULL AND read_back IS NOT NULL)",
}


def upgrade() -> None:
    # The page always asked for the tick; only now is it kept.
    ticked = sa.Column("is_life_at_risk", sa.Boolean(), nullable=False, server_default=sa.true())
    op.add_column(TELLING, ticked)
    for column in (
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_done", sa.LargeBinary(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column(TELLING, column)
    for name, to in REFERS.items():
        add_reference(TELLING, name, to)
    op.add_column("consent_entry", sa.Column("caller_check", sa.String(length=40), nullable=True))
    for name, condition in CALLER_CHECKS.items():
        add_check("consent_entry", f"ck_consent_entry_{name}", condition)
    for name, condition in CHECKS.items():
        add_check(TELLING, f"ck_{TELLING}_{name}", condition)


def downgrade() -> None:
    for name in reversed(CALLER_CHECKS):
        drop_check("consent_entry", f"ck_consent_entry_{name}")
    op.drop_column("consent_entry", "caller_check")
    for name in reversed(CHECKS):
        drop_check(TELLING, f"ck_{TELLING}_{name}")
    for name in reversed(REFERS):
        drop_reference(TELLING, name)
    for name in ("noted_at", "sealed_done", "done_at", "outcome", "is_life_at_risk"):
        op.drop_column(TELLING, name)
