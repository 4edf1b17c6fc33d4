"""What was done about an answer."""

import sqlalchemy as sa
from alembic import op

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "remedy",
        sa.Column("id", BigId, nullable=False),
        sa.Column("merchant_id", BigId, nullable=False),
        sa.Column("enrollment_id", BigId, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("staff_id", BigId, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_remedy_merchant_id")),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_remedy_enrollment_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_remedy_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remedy")),
        sa.UniqueConstraint("enrollment_id", name=op.f("uq_remedy_enrollment_id")),
    )


def downgrade() -> None:
    op.drop_table("remedy")
