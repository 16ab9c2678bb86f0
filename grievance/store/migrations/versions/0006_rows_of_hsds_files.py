"""Rows of HSDS files, what they point to, and which source keeps a listing."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0006"
down_revision: str | Sequence[str] | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Two tables, and one column that only listings from a file have."""
    op.create_table(
        "hsds_records",
        sa.Column("of_table", sa.String(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column(
            "content",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("of_table", "uid", name=op.f("pk_hsds_records")),
        sa.UniqueConstraint(
            "source",
            "of_table",
            "record_id",
            name=op.f("uq_hsds_records_source_of_table_record_id"),
        ),
    )
    op.create_table(
        "hsds_links",
        sa.Column("of_table", sa.String(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("target_table", sa.String(), nullable=False),
        sa.Column("target", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint(
            "of_table", "uid", "target_table", "target", name=op.f("pk_hsds_links")
        ),
    )
    op.create_index(
        "ix_hsds_links_target_target_table", "hsds_links", ["target", "target_table"], unique=False
    )
    op.add_column("organizations", sa.Column("listed_from", sa.String(), nullable=True))


def downgrade() -> None:
    """Back to listings that people alone keep; what files told is gone."""
    op.drop_column("organizations", "listed_from")
    op.drop_index("ix_hsds_links_target_target_table", table_name="hsds_links")
    op.drop_table("hsds_links")
    op.drop_table("hsds_records")
