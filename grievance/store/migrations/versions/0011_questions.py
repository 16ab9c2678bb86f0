"""Questions to a worker before a desk may read her words."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | Sequence[str] | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """One table; what is said lies sealed among the documents."""
    op.create_table(
        "questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("by_user_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_questions_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_questions_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_questions_case_id_number")),
    )
    op.create_index(
        "ix_questions_organization_id_answered_at",
        "questions",
        ["organization_id", "answered_at"],
        unique=False,
    )


def downgrade() -> None:
    """Back to messages after acceptance alone: what was asked before goes, with its keys. A case
    that waits for an answer is looked at again, since nobody can answer."""
    op.drop_index("ix_questions_organization_id_answered_at", table_name="questions")
    op.drop_table("questions")
    documents = sa.table("documents", sa.column("key", sa.String))
    grants = sa.table("grants", sa.column("kind", sa.String))
    referrals = sa.table("referrals", sa.column("state", sa.String))
    op.execute(documents.delete().where(documents.c.key == "question"))
    op.execute(grants.delete().where(grants.c.kind == "question"))
    op.execute(referrals.update().where(referrals.c.state == "info_requested").values(state="seen"))
