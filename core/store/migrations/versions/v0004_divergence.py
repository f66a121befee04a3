"""Where a run's loss rose and stayed up."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Say at which step a run had diverged."""
    op.add_column("run", sa.Column("diverged_step", sa.Integer(), nullable=True))
    op.execute("PRAGMA user_version = 4")
