"""Answers are judged again: what was seen is kept, and what was decided by whom and by which rules."""

import sqlalchemy as sa
from alembic import op

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WITH_NETWORK = sa.text("network IS NOT NULL")
OPEN = sa.text("look_again_at IS NOT NULL")

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("trust", sa.String(length=10), server_default="balanced", nullable=False))
    op.add_column("hit", sa.Column("facts", sa.JSON(), nullable=True))
    op.add_column("hit", sa.Column("network", sa.String(length=64), nullable=True))
    op.add_column("hit", sa.Column("network_number", sa.Integer(), nullable=True))
    op.add_column("hit", sa.Column("domains", sa.Integer(), nullable=True))
    where = {"sqlite_where": WITH_NETWORK, "postgresql_where": WITH_NETWORK}
    op.create_index("ix_hit_network", "hit", ["network", "at"], **where)
    op.add_column("response", sa.Column("hit_id", BigId, nullable=True))
    op.add_column("response", sa.Column("reasons", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("response", sa.Column("rules", sa.String(length=40), server_default="", nullable=False))
    op.add_column("response", sa.Column("matured_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("response", sa.Column("look_again_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_response_open", "response", ["look_again_at"], sqlite_where=OPEN, postgresql_where=OPEN)
    # What was told by one click until now is judged once more, as what comes from now on.
    op.execute("UPDATE response SET look_again_at = answered_at WHERE level = 'provisional'")
    op.create_table(
        "ruling",
        sa.Column("id", BigId, nullable=False),
        sa.Column("merchant_id", BigId, nullable=False),
        sa.Column("enrollment_id", BigId, nullable=False),
        sa.Column("hit_id", BigId, nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("staff_id", BigId, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_ruling_merchant_id")),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_ruling_enrollment_id")),
        sa.ForeignKeyConstraint(["hit_id"], ["hit.id"], name=op.f("fk_ruling_hit_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_ruling_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
    )
    op.create_index("ix_ruling_enrollment", "ruling", ["enrollment_id", "id"])
    op.create_index("ix_ruling_merchant", "ruling", ["merchant_id", "id"])
    op.create_table(
        "rule_book",
        sa.Column("id", BigId, nullable=False),
        sa.Column("merchant_id", BigId, nullable=False),
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_rule_book_merchant_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_rule_book_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_book")),
    )
    op.create_index("ix_rule_book_campaign", "rule_book", ["campaign_id", "id"])


def downgrade() -> None:
    op.drop_table("rule_book")
    op.drop_table("ruling")
    op.drop_index("ix_response_open", table_name="response")
    for column in ("look_again_at", "matured_at", "rules", "reasons", "hit_id"):
        op.drop_column("response", column)
    op.drop_index("ix_hit_network", table_name="hit")
    for column in ("domains", "network_number", "network", "facts"):
        op.drop_column("hit", column)
    op.drop_column("campaign", "trust")
    # A letter that waits for a judgement would wait for ever: whoever answered is asked no more.
    op.execute("UPDATE enrollment SET stop_reason = 'answered' WHERE stop_reason = 'held'")
