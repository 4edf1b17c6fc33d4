"""Dispatch at scale: a claim for each merchant, relays, signing keys, halts."""

import sqlalchemy as sa
from alembic import op

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DUE = sa.text("state IN ('scheduled', 'deferred')")
LEASED = sa.text("lease IS NOT NULL")
SENDING = sa.text("state = 'sending'")
UNSENT = sa.text("state IN ('in_doubt', 'failed', 'cancelled')")

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("merchant", sa.Column("letters_per_second", sa.Float(), nullable=True))
    op.add_column("message", sa.Column("relay_id", BigId, nullable=True))
    op.create_index("ix_message_due_of", "message", ["merchant_id", "due_at"], sqlite_where=DUE, postgresql_where=DUE)
    op.drop_index("ix_message_due", table_name="message")
    op.create_index("ix_message_lease", "message", ["lease"], sqlite_where=LEASED, postgresql_where=LEASED)
    op.drop_index("ix_message_leased", table_name="message")
    unsent = ["state", "merchant_id", "updated_at"]
    op.create_index("ix_message_unsent", "message", unsent, sqlite_where=UNSENT, postgresql_where=UNSENT)
    op.create_table(
        "dkim_key",
        sa.Column("id", BigId, nullable=False),
        sa.Column("merchant_id", BigId, nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("selector", sa.String(length=63), nullable=False),
        sa.Column("algorithm", sa.String(length=10), nullable=False),
        sa.Column("sealed_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_dkim_key_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dkim_key")),
        sa.UniqueConstraint("merchant_id", "domain", "selector", name=op.f("uq_dkim_key_merchant_id_domain_selector")),
    )
    op.create_table(
        "relay",
        sa.Column("id", BigId, nullable=False),
        sa.Column("merchant_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("sealed_url", sa.Text(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("connections", sa.Integer(), nullable=False),
        sa.Column("letters_per_second", sa.Float(), nullable=True),
        sa.Column("warm_up_from", sa.Date(), nullable=True),
        sa.Column("signs", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_relay_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay")),
        sa.UniqueConstraint("merchant_id", "name", name=op.f("uq_relay_merchant_id_name")),
    )
    op.create_table(
        "halt",
        sa.Column("id", BigId, nullable=False),
        sa.Column("merchant_id", BigId, nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_halt")),
        sa.UniqueConstraint("merchant_id", name=op.f("uq_halt_merchant_id")),
    )
    op.create_table(
        "restoration",
        sa.Column("id", BigId, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restoration")),
    )


def downgrade() -> None:
    op.drop_table("restoration")
    op.drop_table("halt")
    op.drop_table("relay")
    op.drop_table("dkim_key")
    op.create_index("ix_message_due", "message", ["due_at"], sqlite_where=DUE, postgresql_where=DUE)
    op.drop_index("ix_message_due_of", table_name="message")
    op.create_index("ix_message_leased", "message", ["leased_until"], sqlite_where=SENDING, postgresql_where=SENDING)
    op.drop_index("ix_message_lease", table_name="message")
    op.drop_index("ix_message_unsent", table_name="message")
    op.drop_column("message", "relay_id")
    op.drop_column("merchant", "letters_per_second")
