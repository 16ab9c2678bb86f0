"""When members want their mail, addresses that mail came back from, and what cannot wait."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | Sequence[str] | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_FLAGS = ("urgent", "digest")


def upgrade() -> None:
    """Notices that wait already leave as before: at once."""
    op.create_table(
        "notice_times",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("rhythm", sa.String(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.Column("zone", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notice_times_user_id_users")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notice_times")),
    )
    op.create_table(
        "bounced_addresses",
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("unreachable_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("soft", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_bounced_addresses")),
    )
    with op.batch_alter_table("notices") as batch:
        for name in _FLAGS:
            batch.add_column(
                sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
            )
    with op.batch_alter_table("notices") as batch:
        for name in _FLAGS:
            batch.alter_column(name, server_default=None)


def downgrade() -> None:
    """Back to mail that leaves at once; a notice that was held is given up, and the desk says so."""
    op.execute(
        "UPDATE notices SET state = 'given_up', error = 'address refused' WHERE state = 'held'"
    )
    with op.batch_alter_table("notices") as batch:
        for name in _FLAGS:
            batch.drop_column(name)
    op.drop_table("bounced_addresses")
    op.drop_table("notice_times")
