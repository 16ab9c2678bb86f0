"""Questions to a worker before a desk may read her words, and advice asked without her name."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | Sequence[str] | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_QUESTION_KEYS = ("question", "opinion")


def upgrade() -> None:
    """Two tables; what is said lies sealed among the documents."""
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
    op.create_table(
        "opinions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_organization_id", sa.Uuid(), nullable=False),
        sa.Column("to_organization_id", sa.Uuid(), nullable=False),
        sa.Column("by_user_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("turned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_opinions_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["from_organization_id"],
            ["organizations.id"],
            name=op.f("fk_opinions_from_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["to_organization_id"],
            ["organizations.id"],
            name=op.f("fk_opinions_to_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinions")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_opinions_case_id_number")),
    )
    for side in ("from", "to"):
        op.create_index(
            f"ix_opinions_{side}_organization_id_state",
            "opinions",
            [f"{side}_organization_id", "state"],
            unique=False,
        )


def downgrade() -> None:
    """Back to messages after acceptance alone: what was asked before goes, with its keys. A case
    that waits for an answer is looked at again, since nobody can answer."""
    for side in ("to", "from"):
        op.drop_index(f"ix_opinions_{side}_organization_id_state", table_name="opinions")
    op.drop_table("opinions")
    op.drop_index("ix_questions_organization_id_answered_at", table_name="questions")
    op.drop_table("questions")
    documents = sa.table("documents", sa.column("key", sa.String))
    grants = sa.table("grants", sa.column("kind", sa.String))
    referrals = sa.table("referrals", sa.column("state", sa.String))
    op.execute(documents.delete().where(documents.c.key.in_(_QUESTION_KEYS)))
    op.execute(grants.delete().where(grants.c.kind.in_(_QUESTION_KEYS)))
    op.execute(referrals.update().where(referrals.c.state == "info_requested").values(state="seen"))
