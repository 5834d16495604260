"""A request of which the company was let off everything before its day ends by that, and was not met."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import replace_check

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

TABLE, CHECK = "formal_request", "ck_formal_request_state_is_known"
BEFORE = ("drafted", "issued", "served", "met", "unmet", "void")
ADDED = "waived"
NOTHING_ELSE_WAS_ASKED = """
    UPDATE formal_request SET state = 'waived', met_at = NULL
    WHERE state = 'met'
      AND EXISTS (SELECT 1 FROM request_matter WHERE request_matter.formal_request_id = formal_request.id)
      AND NOT EXISTS (
        SELECT 1 FROM request_matter
        LEFT JOIN survey_invitation ON survey_invitation.id = request_matter.survey_invitation_id
        WHERE request_matter.formal_request_id = formal_request.id
          AND (survey_invitation.id IS NULL OR survey_invitation.is_exempt IS NOT TRUE)
      )
"""
AS_BEFORE = """
    UPDATE formal_request SET state = 'met', met_at = (
        SELECT max(request_matter.settled_at) FROM request_matter
        WHERE request_matter.formal_request_id = formal_request.id
    )
    WHERE state = 'waived'
"""


def upgrade() -> None:
    replace_check(TABLE, CHECK, _among((*BEFORE, ADDED)))
    op.execute(sa.text(NOTHING_ELSE_WAS_ASKED))


def downgrade() -> None:
    op.execute(sa.text(AS_BEFORE))
    replace_check(TABLE, CHECK, _among(BEFORE))


def _among(states: tuple[str, ...]) -> str:
    return "state IN ({})".format(", ".join(f"'{state}'" for state in states))
