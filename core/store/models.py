"""The store's tables. Their schema is made by the migrations; a test holds the two together.

Statements are built on `tables.py`, which `python tests/store/written_tables.py` makes from these classes: rows as
objects cost ten times as much as tuples, and SQLModel a fifth of a second before the first of them is read.

`run` belongs to the scheduler, `annotation` (what people say about a run) and `evaluation` (what they had scored
again) to the interface, `request` is written by the interface and closed by the scheduler. Times are seconds since
the epoch, as floats.
"""

from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Index, MetaData, text
from sqlmodel import Field, SQLModel

from bertft_tui.core.store.listed import EXTREMES, LISTED


class Meta(SQLModel, table=True):
    """Facts about the store itself: the revision, the boot it was last used in, the pause of the queue."""

    key: str = Field(primary_key=True)
    value: str


class Run(SQLModel, table=True):
    """One run. `key` is short, so that points stay small; `id` is what people and directories use.

    One index holds all that lists are filtered and sorted by, so that the configs are not read.
    """

    __table_args__: ClassVar[tuple[Any, ...]] = (Index("ix_run_listed", *LISTED),)

    key: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True, index=True)
    config: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    hub_environment: dict[str, str] | None = Field(default=None, sa_column=Column(JSON))
    experiment: str | None = None
    parent: str | None = None
    change_note: str | None = None
    created_at: float
    status: str = Field(index=True)
    phase: str | None = None
    phase_detail: str | None = None  # words on what the phase is about just now
    queued_at: float
    started_at: float | None = None
    ended_at: float | None = None
    attempt: int = 0
    attempt_monotonic: float | None = None  # the monotonic clock when the present attempt began
    attempt_seconds: float = 0.0  # how long the present attempt has lasted
    earlier_seconds: float = 0.0  # what the attempts before it lasted together
    device: str | None = None
    device_reason: str | None = None
    step: int = 0
    max_steps: int | None = None
    epoch: float | None = None
    steps_per_epoch: int | None = None
    samples_per_second: float | None = None
    evaluated: int | None = None
    to_evaluate: int | None = None
    labels: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    problem_type: str | None = None
    train_rows: int | None = None
    eval_rows: int | None = None
    error: dict[str, str] | None = Field(default=None, sa_column=Column(JSON))
    adjustments: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))  # settings changed on the way
    retries: dict[str, int] | None = Field(default=None, sa_column=Column(JSON))  # how often for which reason
    not_finite_step: int | None = None  # the first step whose loss or gradient was NaN or infinite
    diverged_step: int | None = None  # the first step at which the loss had risen and stayed up
    journal_seq: int = 0
    journal_offset: int = 0
    revision: int = Field(default=0, index=True)


class Annotation(SQLModel, table=True):
    """What people say about a run."""

    __table_args__: ClassVar[tuple[Any, ...]] = (
        Index("ix_annotation_trashed", "run_key", sqlite_where=text("trashed_at IS NOT NULL")),
        Index("ix_annotation_kept", "run_key", sqlite_where=text("pinned_at IS NOT NULL OR baseline_at IS NOT NULL")),
    )

    run_key: int = Field(primary_key=True, foreign_key="run.key")
    name: str = Field(index=True)
    note: str = ""
    tags: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    trashed_at: float | None = None  # when the run went to the trash; out of it again: None
    pinned_at: float | None = None  # when it was pinned to the top of the table
    baseline_at: float | None = None  # when it became what others are compared with; the newest is it


class SettingName(SQLModel, table=True):
    """A setting's name, once, and what it usually is: a value as SQLite finds it in a config, of any kind."""

    __tablename__: ClassVar[str] = "setting_name"

    key: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    usual: bytes | None = None


class Setting(SQLModel, table=True):
    """A setting of a run that is not as usual, again of any kind: one setting of all runs is read in one sweep."""

    __table_args__: ClassVar[dict[str, Any]] = {"sqlite_with_rowid": False}

    name_key: int = Field(primary_key=True)
    run_key: int = Field(primary_key=True)
    value: bytes | None = None


class RequestRow(SQLModel, table=True):
    """A stop, cancel or resume that somebody asked for."""

    __tablename__: ClassVar[str] = "request"

    key: int | None = Field(default=None, primary_key=True)
    run_key: int = Field(foreign_key="run.key", index=True)
    kind: str
    requested_at: float
    requested_by: str
    delivered_at: float | None = None  # of older versions; nobody writes it any more
    closed_at: float | None = Field(default=None, index=True)


