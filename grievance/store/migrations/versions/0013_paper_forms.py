"""Printed referral forms."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0013"
down_revision: str | Sequence[str] | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """One table; whom a form is for, and what may stand on it, lies in sealed documents."""
    op.create_table(
        "paper_forms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("by_user_id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("fields", _JSON, nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spoken_on", sa.Date(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_paper_forms_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_paper_forms_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_forms")),
        sa.UniqueConstraint("number", name=op.f("uq_paper_forms_number")),
    )
    op.create_index(op.f("ix_paper_forms_case_id"), "paper_forms", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_paper_forms_organization_id"), "paper_forms", ["organization_id"], unique=False
    )


def downgrade() -> None:
    """What was sealed for forms goes too: an older release does not know its kinds."""
    op.execute("DELETE FROM documents WHERE kind IN ('paper', 'paper_answer')")
    op.drop_index(op.f("ix_paper_forms_organization_id"), table_name="paper_forms")
    op.drop_index(op.f("ix_paper_forms_case_id"), table_name="paper_forms")
    op.drop_table("paper_forms")
