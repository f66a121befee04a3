"""Tasks beside single-label classification, evaluations after training, how a run reads the Hub, downloads."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Say what runs and predictions are about; make the table of evaluations."""
    op.add_column("run", sa.Column("problem_type", sa.String(), nullable=True))
    op.add_column("run", sa.Column("hub_environment", sa.JSON(), nullable=True))
    op.add_column("run", sa.Column("phase_detail", sa.String(), nullable=True))
    op.execute("UPDATE run SET problem_type = 'single_label_classification' WHERE train_rows IS NOT NULL")
    kind = sa.Column("problem_type", sa.String(), nullable=False, server_default="single_label_classification")
    op.add_column("prediction", kind)
    op.create_table(
        "evaluation",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("run_key", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("split", sa.String(), nullable=False),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("metrics", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["run_key"], ["run.key"]),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_evaluation_run_key", "evaluation", ["run_key"], unique=False)
    op.execute("PRAGMA user_version = 2")
