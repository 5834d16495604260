"""Two more kinds of link: the desk's question whether two cases are one matter, and that she has made them one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.in_place import replace_check

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

BEFORE = ("same_incident", "retaliation", "earlier_case", "side_by_side")
NOW = (*BEFORE, "same_matter", "merged")


def upgrade() -> None:
    replace_check("case_link", "ck_case_link_kind_is_known", _one_of(NOW))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM case_link WHERE kind IN ('same_matter', 'merged')"))
    replace_check("case_link", "ck_case_link_kind_is_known", _one_of(BEFORE))


def _one_of(kinds: tuple[str, ...]) -> str:
    return f"kind IN ({', '.join(repr(kind) for kind in kinds)})"
