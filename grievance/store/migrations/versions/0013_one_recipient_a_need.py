"""For which needs an organization is asked, the first answer of one that shares, and its question."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0013"
down_revision: str | Sequence[str] | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_INDEX = "ix_referrals_first_missed_at_first_due_at"
_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """Referrals of before are for all that a report needs, and questions ask to hand it over."""
    with op.batch_alter_table("referrals") as batch:
        batch.add_column(sa.Column("needs", _JSON, nullable=False, server_default="[]"))
        batch.add_column(sa.Column("first_due_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("first_missed_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_index(_INDEX, ["first_missed_at", "first_due_at"], unique=False)
    with op.batch_alter_table("consent_questions") as batch:
        batch.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="hand_over"))
    for table, column in (("referrals", "needs"), ("consent_questions", "kind")):
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, server_default=None)


def downgrade() -> None:
    """Who shares a case would own it: what is open of a share ends, and questions for one too."""
    op.execute(
        "UPDATE referrals SET state = 'withdrawn'"
        " WHERE kind = 'share' AND state IN ('waiting', 'sent', 'seen', 'info_requested')"
    )
    op.execute(
        "UPDATE referrals SET state = 'completed'"
        " WHERE kind = 'share' AND state IN ('accepted', 'in_service')"
    )
    op.execute("DELETE FROM consent_questions WHERE kind = 'share'")
    with op.batch_alter_table("consent_questions") as batch:
        batch.drop_column("kind")
    with op.batch_alter_table("referrals") as batch:
        batch.drop_index(_INDEX)
        for name in ("needs", "first_due_at", "first_missed_at"):
            batch.drop_column(name)
