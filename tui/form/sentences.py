"""The help of a field: its sentence, what the value that stands there means in this run, and what it takes."""

from collections.abc import Callable
from dataclasses import dataclass

from bertft_tui.core.analysis.plan import plan_of
from bertft_tui.core.config import RunConfig
from bertft_tui.core.grid import Grid
from bertft_tui.core.series import SEED
from bertft_tui.tui.form.fields import RARE, SAID, allowed, default_text, info_of, is_bounded, is_default
from bertft_tui.tui.form.findings import LEAST_SAVED, NO_FINDINGS, Findings
from bertft_tui.tui.format import clean, count_of, number

_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")

#: Learning rates that are unusual when all of a BERT learns.
_HIGH, _LOW = 2e-4, 2e-6


@dataclass(frozen=True)
class Present:
    """A form as it stands: its runs, when they can be read, and what preflight has found."""

    grid: Grid | None
    origin: str  # "preset demo"
    base: dict[str, str]  # the texts that the form began with
    found: Findings = NO_FINDINGS


@dataclass(frozen=True)
class Help:
    """The three parts of a field's help."""

    description: str
    meaning: str
    takes: str


def help_of(key: str, text: str, present: Present) -> Help:
    """Say what a field is, what stands in it, and what it takes."""
    if key in SAID:
        return Help(SAID[key], _said_words(key, text, present), "")
    takes = f"Takes {allowed(key)}." if is_bounded(key) else ""
    if key == SEED:
        takes += f" Or `5 seeds`: five runs, with seeds from {present.base.get(key) or default_text(key)} on."
    parts = [_meaning(key, present), _whence(key, text, present)]
    return Help(info_of(key).description or "", " ".join(filter(None, parts)), takes)


def _said_words(key: str, text: str, present: Present) -> str:
    several = len(present.grid.configs) if present.grid else 1
    if key == "name" and several > 1:
        return f"Each of the {several} runs has what differs behind it."
    if key == "experiment" and several > 1 and not text.strip():
        return f"The {several} runs share what stands there in grey."
    return ""


def _whence(key: str, text: str, present: Present) -> str:
    """Where the value comes from: the default, or what the form began with."""
    base = present.base.get(key, "")
    if text.strip() != base.strip():
        return f"{present.origin[:1].upper()}{present.origin[1:]} has {clean(base, limit=80) or 'nothing'}."
    if is_default(key, text):
        return "The default." if text.strip() else ""
    return f"The default is {default_text(key) or 'nothing'}."


def _meaning(key: str, present: Present) -> str:
    """What the present value comes to; nothing while the form cannot be read."""
    if present.grid is None:
        return ""
    values = present.grid.lists.get(key)
    if values is not None:
        count = len(values)
        words = f"{_NUMBERS[count] if count < len(_NUMBERS) else count} values: "
        runs = len(present.grid.configs)
        other = "" if runs == count else f", {runs:,} with the other lists"
        return f"{words}{(_NUMBERS[count].lower() if count < len(_NUMBERS) else str(count))} runs{other}."
    explain = _WORDS.get(key)
    return explain(present.grid.first, present.found) if explain else ""


def _batch(config: RunConfig, found: Findings) -> str:
    training = config.training
    size, passes = training.cut
    words = f"{size} × {passes} = {size * passes:,} texts a step" if passes > 1 else f"{size:,} texts a step"
    if found.train_rows is None:
        return f"{words}."
    return f"{words}, {count_of(plan_of(training, found.train_rows).steps, 'step')} in all."


def _epochs(config: RunConfig, found: Findings) -> str:
    if config.training.max_steps > 0:
        return "Not used: max_steps says when to stop."
    if found.train_rows is None:
        return ""
    plan = plan_of(config.training, found.train_rows)
    return f"{count_of(plan.steps, 'step')} over {number(found.train_rows)} rows."


def _max_steps(config: RunConfig, found: Findings) -> str:
    if found.train_rows is None:
        return ""
    plan = plan_of(config.training, found.train_rows)
    if config.training.max_steps < 0:
        return f"The epochs say when: after {count_of(plan.steps, 'step')}."
    return f"Ends after {number(plan.epochs, 3)} epochs."


def _warmup(config: RunConfig, found: Findings) -> str:
    training = config.training
    if training.lr_scheduler_type == "constant":
        return "Not used: the schedule is constant."
    if training.warmup_steps == 0:
        return "No warm-up: the first step is taken at the full rate."
    steps = plan_of(training, found.train_rows).steps if found.train_rows else None
    if training.warmup_steps >= 1:
        return f"{training.warmup_steps:.0f} of {steps:,} steps." if steps else ""
    share = f"{training.warmup_steps:.3g} of all steps"
    return f"{share}: {round(training.warmup_steps * steps):,} of {steps:,}." if steps else f"{share}."


