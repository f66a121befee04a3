"""What lists are filtered and sorted by stands where it can be swept: a run's row has its whole config beside it.

Settings get rows of their own, for those runs in which they are not as usual.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_LISTED = (
    "status, experiment, created_at, started_at, ended_at, earlier_seconds, attempt_seconds, attempt_monotonic, "
    "device, train_rows, eval_rows, step, epoch, max_steps, steps_per_epoch, samples_per_second, attempt, phase, "
    "problem_type, not_finite_step, diverged_step, parent, change_note, id"
)

#: What each setting is unless a person changes it.
_USUAL: dict[str, dict[str, object]] = {
    "model": {
        "name_or_path": "google-bert/bert-base-cased", "revision": None, "trust_remote_code": False,
        "attn_implementation": "auto", "attention_dropout": "auto", "hidden_dropout": None, "freeze_layers": 0,
        "lora_r": None, "lora_alpha": 16.0, "lora_dropout": 0.0,
    },
    "data": {
        "dataset": "demo", "config_name": None, "revision": None, "train_split": "train", "eval_split": None,
        "test_split": None, "eval_fraction": 0.2, "text_column": None, "text_pair_column": None,
        "label_column": None, "problem_type": "auto", "encoding": None, "train_size": "all", "eval_size": "all",
        "stratify": False, "subset_seed": 42, "max_length": 512, "truncation": True, "padding": "auto",
        "load_from_cache_file": True,
    },
    "training": {
        "num_train_epochs": 3.0, "max_steps": -1, "per_device_train_batch_size": 8,
        "per_device_eval_batch_size": 32, "gradient_accumulation_steps": 1, "train_batch_size": 8,
        "learning_rate": 5e-05, "lr_scheduler_type": "linear", "warmup_steps": 0.0, "weight_decay": 0.0,
        "max_grad_norm": 1.0, "label_smoothing_factor": 0.0, "class_weights": "none", "layer_lr_decay": 1.0,
        "seed": 42, "optim": "adamw_torch_fused", "train_sampling_strategy": "group_by_length",
        "eval_sampling_strategy": "length", "eval_strategy": "epoch", "eval_steps": None,
        "eval_on_start": False, "logging_steps": 1, "metric_for_best_model": "auto",
        "early_stopping_patience": None, "on_nan": "stop", "on_divergence": "continue",
    },
    "hardware": {
        "device": "auto", "precision": "auto", "torch_compile": False, "dataloader_num_workers": 0,
        "dataloader_pin_memory": True,
    },
}  # fmt: skip

_MEET = """
INSERT INTO setting_name (name, usual)
SELECT section.key || '.' || setting.key, setting.value
FROM json_each(:usual) AS section CROSS JOIN json_each(section.value) AS setting
WHERE EXISTS (SELECT 1 FROM run)
"""  # a store without runs notes what is usual with its first one
_FILL = """
INSERT INTO setting (name_key, run_key, value)
SELECT name_key, run_key, value FROM (
  SELECT setting_name.key AS name_key, run.key AS run_key, usual,
    json_extract(run.config, '$.' || setting_name.name) AS value,
    json_type(run.config, '$.' || setting_name.name) AS type
  FROM run CROSS JOIN setting_name WHERE json_valid(run.config) = 1
) WHERE value IS NOT usual AND type IS NOT NULL
"""  # a setting that came later than the run is as usual


def upgrade() -> None:
    """Make indexes and tables, and fill these."""
    op.execute(f"CREATE INDEX ix_run_listed ON run ({_LISTED})")
    extremes = "name_key, run_key, last, minimum, minimum_step, maximum, maximum_step"
    op.execute(f"CREATE INDEX ix_summary_extremes ON summary ({extremes})")
    op.execute("CREATE INDEX ix_annotation_name ON annotation (name)")
    op.execute("CREATE INDEX ix_annotation_trashed ON annotation (run_key) WHERE trashed_at IS NOT NULL")
    kept = "pinned_at IS NOT NULL OR baseline_at IS NOT NULL"
    op.execute(f"CREATE INDEX ix_annotation_kept ON annotation (run_key) WHERE {kept}")
    op.create_table(
        "setting_name",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("usual", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("key"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "setting",
        sa.Column("name_key", sa.Integer(), nullable=False),
        sa.Column("run_key", sa.Integer(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("name_key", "run_key"),
        sqlite_with_rowid=False,
    )
    op.execute(sa.text(_MEET).bindparams(usual=json.dumps(_USUAL)))
    op.execute(_FILL)
    op.execute("PRAGMA user_version = 8")
