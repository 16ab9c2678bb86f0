"""When a referral was answered: routing asks who answered fastest before."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | Sequence[str] | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_INDEX = "ix_referrals_organization_id_answered_at"


def upgrade() -> None:
    """Add the column with its index; what was answered last keeps its time."""
    with op.batch_alter_table("referrals") as batch:
        batch.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_index(_INDEX, ["organization_id", "answered_at"], unique=False)
    op.execute(
        "UPDATE referrals SET answered_at = decided_at"
        " WHERE state IN ('accepted', 'declined', 'expired')"
    )


def downgrade() -> None:
    """Drop both."""
    with op.batch_alter_table("referrals") as batch:
        batch.drop_index(_INDEX)
        batch.drop_column("answered_at")
