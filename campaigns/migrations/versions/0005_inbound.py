"""Mail comes back."""

import sqlalchemy as sa
from alembic import op

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNFOLDED = sa.text("folded_at IS NULL")
KEPT = sa.text("(sealed_mail IS NOT NULL OR sealed_words IS NOT NULL)")
TO_FORWARD = sa.text("forward_at IS NOT NULL")
UNREAD = sa.text("kind = 'reply' AND read_at IS NULL")

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inbound_mail",
        sa.Column("id", BigId, nullable=False),
        sa.Column("merchant_id", BigId, nullable=True),
        sa.Column("message_id", BigId, nullable=True),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("bounce", sa.String(length=10), nullable=False),
        sa.Column("proof", sa.String(length=12), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("folded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_mail", sa.Text(), nullable=True),
        sa.Column("sealed_words", sa.Text(), nullable=True),
        sa.Column("is_from_contact", sa.Boolean(), nullable=False),
        sa.Column("forward_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_inbound_mail_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_inbound_mail_key")),
    )
    for name, column, where in (
        ("unfolded", "id", UNFOLDED),
        ("kept", "received_at", KEPT),
        ("to_forward", "forward_at", TO_FORWARD),
        ("unread", "id", UNREAD),
    ):
        op.create_index(f"ix_inbound_mail_{name}", "inbound_mail", [column], sqlite_where=where, postgresql_where=where)
    op.create_index("ix_inbound_mail_message", "inbound_mail", ["message_id"])


def downgrade() -> None:
    op.drop_table("inbound_mail")
