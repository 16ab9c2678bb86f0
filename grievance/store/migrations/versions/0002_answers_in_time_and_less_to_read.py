"""When a referral was answered, for routing; and two readable columns less."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | Sequence[str] | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_INDEX = "ix_referrals_organization_id_answered_at"


def upgrade() -> None:
    """What was answered last keeps its time. The language of a message lies in its sealed words
    from now on; when a session began is nobody's to know."""
    with op.batch_alter_table("referrals") as batch:
        batch.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_index(_INDEX, ["organization_id", "answered_at"], unique=False)
    op.execute(
        "UPDATE referrals SET answered_at = decided_at"
        " WHERE state IN ('accepted', 'declined', 'expired')"
    )
    # One that went on since: when it was accepted stands in the trail.
    op.execute(
        "UPDATE referrals SET answered_at = (SELECT max(events.at) FROM events"
        " WHERE events.verb = 'referral_accepted' AND events.case_id = referrals.case_id"
        " AND events.organization_id = referrals.organization_id)"
        " WHERE state IN ('in_service', 'completed', 'not_completed', 'withdrawn')"
    )
    op.drop_column("documents", "language")
    op.drop_column("sessions", "made_at")


def downgrade() -> None:
    """Back to the first tables; sessions end."""
    op.execute("DELETE FROM sessions")
    op.add_column("sessions", sa.Column("made_at", sa.DateTime(timezone=True), nullable=False))
    op.add_column("documents", sa.Column("language", sa.String(), nullable=True))
    with op.batch_alter_table("referrals") as batch:
        batch.drop_index(_INDEX)
        batch.drop_column("answered_at")
