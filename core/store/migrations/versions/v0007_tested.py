"""What checkpoints said about the examples of evaluations after training."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_ARRAYS = ("label", "predicted", "probabilities", "text_hash")


def upgrade() -> None:
    """Make the table of such predictions."""
    op.create_table(
        "evaluation_prediction",
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("classes", sa.Integer(), nullable=False),
        sa.Column("problem_type", sa.String(), nullable=False, server_default="single_label_classification"),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in _ARRAYS),
        sa.Column("evaluation_key", sa.Integer(), nullable=False),
        sa.Column("run_key", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["evaluation_key"], ["evaluation.key"]),
        sa.ForeignKeyConstraint(["run_key"], ["run.key"]),
        sa.PrimaryKeyConstraint("evaluation_key"),
    )
    op.create_index("ix_evaluation_prediction_run_key", "evaluation_prediction", ["run_key"], unique=False)
    op.execute("PRAGMA user_version = 7")
