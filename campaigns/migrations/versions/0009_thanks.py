"""Thanks, and comments on a merchant site."""

import sqlalchemy as sa
from alembic import op

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DUE = sa.text("due_at IS NOT NULL")
FREE = sa.text("incentive_id IS NULL")
Moment = sa.DateTime(timezone=True)

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "incentive",
        sa.Column("id", BigId, nullable=False),
        sa.Column("merchant_id", BigId, nullable=False),
        sa.Column("enrollment_id", BigId, nullable=False),
        sa.Column("version_id", BigId, nullable=False),
        sa.Column("pool", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_at", Moment, nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_incentive_merchant_id")),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_incentive_enrollment_id")),
        sa.ForeignKeyConstraint(["version_id"], ["campaign_version.id"], name=op.f("fk_incentive_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incentive")),
        sa.UniqueConstraint("enrollment_id", name=op.f("uq_incentive_enrollment_id")),
    )
    op.create_index("ix_incentive_due", "incentive", ["due_at"], sqlite_where=DUE, postgresql_where=DUE)
    op.create_index("ix_incentive_pool", "incentive", ["merchant_id", "pool", "state"])
    op.create_table(
        "incentive_code",
        sa.Column("id", BigId, nullable=False),
        sa.Column("merchant_id", BigId, nullable=False),
        sa.Column("pool", sa.String(length=60), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("sealed_code", sa.Text(), nullable=False),
        sa.Column("incentive_id", BigId, nullable=True),
        sa.Column("uploaded_at", Moment, nullable=False),
        sa.Column("given_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_incentive_code_merchant_id")),
        sa.ForeignKeyConstraint(["incentive_id"], ["incentive.id"], name=op.f("fk_incentive_code_incentive_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incentive_code")),
        sa.UniqueConstraint("merchant_id", "pool", "mark", name=op.f("uq_incentive_code_merchant_id_pool_mark")),
        sa.UniqueConstraint("incentive_id", name=op.f("uq_incentive_code_incentive_id")),
    )
    free = ["merchant_id", "pool", "id"]
    op.create_index("ix_incentive_code_free", "incentive_code", free, sqlite_where=FREE, postgresql_where=FREE)
    op.create_table(
        "comment_box",
        sa.Column("id", BigId, nullable=False),
        sa.Column("merchant_id", BigId, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("closed_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_comment_box_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_box")),
        sa.UniqueConstraint("key", name=op.f("uq_comment_box_key")),
    )
    op.create_index(op.f("ix_comment_box_merchant_id"), "comment_box", ["merchant_id"])
    op.create_table(
        "box_comment",
        sa.Column("id", BigId, nullable=False),
        sa.Column("merchant_id", BigId, nullable=False),
        sa.Column("box_id", BigId, nullable=False),
        sa.Column("nonce", BigId, nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=35), nullable=False),
        sa.Column("client", sa.String(length=64), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("judged_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_box_comment_merchant_id")),
        sa.ForeignKeyConstraint(["box_id"], ["comment_box.id"], name=op.f("fk_box_comment_box_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_box_comment")),
        sa.UniqueConstraint("box_id", "nonce", name=op.f("uq_box_comment_box_id_nonce")),
    )
    op.create_index("ix_box_comment_merchant", "box_comment", ["merchant_id", "level", "id"])
    op.create_index("ix_box_comment_digest", "box_comment", ["box_id", "digest"])


def downgrade() -> None:
    for table in ("box_comment", "comment_box", "incentive_code", "incentive"):
        op.drop_table(table)
