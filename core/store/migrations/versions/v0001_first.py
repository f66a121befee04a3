"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    _runs()
    _around_runs()
    _what_runs_write()
    _what_checkpoints_say()
    op.execute("PRAGMA user_version = 1")


def _runs() -> None:
    op.create_table(
        "run",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("experiment", sa.String(), nullable=True),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("change_note", sa.String(), nullable=True),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=True),
        sa.Column("queued_at", sa.Float(), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=True),
        sa.Column("ended_at", sa.Float(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("attempt_monotonic", sa.Float(), nullable=True),
        sa.Column("attempt_seconds", sa.Float(), nullable=False),
        sa.Column("earlier_seconds", sa.Float(), nullable=False),
        sa.Column("device", sa.String(), nullable=True),
        sa.Column("device_reason", sa.String(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("max_steps", sa.Integer(), nullable=True),
        sa.Column("epoch", sa.Float(), nullable=True),
        sa.Column("steps_per_epoch", sa.Integer(), nullable=True),
        sa.Column("samples_per_second", sa.Float(), nullable=True),
        sa.Column("evaluated", sa.Integer(), nullable=True),
        sa.Column("to_evaluate", sa.Integer(), nullable=True),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("train_rows", sa.Integer(), nullable=True),
        sa.Column("eval_rows", sa.Integer(), nullable=True),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("journal_seq", sa.Integer(), nullable=False),
        sa.Column("journal_offset", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_run_id", "run", ["id"], unique=True)
    op.create_index("ix_run_revision", "run", ["revision"], unique=False)
    op.create_index("ix_run_status", "run", ["status"], unique=False)


def _around_runs() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "annotation",
        sa.Column("run_key", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_key"],
            ["run.key"],
        ),
        sa.PrimaryKeyConstraint("run_key"),
    )
    op.create_table(
        "attempt",
        sa.Column("run_key", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=False),
        sa.Column("ended_at", sa.Float(), nullable=True),
        sa.Column("pid", sa.Integer(), nullable=True),
        sa.Column("host", sa.String(), nullable=True),
        sa.Column("boot_id", sa.String(), nullable=True),
        sa.Column("device", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("exit_signal", sa.Integer(), nullable=True),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_key"],
            ["run.key"],
        ),
        sa.PrimaryKeyConstraint("run_key", "number"),
    )
    op.create_table(
        "request",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("run_key", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("requested_at", sa.Float(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("delivered_at", sa.Float(), nullable=True),
        sa.Column("closed_at", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_key"],
            ["run.key"],
        ),
        sa.PrimaryKeyConstraint("key"),
    )

    op.create_index("ix_request_closed_at", "request", ["closed_at"], unique=False)
    op.create_index("ix_request_run_key", "request", ["run_key"], unique=False)


def _what_runs_write() -> None:
    op.create_table(
        "event",
        sa.Column("run_key", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("time", sa.Float(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("run_key", "seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "metric_name",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "point",
        sa.Column("run_key", sa.Integer(), nullable=False),
        sa.Column("name_key", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("run_key", "name_key", "step"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "summary",
        sa.Column("run_key", sa.Integer(), nullable=False),
        sa.Column("name_key", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("last", sa.Float(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.Float(), nullable=True),
        sa.Column("minimum_step", sa.Integer(), nullable=True),
        sa.Column("maximum", sa.Float(), nullable=True),
        sa.Column("maximum_step", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("run_key", "name_key"),
        sqlite_with_rowid=False,
    )


def _what_checkpoints_say() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("run_key", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("best", sa.Boolean(), nullable=False),
        sa.Column("time", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_key"],
            ["run.key"],
        ),
        sa.PrimaryKeyConstraint("run_key", "step"),
    )
    op.create_table(
        "prediction",
        sa.Column("run_key", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("classes", sa.Integer(), nullable=False),
        sa.Column("label", sa.LargeBinary(), nullable=False),
        sa.Column("predicted", sa.LargeBinary(), nullable=False),
        sa.Column("probabilities", sa.LargeBinary(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_key"],
            ["run.key"],
        ),
        sa.PrimaryKeyConstraint("run_key"),
    )
