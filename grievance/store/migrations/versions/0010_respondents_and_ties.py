"""Records of respondents, and who of the staff is tied to one."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | Sequence[str] | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """New tables alone: nothing that stands is changed."""
    op.create_table(
        "respondent_keys",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_respondent_keys_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "key_version"],
            ["organization_keys.organization_id", "organization_keys.version"],
            name=op.f("fk_respondent_keys_version_organization_keys"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "number", name=op.f("pk_respondent_keys")),
    )
    op.create_table(
        "respondents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["respondents.id"],
            name=op.f("fk_respondents_merged_into_id_respondents"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_respondents_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_respondents")),
    )
    op.create_index(
        op.f("ix_respondents_organization_id"), "respondents", ["organization_id"], unique=False
    )
    op.create_table(
        "respondent_digests",
        sa.Column("respondent_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["respondent_id"],
            ["respondents.id"],
            name=op.f("fk_respondent_digests_respondent_id_respondents"),
        ),
        sa.PrimaryKeyConstraint("respondent_id", "digest", name=op.f("pk_respondent_digests")),
    )
    op.create_index(
        op.f("ix_respondent_digests_digest"), "respondent_digests", ["digest"], unique=False
    )
    op.create_table(
        "respondent_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("respondent_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["respondent_id"],
            ["respondents.id"],
            name=op.f("fk_respondent_links_respondent_id_respondents"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_respondent_links")),
        sa.UniqueConstraint(
            "respondent_id", "tag", name=op.f("uq_respondent_links_respondent_id_tag")
        ),
    )
    op.create_index(op.f("ix_respondent_links_tag"), "respondent_links", ["tag"], unique=False)
    op.create_table(
        "desk_marks",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_desk_marks_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_desk_marks_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("case_id", "organization_id", "digest", name=op.f("pk_desk_marks")),
    )
    op.create_index(op.f("ix_desk_marks_digest"), "desk_marks", ["digest"], unique=False)
    op.create_table(
        "staff_ties",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_id", sa.Uuid(), nullable=True),
        sa.Column("body_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["body_id"], ["organizations.id"], name=op.f("fk_staff_ties_body_id_organizations")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_staff_ties_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["respondent_id"],
            ["respondents.id"],
            name=op.f("fk_staff_ties_respondent_id_respondents"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_staff_ties_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_ties")),
    )
    for column in ("body_id", "organization_id", "respondent_id", "user_id"):
        op.create_index(f"ix_staff_ties_{column}", "staff_ties", [column], unique=False)
    op.create_table(
        "case_ties",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("tie_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_ties_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["tie_id"], ["staff_ties.id"], name=op.f("fk_case_ties_tie_id_staff_ties")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_case_ties_user_id_users")),
        sa.PrimaryKeyConstraint("case_id", "user_id", "tie_id", name=op.f("pk_case_ties")),
    )
    op.create_index(op.f("ix_case_ties_tie_id"), "case_ties", ["tie_id"], unique=False)
    op.create_index(
        "ix_case_ties_user_id_case_id", "case_ties", ["user_id", "case_id"], unique=False
    )


def downgrade() -> None:
    """Back to names in reports alone; records and ties are gone."""
    for table in (
        "case_ties", "staff_ties", "desk_marks", "respondent_links", "respondent_digests",
        "respondents", "respondent_keys",
    ):  # fmt: skip
        op.drop_table(table)
