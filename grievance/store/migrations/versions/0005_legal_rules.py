"""The times and figures of law. ``grievance taxonomy load`` fills the table."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | Sequence[str] | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """A table for the rules; what staff answer to them lies in sealed documents."""
    op.create_table(
        "legal_rules",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("counted_from", sa.String(), nullable=True),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("not_after", sa.String(), nullable=True),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("must_act", sa.String(), nullable=False),
        sa.Column("certainty", sa.String(), nullable=False),
        sa.Column("said", _JSON, nullable=False),
        sa.Column("sources", _JSON, nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("recheck_after", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("issues", _JSON, nullable=False),
        sa.Column("sectors", _JSON, nullable=False),
        sa.Column("not_sectors", _JSON, nullable=False),
        sa.Column("raises_to", sa.String(), nullable=True),
        sa.Column("near_days", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_rules")),
    )
    op.create_index(op.f("ix_legal_rules_place"), "legal_rules", ["place"], unique=False)


def downgrade() -> None:
    """The days that were answered go too: an older release cannot open a case that has them."""
    op.execute("DELETE FROM documents WHERE kind = 'dates'")
    op.drop_table("legal_rules")
