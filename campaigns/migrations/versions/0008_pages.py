"""A customer comes back to an answer: what they said instead of answering, and how often they let us ask."""

import sqlalchemy as sa
from alembic import op

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact", sa.Column("asking", sa.String(length=10), server_default="always", nullable=False))
    op.create_table(
        "note",
        sa.Column("id", BigId, nullable=False),
        sa.Column("merchant_id", BigId, nullable=False),
        sa.Column("enrollment_id", BigId, nullable=False),
        sa.Column("message_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_note_merchant_id")),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_note_enrollment_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_note_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sa.UniqueConstraint("enrollment_id", "kind", name=op.f("uq_note_enrollment_id_kind")),
    )
    op.create_index("ix_note_merchant", "note", ["merchant_id", "at"])


def downgrade() -> None:
    op.drop_index("ix_note_merchant", table_name="note")
    op.drop_table("note")
    op.drop_column("contact", "asking")
