"""Memory, processor and GPU of a run's process over its time."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_MEASURED = (
    "memory", "peak_memory", "cpu", "disk_read", "disk_write", "gpu_use", "gpu_memory", "gpu_memory_total",
    "gpu_peak_memory", "gpu_temperature", "gpu_power",
)  # fmt: skip


def upgrade() -> None:
    """Make the table of what is measured."""
    op.create_table(
        "vital",
        sa.Column("run_key", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=True) for name in _MEASURED),
        sa.PrimaryKeyConstraint("run_key", "milliseconds"),
        sqlite_with_rowid=False,
    )
    op.execute("PRAGMA user_version = 6")
