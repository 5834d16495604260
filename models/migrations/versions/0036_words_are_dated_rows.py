"""The words of codes and mails, and whether a code is offered, are changed by dated rows too."""

from __future__ import annotations

from alembic import op

from models.migrations.in_place import replace_check

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

CHECK = "ck_rule_change_kind_is_known"


def upgrade() -> None:
    replace_check(
        "rule_change",
        CHECK,
        "kind IN ('closure', 'deadline', 'limit', 'text', 'label', 'offer', 'mail', 'recompute')",
    )


def downgrade() -> None:
    op.execute("DELETE FROM rule_change WHERE kind IN ('label', 'offer', 'mail')")
    replace_check("rule_change", CHECK, "kind IN ('closure', 'deadline', 'limit', 'text', 'recompute')")