def _rate(config: RunConfig, found: Findings) -> str:
    rate, model = config.training.learning_rate, config.model
    if model.lora_r is not None or model.freeze_layers == "all":
        return ""
    if rate >= _HIGH and model.name_or_path != "demo":
        return "That is high for a whole BERT."
    return "That is low: it will hardly move." if rate <= _LOW else ""


def _train_size(config: RunConfig, found: Findings) -> str:
    return _share(config.data.train_size, found.train_available)


def _eval_size(config: RunConfig, found: Findings) -> str:
    return _share(config.data.eval_size, found.eval_available)


def _share(size: int | str, available: int | None) -> str:
    if available is None:
        return ""
    if isinstance(size, str):
        return f"All {count_of(available, 'row')}."
    return f"{size:,} of {count_of(available, 'row')}: {size / available:.0%}."


def _fraction(config: RunConfig, found: Findings) -> str:
    data = config.data
    if data.eval_split is not None:
        return f"Not used: eval_split is {clean(data.eval_split, limit=40)}."
    if data.eval_size != "all":
        return "Not used: eval_size says how many."
    return f"{found.eval_rows:,} rows are carved out." if found.eval_rows is not None else ""


def _max_length(config: RunConfig, found: Findings) -> str:
    if found.share_cut is None:
        return ""
    verb = "would be cut" if config.data.truncation else "are longer, which truncation = false refuses"
    longest = f"the longest has {found.longest:,} tokens" if found.longest else ""
    return f"{found.share_cut:.0%} of the texts {verb}; {longest}."


def _padding(config: RunConfig, found: Findings) -> str:
    if found.saved is None:
        return ""
    if found.saved < LEAST_SAVED:
        return f"There is hardly any padding: most texts have {config.data.max_length:,} tokens or more."
    if config.data.padding == "max_length":
        return f"{found.padding:.0%} of all tokens are padding; {found.padded} would save {found.saved:.1f}×."
    how = f"Here it is {found.padded}, which saves" if config.data.padding == "auto" else "Saves"
    return f"{how} {found.saved:.1f}× against padding all to max_length."


def _evaluations(config: RunConfig, found: Findings) -> str:
    training = config.training
    if found.train_rows is None:
        return ""
    return f"{count_of(plan_of(training, found.train_rows).evaluations, 'evaluation')} in all."


def _eval_steps(config: RunConfig, found: Findings) -> str:
    if config.training.eval_strategy != "steps":
        return f"Not used: eval_strategy is {config.training.eval_strategy}."
    return _evaluations(config, found)


def _lora(config: RunConfig, found: Findings) -> str:
    model = config.model
    if model.lora_r is None:
        return "No LoRA: the encoder's own weights learn."
    return f"What it learns counts {number(model.lora_alpha / model.lora_r, 3)} times."


def _eval_split(config: RunConfig, found: Findings) -> str:
    if config.data.eval_split is None and found.eval_rows is not None:
        return f"Empty: {found.eval_rows:,} rows are carved out of {clean(config.data.train_split, limit=40)}."
    return _splits(config, found)


def _splits(config: RunConfig, found: Findings) -> str:
    return f"There are {', '.join(clean(name, limit=30) for name in found.splits[:8])}." if found.splits else ""


def _column(role: str) -> Callable[[RunConfig, Findings], str]:
    def words(config: RunConfig, found: Findings) -> str:
        chosen = found.columns.get(role)
        return f"{clean(chosen[0], limit=60)!r}: {clean(chosen[1], limit=120)}." if chosen else ""

    return words


_WORDS: dict[str, Callable[[RunConfig, Findings], str]] = {
    "training.per_device_train_batch_size": _batch,
    "training.gradient_accumulation_steps": _batch,
    "training.train_batch_size": _batch,
    "training.num_train_epochs": _epochs,
    "training.max_steps": _max_steps,
    "training.warmup_steps": _warmup,
    "training.learning_rate": _rate,
    "training.eval_strategy": _evaluations,
    "training.eval_steps": _eval_steps,
    "data.train_size": _train_size,
    "data.eval_size": _eval_size,
    "data.eval_fraction": _fraction,
    "data.max_length": _max_length,
    "data.padding": _padding,
    "data.train_split": _splits,
    "data.eval_split": _eval_split,
    "data.test_split": _splits,
    "data.text_column": _column("text"),
    "data.text_pair_column": _column("pair"),
    "data.label_column": _column("label"),
    "model.lora_r": _lora,
    "model.lora_alpha": _lora,
}

assert set(_WORDS) | RARE <= set(RunConfig().flat())
