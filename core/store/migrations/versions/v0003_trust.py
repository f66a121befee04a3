"""Runs in the trash, attempts after running out of memory or of numbers, durations that no clock change moves."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Say when a run went to the trash, what its attempts changed of its settings, and where it met NaN."""
    op.add_column("annotation", sa.Column("trashed_at", sa.Float(), nullable=True))
    op.add_column("run", sa.Column("adjustments", sa.JSON(), nullable=True))
    op.add_column("run", sa.Column("retries", sa.JSON(), nullable=True))
    op.add_column("run", sa.Column("not_finite_step", sa.Integer(), nullable=True))
    op.add_column("attempt", sa.Column("adjustments", sa.JSON(), nullable=True))
    op.add_column("attempt", sa.Column("seconds", sa.Float(), nullable=True))
    op.execute("PRAGMA user_version = 3")