class Attempt(SQLModel, table=True):
    """One process of a run."""

    run_key: int = Field(primary_key=True, foreign_key="run.key")
    number: int = Field(primary_key=True)
    started_at: float
    ended_at: float | None = None
    pid: int | None = None
    host: str | None = None
    boot_id: str | None = None
    device: str | None = None
    outcome: str | None = None
    exit_code: int | None = None
    exit_signal: int | None = None
    versions: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    adjustments: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))  # of the run's settings
    seconds: float | None = None  # how long it lasted, by the monotonic clock


class MetricName(SQLModel, table=True):
    """A metric's name, once, so that a point carries a small number instead."""

    __tablename__: ClassVar[str] = "metric_name"

    key: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)


class Point(SQLModel, table=True):
    """One value of one metric. Clustered by run, name and step: a curve is read in one sweep."""

    __table_args__: ClassVar[dict[str, Any]] = {"sqlite_with_rowid": False}

    run_key: int = Field(primary_key=True)
    name_key: int = Field(primary_key=True)
    step: int = Field(primary_key=True)
    value: float | None = None  # NULL is NaN, which SQLite cannot hold
    milliseconds: int  # of the run's own time, all attempts together


class Summary(SQLModel, table=True):
    """A metric of a run in one row, kept up as its points arrive. The index holds one metric of all runs in a row."""

    __table_args__: ClassVar[tuple[Any, ...]] = (
        Index("ix_summary_extremes", "name_key", "run_key", *EXTREMES),
        {"sqlite_with_rowid": False},
    )

    run_key: int = Field(primary_key=True)
    name_key: int = Field(primary_key=True)
    points: int
    last: float | None = None
    last_step: int
    minimum: float | None = None
    minimum_step: int | None = None
    maximum: float | None = None
    maximum_step: int | None = None


class EventRow(SQLModel, table=True):
    """An event of a run's journal; points and progress are kept elsewhere."""

    __tablename__: ClassVar[str] = "event"
    __table_args__: ClassVar[dict[str, Any]] = {"sqlite_with_rowid": False}

    run_key: int = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    time: float
    type: str
    fields: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class Vital(SQLModel, table=True):
    """What was measured of a run's process and GPU, by the run's own time. A month leaves about 90,000 rows."""

    __table_args__: ClassVar[dict[str, Any]] = {"sqlite_with_rowid": False}

    run_key: int = Field(primary_key=True)
    milliseconds: int = Field(primary_key=True)  # all attempts together
    memory: float | None = None
    peak_memory: float | None = None
    cpu: float | None = None
    disk_read: float | None = None
    disk_write: float | None = None
    gpu_use: float | None = None
    gpu_memory: float | None = None
    gpu_memory_total: float | None = None
    gpu_peak_memory: float | None = None
    gpu_temperature: float | None = None
    gpu_power: float | None = None


class Checkpoint(SQLModel, table=True):
    """A checkpoint as its run announced it."""

    run_key: int = Field(primary_key=True, foreign_key="run.key")
    step: int = Field(primary_key=True)
    path: str
    bytes: int
    best: bool
    time: float


class _Said(SQLModel):
    """What a checkpoint says about each of some examples: four arrays, compressed (zlib)."""

    step: int
    rows: int
    classes: int
    problem_type: str = Field(
        sa_column_kwargs={"server_default": "single_label_classification"}
    )  # says what the arrays hold: see `store/predictions.py`
    label: bytes
    predicted: bytes
    probabilities: bytes  # float32, rows × classes
    text_hash: bytes  # uint64


class Prediction(_Said, table=True):
    """What a run's best checkpoint says about each evaluation example."""

    run_key: int = Field(primary_key=True, foreign_key="run.key")


class Evaluation(SQLModel, table=True):
    """A run's best checkpoint scored again, on its test split or on another data set. Belongs to the interface."""

    key: int | None = Field(default=None, primary_key=True)
    run_key: int = Field(foreign_key="run.key", index=True)
    step: int
    dataset: str
    split: str
    is_test: bool  # whether these are the rows that the run's config sets aside as `data.test_split`
    rows: int
    metrics: dict[str, float | None] = Field(sa_column=Column(JSON, nullable=False))  # None is NaN
    created_at: float


class EvaluationPrediction(_Said, table=True):
    """What a checkpoint said about each example of an evaluation after training; of each split the newest."""

    __tablename__: ClassVar[str] = "evaluation_prediction"

    evaluation_key: int = Field(primary_key=True, foreign_key="evaluation.key")
    run_key: int = Field(foreign_key="run.key", index=True)


METADATA: MetaData = SQLModel.metadata
