"""Releases by two persons, and what a first person asks for."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | Sequence[str] | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Two tables."""
    op.create_table(
        "release_requests",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("from_organization_id", sa.Uuid(), nullable=False),
        sa.Column("by_user_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_release_requests_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_release_requests_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["from_organization_id"],
            ["organizations.id"],
            name=op.f("fk_release_requests_from_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_release_requests")),
    )
    op.create_index(
        op.f("ix_release_requests_from_organization_id"),
        "release_requests",
        ["from_organization_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_release_requests_asked_at"), "release_requests", ["asked_at"], unique=False
    )
    op.create_table(
        "releases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("from_organization_id", sa.Uuid(), nullable=False),
        sa.Column("by_user_id", sa.Uuid(), nullable=False),
        sa.Column("second_user_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_releases_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_releases_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["from_organization_id"],
            ["organizations.id"],
            name=op.f("fk_releases_from_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
    )
    op.create_index(op.f("ix_releases_case_id"), "releases", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_releases_organization_id"), "releases", ["organization_id"], unique=False
    )


def downgrade() -> None:
    """Back to consent alone: who read by a release reads no more, and no key of one is kept."""
    op.execute(
        "DELETE FROM grants WHERE kind = 'content'"
        " AND (EXISTS (SELECT 1 FROM releases r WHERE r.case_id = grants.case_id"
        " AND r.organization_id = grants.organization_id)"
        " OR EXISTS (SELECT 1 FROM release_requests q WHERE q.case_id = grants.case_id"
        " AND q.organization_id = grants.organization_id))"
        " AND NOT EXISTS (SELECT 1 FROM consents c WHERE c.case_id = grants.case_id"
        " AND c.organization_id = grants.organization_id AND c.withdrawn_at IS NULL)"
    )
    op.execute("DELETE FROM grants WHERE kind = 'release'")
    op.execute("DELETE FROM documents WHERE kind = 'release_reason'")
    op.drop_index(op.f("ix_releases_organization_id"), table_name="releases")
    op.drop_index(op.f("ix_releases_case_id"), table_name="releases")
    op.drop_table("releases")
    op.drop_index(op.f("ix_release_requests_asked_at"), table_name="release_requests")
    op.drop_index(op.f("ix_release_requests_from_organization_id"), table_name="release_requests")
    op.drop_table("release_requests")
