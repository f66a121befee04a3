"""The store's tables as statements use them, without SQLModel: opening the app waits for what it loads.

Written by `python tests/store/written_tables.py` from the classes of `models.py`: change those, and run it.
"""

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Integer, LargeBinary, MetaData, String, Table

METADATA = MetaData()

META = Table(
    "meta",
    METADATA,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)

RUN = Table(
    "run",
    METADATA,
    Column("key", Integer, primary_key=True),
    Column("id", String, unique=True, index=True, nullable=False),
    Column("config", JSON, nullable=False),
    Column("hub_environment", JSON),
    Column("experiment", String),
    Column("parent", String),
    Column("change_note", String),
    Column("created_at", Float, nullable=False),
    Column("status", String, index=True, nullable=False),
    Column("phase", String),
    Column("phase_detail", String),
    Column("queued_at", Float, nullable=False),
    Column("started_at", Float),
    Column("ended_at", Float),
    Column("attempt", Integer, nullable=False, default=0),
    Column("attempt_monotonic", Float),
    Column("attempt_seconds", Float, nullable=False, default=0.0),
    Column("earlier_seconds", Float, nullable=False, default=0.0),
    Column("device", String),
    Column("device_reason", String),
    Column("step", Integer, nullable=False, default=0),
    Column("max_steps", Integer),
    Column("epoch", Float),
    Column("steps_per_epoch", Integer),
    Column("samples_per_second", Float),
    Column("evaluated", Integer),
    Column("to_evaluate", Integer),
    Column("labels", JSON, nullable=False),
    Column("problem_type", String),
    Column("train_rows", Integer),
    Column("eval_rows", Integer),
    Column("error", JSON),
    Column("adjustments", JSON),
    Column("retries", JSON),
    Column("not_finite_step", Integer),
    Column("diverged_step", Integer),
    Column("journal_seq", Integer, nullable=False, default=0),
    Column("journal_offset", Integer, nullable=False, default=0),
    Column("revision", Integer, index=True, nullable=False, default=0),
)

ANNOTATION = Table(
    "annotation",
    METADATA,
    Column("run_key", Integer, ForeignKey("run.key"), primary_key=True),
    Column("name", String, index=True, nullable=False),
    Column("note", String, nullable=False, default=""),
    Column("tags", JSON, nullable=False),
    Column("trashed_at", Float),
    Column("pinned_at", Float),
    Column("baseline_at", Float),
)

SETTING_NAME = Table(
    "setting_name",
    METADATA,
    Column("key", Integer, primary_key=True),
    Column("name", String, unique=True, nullable=False),
    Column("usual", LargeBinary),
)

SETTING = Table(
    "setting",
    METADATA,
    Column("name_key", Integer, primary_key=True),
    Column("run_key", Integer, primary_key=True),
    Column("value", LargeBinary),
    sqlite_with_rowid=False,
)

REQUEST = Table(
    "request",
    METADATA,
    Column("key", Integer, primary_key=True),
    Column("run_key", Integer, ForeignKey("run.key"), index=True, nullable=False),
    Column("kind", String, nullable=False),
    Column("requested_at", Float, nullable=False),
    Column("requested_by", String, nullable=False),
    Column("delivered_at", Float),
    Column("closed_at", Float, index=True),
)

ATTEMPT = Table(
    "attempt",
    METADATA,
    Column("run_key", Integer, ForeignKey("run.key"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("started_at", Float, nullable=False),
    Column("ended_at", Float),
    Column("pid", Integer),
    Column("host", String),
    Column("boot_id", String),
    Column("device", String),
    Column("outcome", String),
    Column("exit_code", Integer),
    Column("exit_signal", Integer),
    Column("versions", JSON, nullable=False),
    Column("adjustments", JSON),
    Column("seconds", Float),
)

NAME = Table(
    "metric_name",
    METADATA,
    Column("key", Integer, primary_key=True),
    Column("name", String, unique=True, nullable=False),
)

POINT = Table(
    "point",
    METADATA,
    Column("run_key", Integer, primary_key=True),
    Column("name_key", Integer, primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("value", Float),
    Column("milliseconds", Integer, nullable=False),
    sqlite_with_rowid=False,
)

SUMMARY = Table(
    "summary",
    METADATA,
    Column("run_key", Integer, primary_key=True),
    Column("name_key", Integer, primary_key=True),
    Column("points", Integer, nullable=False),
    Column("last", Float),
    Column("last_step", Integer, nullable=False),
    Column("minimum", Float),
    Column("minimum_step", Integer),
    Column("maximum", Float),
    Column("maximum_step", Integer),
    sqlite_with_rowid=False,
)

EVENT = Table(
    "event",
    METADATA,
    Column("run_key", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("time", Float, nullable=False),
    Column("type", String, nullable=False),
    Column("fields", JSON, nullable=False),
    sqlite_with_rowid=False,
)

VITAL = Table(
    "vital",
    METADATA,
    Column("run_key", Integer, primary_key=True),
    Column("milliseconds", Integer, primary_key=True),
    Column("memory", Float),
    Column("peak_memory", Float),
    Column("cpu", Float),
    Column("disk_read", Float),
    Column("disk_write", Float),
    Column("gpu_use", Float),
    Column("gpu_memory", Float),
    Column("gpu_memory_total", Float),
    Column("gpu_peak_memory", Float),
    Column("gpu_temperature", Float),
    Column("gpu_power", Float),
    sqlite_with_rowid=False,
)

CHECKPOINT = Table(
    "checkpoint",
    METADATA,
    Column("run_key", Integer, ForeignKey("run.key"), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("path", String, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("best", Boolean, nullable=False),
    Column("time", Float, nullable=False),
)

PREDICTION = Table(
    "prediction",
    METADATA,
    Column("step", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("classes", Integer, nullable=False),
    Column("problem_type", String, nullable=False, server_default="single_label_classification"),
    Column("label", LargeBinary, nullable=False),
    Column("predicted", LargeBinary, nullable=False),
    Column("probabilities", LargeBinary, nullable=False),
    Column("text_hash", LargeBinary, nullable=False),
    Column("run_key", Integer, ForeignKey("run.key"), primary_key=True),
)

EVALUATION = Table(
    "evaluation",
    METADATA,
    Column("key", Integer, primary_key=True),
    Column("run_key", Integer, ForeignKey("run.key"), index=True, nullable=False),
    Column("step", Integer, nullable=False),
    Column("dataset", String, nullable=False),
    Column("split", String, nullable=False),
    Column("is_test", Boolean, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("metrics", JSON, nullable=False),
    Column("created_at", Float, nullable=False),
)

EVALUATION_PREDICTION = Table(
    "evaluation_prediction",
    METADATA,
    Column("step", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("classes", Integer, nullable=False),
    Column("problem_type", String, nullable=False, server_default="single_label_classification"),
    Column("label", LargeBinary, nullable=False),
    Column("predicted", LargeBinary, nullable=False),
    Column("probabilities", LargeBinary, nullable=False),
    Column("text_hash", LargeBinary, nullable=False),
    Column("evaluation_key", Integer, ForeignKey("evaluation.key"), primary_key=True),
    Column("run_key", Integer, ForeignKey("run.key"), index=True, nullable=False),
)
