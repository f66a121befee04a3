"""Runs that stay at the top of the table, and the one that the others are compared with."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Say since when a run is pinned or the baseline."""
    op.add_column("annotation", sa.Column("pinned_at", sa.Float(), nullable=True))
    op.add_column("annotation", sa.Column("baseline_at", sa.Float(), nullable=True))
    op.execute("PRAGMA user_version = 5")
