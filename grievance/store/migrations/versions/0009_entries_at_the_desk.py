"""The history of entries of the directory, and areas that are a part of a country."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | Sequence[str] | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """A table for what was changed, and a column for an ISO 3166-2 code."""
    op.create_table(
        "entry_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("for_id", sa.Uuid(), nullable=True),
        sa.Column("service", sa.String(), nullable=True),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("before", _JSON, nullable=False),
        sa.Column("after", _JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_entry_changes_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_changes")),
    )
    op.create_index(
        "ix_entry_changes_organization_id_at",
        "entry_changes",
        ["organization_id", "at"],
        unique=False,
    )
    op.add_column("service_areas", sa.Column("subdivision", sa.String(), nullable=True))


def downgrade() -> None:
    """An older release knows no parts of countries: such an area becomes its whole country."""
    op.execute("UPDATE service_areas SET level = 'country' WHERE level = 'subdivision'")
    op.drop_column("service_areas", "subdivision")
    op.drop_index("ix_entry_changes_organization_id_at", table_name="entry_changes")
    op.drop_table("entry_changes")
