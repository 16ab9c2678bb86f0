"""Printed referral forms, and groups of cases."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0014"
down_revision: str | Sequence[str] | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """Three tables; whom a form is for, what may stand on it, and what a group is called lie in
    sealed documents."""
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
    op.create_table(
        "case_groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acts", sa.Integer(), nullable=False),
        sa.Column("may_say", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_case_groups_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_groups")),
    )
    op.create_index(
        op.f("ix_case_groups_organization_id"), "case_groups", ["organization_id"], unique=False
    )
    op.create_table(
        "case_group_members",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_group_members_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["case_groups.id"],
            name=op.f("fk_case_group_members_group_id_case_groups"),
        ),
        sa.PrimaryKeyConstraint("group_id", "case_id", name=op.f("pk_case_group_members")),
        sa.UniqueConstraint(
            "case_id",
            "organization_id",
            name=op.f("uq_case_group_members_case_id_organization_id"),
        ),
    )


def downgrade() -> None:
    """What was sealed for them goes too: an older release does not know its kinds."""
    op.execute("DELETE FROM documents WHERE kind IN ('paper', 'paper_answer', 'group')")
    op.drop_table("case_group_members")
    op.drop_index(op.f("ix_case_groups_organization_id"), table_name="case_groups")
    op.drop_table("case_groups")
    op.drop_index(op.f("ix_paper_forms_organization_id"), table_name="paper_forms")
    op.drop_index(op.f("ix_paper_forms_case_id"), table_name="paper_forms")
    op.drop_table("paper_forms")
