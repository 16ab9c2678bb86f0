"""The life of an entry, contacts of an organization, reasons of its ties."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0008"
down_revision: str | Sequence[str] | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_DAYS = ("invited_on", "terms_on", "paused_until", "reminded_on", "closed_on")
_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """A partner of before agreed before there were terms here: it stays one, without a version."""
    for name in _DAYS:
        op.add_column("organizations", sa.Column(name, sa.Date(), nullable=True))
    op.add_column("organizations", sa.Column("terms_version", sa.String(), nullable=True))
    op.add_column("organizations", sa.Column("terms_by", sa.Uuid(), nullable=True))
    op.add_column(
        "organizations", sa.Column("tie_reasons", _JSON, nullable=False, server_default="{}")
    )
    op.create_table(
        "organization_contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("languages", _JSON, nullable=False),
        sa.Column("hours", sa.String(), nullable=True),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_organization_contacts_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_contacts")),
    )
    op.create_index(
        "ix_organization_contacts_organization_id",
        "organization_contacts",
        ["organization_id"],
        unique=False,
    )
    op.create_index("ix_cases_overseer_id_state", "cases", ["overseer_id", "state"], unique=False)


def downgrade() -> None:
    """Contacts and reasons are gone. What is closed stays hidden; one that was only invited is a
    listing again, and a pause has no end."""
    op.drop_index("ix_cases_overseer_id_state", table_name="cases")
    op.drop_index("ix_organization_contacts_organization_id", table_name="organization_contacts")
    op.drop_table("organization_contacts")
    for name in (*_DAYS, "terms_version", "terms_by", "tie_reasons"):
        op.drop_column("organizations", name)
