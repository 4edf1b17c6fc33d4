"""A merchant wears its own look."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("merchant", sa.Column("logo_url", sa.String(length=500), server_default="", nullable=False))
    op.add_column("merchant", sa.Column("second", sa.String(length=7), server_default="", nullable=False))
    op.add_column("merchant", sa.Column("font", sa.String(length=20), server_default="system", nullable=False))
    op.add_column("merchant", sa.Column("tone", sa.String(length=20), server_default="plain", nullable=False))
    op.add_column("merchant", sa.Column("signature", sa.String(length=80), server_default="", nullable=False))


def downgrade() -> None:
    for name in ("signature", "tone", "font", "second", "logo_url"):
        op.drop_column("merchant", name)
