"""The sections of a config: every setting with its bounds and its sentence.

Names are those of `transformers.TrainingArguments` and `datasets` where these have one.
"""

import math
from functools import partial
from types import NoneType
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from bertft_tui.core.metric_names import BEST_METRICS, ProblemType

#: The bound of counts that have no other: far beyond any data set, within what every database stores.
MANY = 1_000_000_000

#: The bound of texts in one pass, and of passes in one step.
MOST_AT_ONCE = 65_536

BestMetric = Literal[
    "auto",
    "accuracy",
    "f1",
    "precision",
    "recall",
    "matthews_correlation",
    "f1_micro",
    "f1_macro",
    "subset_accuracy",
    "pearsonr",
    "spearmanr",
    "mse",
    "loss",
]
#: What a run does when its loss is no number.
OnNan = Literal["stop", "retry", "continue"]
#: And what when its loss rises and stays up.
OnDivergence = Literal["continue", "stop"]

assert set(get_args(BestMetric)) == {"auto", *BEST_METRICS}


def _all_or_at_least(least: int, value: Any) -> Any:
    if value == "all" or (isinstance(value, int) and not isinstance(value, bool) and least <= value <= MANY):
        return value
    raise ValueError(f"must be `all` or a whole number of at least {least}")


Size = Annotated[Literal["all"] | int, BeforeValidator(partial(_all_or_at_least, 1))]
Layers = Annotated[Literal["all"] | int, BeforeValidator(partial(_all_or_at_least, 0))]


def _auto_or_share(value: Any) -> Any:
    if value in (None, "auto") or (isinstance(value, float | int) and not isinstance(value, bool) and 0 <= value < 1):
        return value
    raise ValueError("must be `auto`, empty, or a number from 0 to below 1")


def _auto_or_texts(value: Any) -> Any:
    if value == "auto" or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_AT_ONCE):
        return value
    raise ValueError(f"must be `auto` or a whole number from 1 to {MOST_AT_ONCE:,}")


BatchSize = Annotated[Literal["auto"] | int, BeforeValidator(_auto_or_texts)]
Dropout = Annotated[Literal["auto"] | float | None, BeforeValidator(_auto_or_share)]


