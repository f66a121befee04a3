"""What the indexes hold that lists of runs are read from: a run's row has its whole config beside it."""

#: The columns of a run that runs are filtered and sorted by, in the order of the index `ix_run_listed`.
LISTED = (
    "status", "experiment", "created_at", "started_at", "ended_at", "earlier_seconds", "attempt_seconds",
    "attempt_monotonic", "device", "train_rows", "eval_rows", "step", "epoch", "max_steps", "steps_per_epoch",
    "samples_per_second", "attempt", "phase", "problem_type", "not_finite_step", "diverged_step", "parent",
    "change_note", "id",
)  # fmt: skip

#: What a metric comes to in a run; the index `ix_summary_extremes` has it behind the metric and the run.
EXTREMES = ("last", "minimum", "minimum_step", "maximum", "maximum_step")
