"""News of letters, and whom to write to no more."""

import sqlalchemy as sa
from alembic import op

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BAD = sa.text("news IN ('bounced', 'complained')")
EARLY = sa.text("is_early")
NAMED = sa.text("reference <> ''")
OPEN = sa.text("resumed_at IS NULL")
UNSENT = sa.text("sent_at IS NULL")
WAITING = sa.text("state IN ('new', 'stuck')")

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("suppression", sa.Column("source", sa.String(length=20), server_default="askwell", nullable=False))
    _news()
    _trips_and_alerts()
    _sources()


def _news() -> None:
    op.create_table(
        "news",
        sa.Column("id", BigId, nullable=False),
        sa.Column("merchant_id", BigId, nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("news", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=10), server_default="", nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=12), server_default="", nullable=False),
        sa.Column("message_id", BigId, nullable=True),
        sa.Column("campaign_id", BigId, nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("reference", sa.String(length=200), server_default="", nullable=False),
        sa.Column("is_early", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_news_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_news_source_key")),
    )
    _index("ix_news_person", "news", ["merchant_id", "fingerprint"])
    _index("ix_news_reference", "news", ["merchant_id", "reference"], NAMED)
    _index("ix_news_bad", "news", ["taken_at"], BAD)
    _index("ix_news_bad_of", "news", ["campaign_id", "taken_at"], BAD)
    _index("ix_news_early", "news", ["id"], EARLY)


def _trips_and_alerts() -> None:
    op.create_table(
        "trip",
        sa.Column("id", BigId, nullable=False),
        sa.Column("merchant_id", BigId, nullable=False),
        sa.Column("campaign_id", BigId, nullable=True),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_trip_merchant_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_trip_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip")),
    )
    _index("ix_trip_open", "trip", ["id"], OPEN)
    _index("ix_trip_of", "trip", ["merchant_id", "campaign_id"])
    op.create_table(
        "alert",
        sa.Column("id", BigId, nullable=False),
        sa.Column("merchant_id", BigId, nullable=False),
        sa.Column("staff_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("about", sa.String(length=253), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_alert_merchant_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_alert_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("staff_id", "kind", "about", "day", name=op.f("uq_alert_staff_id_kind_about_day")),
    )
    _index("ix_alert_unsent", "alert", ["id"], UNSENT)


def _sources() -> None:
    op.create_table(
        "event_source",
        sa.Column("id", BigId, nullable=False),
        sa.Column("merchant_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("sealed_secret", sa.Text(), server_default="", nullable=False),
        sa.Column("topic", sa.String(length=400), server_default="", nullable=False),
        sa.Column("confirmed", sa.String(length=64), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_event_source_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_source")),
        sa.UniqueConstraint("key", name=op.f("uq_event_source_key")),
    )
    _index(op.f("ix_event_source_merchant_id"), "event_source", ["merchant_id"])
    op.create_table(
        "event_receipt",
        sa.Column("id", BigId, nullable=False),
        sa.Column("merchant_id", BigId, nullable=False),
        sa.Column("source_id", BigId, nullable=False),
        sa.Column("delivery_id", sa.String(length=200), nullable=False),
        sa.Column("sealed_body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("problem", sa.String(length=200), server_default="", nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_event_receipt_merchant_id")),
        sa.ForeignKeyConstraint(["source_id"], ["event_source.id"], name=op.f("fk_event_receipt_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_receipt")),
        sa.UniqueConstraint("source_id", "delivery_id", name=op.f("uq_event_receipt_source_id_delivery_id")),
    )
    _index("ix_event_receipt_waiting", "event_receipt", ["id"], WAITING)


def _index(name: str, table: str, columns: list[str], where: sa.TextClause | None = None) -> None:
    options = {} if where is None else {"sqlite_where": where, "postgresql_where": where}
    op.create_index(name, table, columns, **options)


def downgrade() -> None:
    for table in ("event_receipt", "event_source", "alert", "trip", "news"):
        op.drop_table(table)
    op.drop_column("suppression", "source")
