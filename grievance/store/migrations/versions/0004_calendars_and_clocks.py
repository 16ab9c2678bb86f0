"""Opening hours of organizations; reminders, pauses and the clocks of cases."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | Sequence[str] | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_INDEX = "ix_referrals_state_remind_at"
_TIMES = ("clock_ends_at", "remind_at", "reminded_at", "paused_at")
_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """Questions that are open keep the time they were given; their reminder has passed. A case
    that was accepted before and not touched yet is asked after by a person, not by a clock."""
    op.add_column("organizations", sa.Column("calendar", _JSON, nullable=True))
    with op.batch_alter_table("referrals") as batch:
        for name in _TIMES:
            batch.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        batch.add_column(
            sa.Column("paused_seconds", sa.Integer(), nullable=False, server_default="0")
        )
        batch.create_index(_INDEX, ["state", "remind_at"], unique=False)
    with op.batch_alter_table("referrals") as batch:
        batch.alter_column("paused_seconds", server_default=None)
    op.execute("UPDATE referrals SET clock_ends_at = due_at")
    op.create_table(
        "case_clocks",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_clocks_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("case_id", "kind", name=op.f("pk_case_clocks")),
    )
    op.create_index(
        "ix_case_clocks_missed_at_due_at", "case_clocks", ["missed_at", "due_at"], unique=False
    )


def downgrade() -> None:
    """Clocks of cases are forgotten; an answer stays due when it was."""
    op.drop_table("case_clocks")
    with op.batch_alter_table("referrals") as batch:
        batch.drop_index(_INDEX)
        for name in (*_TIMES, "paused_seconds"):
            batch.drop_column(name)
    op.drop_column("organizations", "calendar")
