"""The limits of files are changed by dated rows too."""

from __future__ import annotations

from alembic import op

from models.migrations.in_place import replace_check

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

CHECK = "ck_rule_change_kind_is_known"


def upgrade() -> None:
    replace_check("rule_change", CHECK, "kind IN ('closure', 'deadline', 'limit', 'recompute')")


def downgrade() -> None:
    # What is below knows neither: a holiday that was moved away would come back as a closure.
    op.execute("DELETE FROM rule_change WHERE kind = 'limit' OR key LIKE '% moved_away'")
    replace_check("rule_change", CHECK, "kind IN ('closure', 'deadline', 'recompute')")