class Section(BaseModel):
    """A group of settings. Frozen: a changed setting makes a new config. Strict: `true` is not a number."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_none(cls, data: Any) -> Any:
        """TOML has no null: an empty text empties a setting that may be empty."""
        if not isinstance(data, dict) or "" not in data.values():
            return data
        optional = {name for name, field in cls.model_fields.items() if NoneType in get_args(field.annotation)}
        return {name: None if value == "" and name in optional else value for name, value in data.items()}


class ModelSection(Section):
    """Which pretrained encoder, and how it attends and drops out."""

    name_or_path: str = Field(
        "google-bert/bert-base-cased",
        min_length=1,
        description="A Hub id, a folder with config.json and model.safetensors, or `demo` for the packaged MiniLM.",
    )
    revision: str | None = Field(None, description="Branch, tag or commit of a Hub model; empty takes the newest.")
    trust_remote_code: bool = Field(
        False,
        description="Run Python code that comes with the model. It can do whatever you can, with your files and "
        "tokens: only for authors whom you trust.",
    )
    attn_implementation: Literal["auto", "sdpa", "eager"] = Field(
        "auto", description="How attention is computed: `auto` takes the model's own default (sdpa for most)."
    )
    attention_dropout: Dropout = Field(
        "auto",
        description="Dropout on the attention weights; empty keeps the model's own; `auto` takes 0 where dropout "
        "bars the fast kernels, else the model's own.",
    )
    hidden_dropout: float | None = Field(
        None,
        ge=0,
        lt=1,
        description="Dropout on hidden states and on the classifier; empty keeps the model's own.",
    )
    dropout_masks: Literal["auto", "torch", "16bit"] = Field(
        "auto",
        description="How dropout draws: as `torch` does, or from 16 random bits for each number, which takes a third "
        "of the time. `auto` does so on a processor.",
    )
    trained_embeddings: Literal["auto", "occurring", "all"] = Field(
        "auto",
        description="Word embeddings that are trained: `occurring` leaves out tokens that no training text has, "
        "which changes nothing and saves time and memory. `auto` does so on a processor.",
    )
    last_layer: Literal["auto", "first_token", "all_tokens"] = Field(
        "auto",
        description="What the last layer is computed for: `first_token` is all that the classification head reads, "
        "and saves most of a layer's work. `auto` does so where it can.",
    )
    freeze_layers: Layers = Field(
        0,
        description="How many of the lowest layers stay as they are, the embeddings with them; `all`: only the "
        "classification head learns.",
    )
    lora_r: int | None = Field(
        None,
        ge=1,
        le=1024,
        description="Rank of LoRA: small matrices learn in place of the encoder's (needs peft); empty trains all.",
    )
    lora_alpha: float = Field(16.0, gt=0, le=65_536, description="Scale of LoRA: what it learns counts alpha / r.")
    lora_dropout: float = Field(0.0, ge=0, lt=1, description="Dropout on what goes into LoRA's matrices.")

    @model_validator(mode="after")
    def _combinations(self) -> Self:
        if self.lora_r is not None and self.freeze_layers != 0:
            raise ValueError("lora_r already keeps the encoder's own weights as they are: set freeze_layers = 0")
        return self


class DataSection(Section):
    """Which texts and labels, how many, and how they become tokens."""

    dataset: str = Field(
        "demo",
        min_length=1,
        description="A Hub id; a file (csv, tsv, json, jsonl, parquet, packed ones too) or a pattern of files; a "
        "folder of files, or with one for each class; or `demo`.",
    )
    config_name: str | None = Field(
        None, description="Which configuration of a Hub data set; empty takes the only one."
    )
    revision: str | None = Field(None, description="Branch, tag or commit of a Hub data set; empty: the newest.")
    train_split: str = Field("train", min_length=1, description="The split to train on.")
    eval_split: str | None = Field(
        None, description="The split to evaluate on; empty carves the rows out of the training split."
    )
    test_split: str | None = Field(
        None, description="A split that training never sees: only `evaluate` does. Empty means none."
    )
    eval_fraction: float = Field(
        0.2,
        gt=0,
        lt=1,
        description="Share of the training split carved out for evaluation when eval_size is `all`.",
    )
    text_column: str | None = Field(None, description="The column with the texts; empty finds it.")
    text_pair_column: str | None = Field(None, description="A second text for each row; empty means none.")
    label_column: str | None = Field(
        None,
        description="The column with the labels; several 0/1 columns separated by commas; empty finds it.",
    )
    problem_type: Literal["auto"] | ProblemType = Field(
        "auto", description="What is learnt: one class of several, any number of them, or a number."
    )
    encoding: str | None = Field(None, description="Encoding of the files; empty finds it out.")
    train_size: Size = Field("all", description="How many training rows: a number, or `all`.")
    eval_size: Size = Field("all", description="How many evaluation rows: a number, or `all`.")
    stratify: bool = Field(
        False,
        description="Keep the classes' shares in subsets; else shuffle and take the first rows. Rows that are carved "
        "out for evaluation keep them anyway.",
    )
    subset_seed: int = Field(42, ge=0, lt=2**32, description="Draws subsets and splits; never the training seed.")
    max_length: int = Field(512, ge=4, le=131_072, description="Tokens a text is cut at.")
    truncation: bool = Field(True, description="Cut longer texts; false refuses to train when there is one.")
    padding: Literal["auto", "packed", "dynamic", "max_length"] = Field(
        "auto",
        description="Pad to the longest text of the batch (`dynamic`), always to max_length, or not at all: `packed` "
        "puts texts end to end. `auto` packs where it can.",
    )
    load_from_cache_file: bool = Field(
        True, description="Take tokens of the same texts from the cache; false makes and keeps none."
    )


class TrainingSection(Section):
    """The Trainer's arguments."""

    num_train_epochs: float = Field(3.0, gt=0, le=10_000, description="Passes over the training rows.")
    max_steps: int = Field(
        -1, ge=-1, le=MANY, description="Stop after so many steps, whatever the epochs; -1: no such limit."
    )
    train_batch_size: int = Field(
        8,
        ge=1,
        le=MOST_AT_ONCE,
        description="Texts taken at once, in as few passes as the device has room for; gradient_accumulation_steps "
        "times as many make a step.",
    )
    per_device_train_batch_size: BatchSize = Field(
        "auto",
        description="Texts in one forward pass, in place of train_batch_size; `auto` finds how many of those fit.",
    )
    gradient_accumulation_steps: int = Field(
        1,
        ge=1,
        le=MOST_AT_ONCE,
        description="Passes per optimizer step: the effective batch is batch size times this.",
    )
    per_device_eval_batch_size: int = Field(32, ge=1, le=MOST_AT_ONCE, description="Texts in one evaluation pass.")
    learning_rate: float = Field(
        5e-5,
        gt=0,
        le=10,
        description="The step size of AdamW. 1e-5 to 5e-5 is usual for BERT; 5e-4 rarely learns.",
    )
    lr_scheduler_type: Literal[
        "linear", "cosine", "constant", "constant_with_warmup", "polynomial", "inverse_sqrt"
    ] = Field("linear", description="How the learning rate moves after the warm-up; `constant` has none.")
    warmup_steps: float = Field(
        0.0,
        ge=0,
        le=MANY,
        description="Steps over which the learning rate rises; below 1 a share of all steps (1.0: one step).",
    )
    weight_decay: float = Field(0.0, ge=0, le=1, description="Pulls weights towards zero (not biases and norms).")
    max_grad_norm: float = Field(1.0, ge=0, description="Longer gradients are cut to this; 0 cuts none.")
    label_smoothing_factor: float = Field(0.0, ge=0, lt=1, description="Share of each label spread over all classes.")
    class_weights: Literal["none", "balanced"] = Field(
        "none", description="`balanced` lets rare classes count more in the loss: all of them the same together."
    )
    layer_lr_decay: float = Field(
        1.0,
        gt=0,
        le=1,
        description="Each layer below learns this much slower than the one above it; 1: all alike, 0.9 is usual.",
    )
    seed: int = Field(42, ge=0, lt=2**32, description="Draws the new head, the order of the rows and the dropout.")
    optim: Literal["adamw_torch_fused", "adamw_torch", "adafactor", "sgd"] = Field(
        "adamw_torch_fused", description="The optimizer."
    )
    train_sampling_strategy: Literal["auto", "random", "group_by_length", "batch_rebalance", "sequential"] = Field(
        "auto",
        description="Order of the training rows; `group_by_length` puts texts of like length into one step, "
        "`batch_rebalance` those of a step into one pass. `auto` is random where that costs no padding.",
    )
    eval_sampling_strategy: Literal["length", "sequential"] = Field(
        "length", description="Order in which rows are evaluated: the longest first, or as they stand."
    )
    eval_strategy: Literal["epoch", "steps", "no"] = Field(
        "epoch", description="When to evaluate and save; `no` does it once, at the end."
    )
    eval_steps: int | None = Field(
        None, ge=1, le=MANY, description="Steps between evaluations when eval_strategy is `steps`."
    )
    eval_on_start: bool = Field(
        False, description="Evaluate before the first step too: what the model knows unasked."
    )
    logging_steps: int = Field(1, ge=1, le=MANY, description="Steps between two points of the training loss.")
    metric_for_best_model: BestMetric = Field(
        "auto",
        description="Chooses the best checkpoint; `auto` takes accuracy, f1_micro for several labels, pearsonr for "
        "numbers.",
    )
    early_stopping_patience: int | None = Field(
        None, ge=1, le=MANY, description="Evaluations without a better one before training ends; empty: never."
    )
    on_nan: OnNan = Field(
        "stop",
        description="When loss or gradient is no number: `stop` and keep the checkpoint before, `retry` once in fp32 "
        "from it where the precision was lower, or `continue`.",
    )
    on_divergence: OnDivergence = Field(
        "continue",
        description="When the loss rises far and stays up: `continue` with a warning, or `stop` and keep the "
        "checkpoints.",
    )

    @property
    def cut(self) -> tuple[int, int]:
        """Texts of a pass and passes of a step; of `auto` as asked for, before it is known how many fit."""
        asked = self.per_device_train_batch_size
        return self.train_batch_size if asked == "auto" else asked, self.gradient_accumulation_steps

    @property
    def effective_batch(self) -> int:
        """Texts of an optimizer step."""
        return math.prod(self.cut)

    @model_validator(mode="after")
    def _combinations(self) -> Self:
        if self.max_steps == 0:
            raise ValueError("max_steps must be -1 (no limit) or at least 1, not 0")
        if self.eval_strategy == "steps" and self.eval_steps is None:
            raise ValueError("eval_strategy is `steps`, so eval_steps must say how many")
        if self.early_stopping_patience is not None and self.eval_strategy == "no":
            raise ValueError("early_stopping_patience needs evaluations: eval_strategy must not be `no`")
        return self


class HardwareSection(Section):
    """Where and in which number format."""

    device: str = Field(
        "auto",
        pattern=r"^(auto|cpu|mps|cuda:\d{1,3})$",
        description="auto, cpu, mps or cuda:N; `auto` takes the first free GPU, else the processor.",
    )
    precision: Literal["auto", "fp32", "tf32", "bf16", "fp16"] = Field(
        "auto", description="`auto` takes bf16 where the hardware computes in it, else tf32 or fp32."
    )
    torch_compile: bool = Field(
        False, description="Compile the model: a minute or more at first, then faster steps. Pays on long runs."
    )
    dataloader_num_workers: int = Field(0, ge=0, le=64, description="Processes that prepare batches; 0: none.")
    dataloader_pin_memory: bool = Field(
        True, description="Keep batches where a GPU can fetch them while it computes; elsewhere it does nothing."
    )

    @field_validator("device", mode="before")
    @classmethod
    def _first_gpu(cls, value: Any) -> Any:
        """torch's `cuda` is its first GPU."""
        return "cuda:0" if value == "cuda" else value
