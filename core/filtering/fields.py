"""The fields of a run: what each is called, what kind of values it has, and where they are kept.

What a name means is decided in this order: a column, a setting (its last part is enough where no other has it), a
metric. `last.loss`, `best.loss`, `min.loss` and `max.loss` always mean a metric.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from bertft_tui.core.config import SECTIONS
from bertft_tui.core.errors import FilterError
from bertft_tui.core.metric_names import BEST_METRICS, METRICS, TASK_METRICS, TEST, direction_of, evaluation_name


class FieldKind(Enum):
    """What kind of values a field has."""

    TEXT = "text"
    NUMBER = "number"
    DURATION = "duration"
    TIME = "time"
    CHOICE = "choice"
    FLAG = "flag"


#: Which of a metric's values: the best in its own direction (the last, where it has none), the last, the extremes.
Which = Literal["best", "last", "min", "max"]


@dataclass(frozen=True)
class Column:
    """What the store keeps about a run beside its settings and metrics."""

    name: str


@dataclass(frozen=True)
class Setting:
    """A setting of the run's config, as `section.field`; `default` stands where a run does not have it.

    `can_be_empty`: a run may have it and no value, which is another thing than the default.
    """

    key: str
    default: Any = None
    can_be_empty: bool = False


@dataclass(frozen=True)
class Metric:
    """One value of a metric of the run."""

    name: str
    which: Which


@dataclass(frozen=True)
class Chosen:
    """A value of the metric that is shown; for `auto` that is each run's own."""

    which: Literal["best", "last", "best_epoch"]


Source = Column | Setting | Metric | Chosen


@dataclass(frozen=True)
class Field:
    """One field. `words` are values of a number that are no numbers: `all`, `auto`."""

    name: str
    kind: FieldKind
    help: str
    source: Source
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    has_many: bool = False  # a run has several values at once, as with tags

    @property
    def is_metric(self) -> bool:
        """Whether its values are those of a metric."""
        return isinstance(self.source, Metric | Chosen)

    @property
    def words_as_numbers(self) -> dict[str, float]:
        """What stands for the words: `all` is more than any number, and another neither more nor less than one."""
        return {word: math.inf if word == "all" else math.nan for word in self.words}


def _column(name: str, kind: FieldKind, text: str, *aliases: str, choices: tuple[str, ...] = ()) -> Field:
    return Field(name, kind, text, Column(name), aliases, choices, has_many=name == "tag")


_T, _N, _D, _W, _F = FieldKind.TEXT, FieldKind.NUMBER, FieldKind.DURATION, FieldKind.TIME, FieldKind.FLAG

#: The columns in the order in which they are offered; statuses come from the store.
_COLUMNS = (
    _column("name", _T, "What the run is called."),
    _column("tag", _T, "One of its tags.", "tags"),
    _column("note", _T, "What somebody wrote about it."),
    _column("experiment", _T, "The group that it belongs to."),
    _column("id", _T, "Its id."),
    Field("best", _N, "The best value of the metric shown.", Chosen("best")),
    Field("last", _N, "The last value of the metric shown.", Chosen("last")),
    Field("best_epoch", _N, "The epoch of that best value.", Chosen("best_epoch"), ("at",)),
    _column("age", _D, "How long ago it was created: `2d`, `3h`."),
    _column("created", _W, "When it was created: `2026-11-01`, `today`.", "created_at"),
    _column("started", _W, "When its first attempt began.", "started_at"),
    _column("ended", _W, "When it ended.", "ended_at"),
    _column("deleted", _W, "When it went to the trash.", "trashed_at"),
    _column("duration", _D, "How long it trained, all attempts together: `10m`.", "duration_seconds", "time"),
    _column("device", _T, "What it ran on: `cpu`, `cuda:0`."),
    _column("train_rows", _N, "How many texts it trained on.", "size", "texts"),
    _column("eval_rows", _N, "How many texts it was evaluated on."),
    _column("batch_size", _N, "How many texts make a step.", "effective_batch"),
    _column("labels", _N, "How many classes it learns.", "classes"),
    _column("task", FieldKind.CHOICE, "What is learnt.", choices=tuple(TASK_METRICS)),
    _column("step", _N, "How many steps it has done.", "steps"),
    _column("epoch", _N, "How many epochs it has done.", "epochs"),
    _column("progress", _N, "Share of its steps done: `progress>50%`."),
    _column("samples_per_second", _N, "How fast it trained.", "speed", "throughput"),
    _column("attempt", _N, "How often it was started.", "attempts"),
    _column("phase", _T, "What it is doing just now."),
    _column("error", _T, "Why it failed."),
    _column("nan", _F, "Whether its loss or a gradient was no number."),
    _column("diverged", _F, "Whether its loss rose and stayed up."),
    _column("pinned", _F, "Whether it is pinned to the top of the table."),
    _column("baseline", _F, "Whether the others are compared with it."),
    _column("parent", _T, "The id of the run that it was made from."),
    _column("change", _T, "What it changes of its parent.", "change_note"),
)

#: Settings that people call by a shorter name, and what else they may be called.
_SHORT = {"model.name_or_path": "model", "data.dataset": "data"}
_ALIASES = {"training.learning_rate": "lr"}

#: What stands before the name of a metric.
PREFIXES: dict[str, Which] = {"best.": "best", "last.": "last", "min.": "min", "max.": "max"}
_WHICH = {"best": "Best value", "last": "Last value", "min": "Lowest value", "max": "Highest value"}

#: Metrics that every training reports.
_TRAINING = {
    "loss": "loss of the training batches",
    "grad_norm": "length of the gradient",
    "learning_rate": "learning rate of a step",
}

#: What a word by itself is looked for in.
_SEARCHED = ("name", "id", "experiment", "tag", "note", "model", "data")


class Fields:
    """Every field that a filter may name: those of all runs, and the metrics of the store's runs."""

    def __init__(self, statuses: Iterable[str], metrics: Iterable[str] = ()) -> None:
        status = _column("status", FieldKind.CHOICE, "Where it stands.", choices=tuple(statuses))
        columns = (status, *_COLUMNS)
        taken = {name for each in columns for name in (each.name, *each.aliases)}
        settings = _settings(taken)
        taken |= {each.name for each in settings}
        self._metrics = _metric_names(metrics)
        self.all = (*columns, *settings, *(self._metric(name, taken) for name in self._metrics))
        self._known = {name: each for each in reversed(self.all) for name in (each.name, *each.aliases)}

    @cached_property
    def searched(self) -> tuple[Field, ...]:
        """The fields that a word by itself is looked for in."""
        return tuple(self._known[name] for name in _SEARCHED)

    def find(self, name: str, text: str | None = None, position: int = 0, length: int | None = None) -> Field:
        """Return the field of a name. Raises FilterError, with the nearest name and the place in `text`."""
        if (found := self.get(name)) is not None:
            return found
        raise self._missing(name, name if text is None else text, position, len(name) if length is None else length)

    def get(self, name: str) -> Field | None:
        """Return the field of a name, in any case; None when no field is called that."""
        for each in (name, name.casefold()):
            prefix, _, metric = each.partition(".")
            if (found := self._known.get(each)) is not None:
                return found
            if (which := PREFIXES.get(f"{prefix}.")) is not None and (known := self._reported(metric)) is not None:
                return _metric_field(each, known, which)
        return None

    def metric_name(self, name: str) -> str:
        """Return the full name of the metric that a choice means: `loss` is `eval_loss`. Raises FilterError."""
        found = next((each for each in (evaluation_name(name), name) if each in self._metrics), None)
        if found is None:
            raise self._missing(name, name, 0, len(name))
        return found

    def with_prefix(self, prefix: str) -> list[Field]:
        """Return every metric as a field with `last.` or another such prefix before its name."""
        return [_metric_field(prefix + self._short(name), name, PREFIXES[prefix]) for name in self._metrics]

    def _reported(self, metric: str) -> str | None:
        """Return the full name of a metric: `accuracy` is reported as `eval_accuracy`."""
        return next((name for name in (metric, evaluation_name(metric)) if name in self._metrics), None)

    def _metric(self, name: str, taken: set[str]) -> Field:
        """A metric by its short name, or its whole one; where something else has both, with what it is before it."""
        shown = next((each for each in (self._short(name), name) if each not in taken), None)
        if shown is None:
            prefix = "last." if direction_of(name) is None else "best."
            return _metric_field(prefix + name, name, PREFIXES[prefix])
        return _metric_field(shown, name, "best", () if shown == name else (name,))

    def _short(self, name: str) -> str:
        short = name.removeprefix("eval_")
        return name if not short or short in self._metrics else short

    def _missing(self, name: str, text: str, position: int, length: int) -> FilterError:
        message, hint = self._unknown(name)
        return FilterError("Unknown field", message, hint, text=text, position=position, length=max(1, length))

    def _unknown(self, name: str) -> tuple[str, str]:
        from difflib import get_close_matches

        shown = name if len(name) <= 60 else f"{name[:60]}…"
        owners = [f"{section}.{name}" for section, kind in SECTIONS.items() if name in kind.model_fields]
        if len(owners) > 1:
            return f"{shown!r} may mean {' or '.join(owners)}.", f"Write {owners[0]}."
        near = get_close_matches(name.casefold()[:60], self._known, n=1)
        others = "A column, a setting or a metric; Tab or `list --help` names some."
        hint = f"Did you mean {near[0]!r}?" if near else others
        return f"No field is called {shown!r}.", hint


def _metric_names(reported: Iterable[str]) -> dict[str, None]:
    """Return the metrics that there are or may be, what matters most first, each once."""
    best = [evaluation_name(name) for name in BEST_METRICS]
    tested = [TEST + name for name in BEST_METRICS]
    return dict.fromkeys([*best, *_TRAINING, *sorted(reported), *tested])


def _metric_field(shown: str, name: str, which: Which, aliases: tuple[str, ...] = ()) -> Field:
    if direction_of(name) is None and which == "best":
        which = "last"
    bare = name.removeprefix("eval_").removeprefix(TEST)
    where = " on the test split" if name.startswith(TEST) else ""
    text = _TRAINING.get(name) or METRICS.get(bare) or ("loss of the evaluation" if bare == "loss" else "")
    meaning = f"{_WHICH[which]}{where}{': ' + text if text else ' of the metric'}."
    return Field(shown, FieldKind.NUMBER, meaning, Metric(name, which), aliases)


def _settings(taken: set[str]) -> list[Field]:
    """Return a field for each setting; by its last part where nothing else is called that."""
    names = [name for kind in SECTIONS.values() for name in kind.model_fields]
    fields = []
    for section, kind in SECTIONS.items():
        for name, info in kind.model_fields.items():
            key = f"{section}.{name}"
            short = name if names.count(name) == 1 and name not in taken else key
            shown = _SHORT.get(key, short)
            others = dict.fromkeys(filter(None, (short, key, _ALIASES.get(key))))
            value, choices, words = _kind_of(info.annotation)
            setting = Setting(key, info.get_default(), NoneType in _flat(info.annotation)[0])
            aliases = tuple(other for other in others if other != shown)
            fields.append(Field(shown, value, info.description or "", setting, aliases, choices, words))
    return fields


def _kind_of(annotation: Any) -> tuple[FieldKind, tuple[str, ...], tuple[str, ...]]:
    """Return the kind of a setting's values, the choices, and the words that stand for numbers."""
    kinds, words = _flat(annotation)
    if bool in kinds:
        return FieldKind.FLAG, (), ()
    if kinds & {int, float}:
        return FieldKind.NUMBER, (), words
    if str in kinds:
        return FieldKind.TEXT, (), ()
    return FieldKind.CHOICE, words, ()


def _flat(annotation: Any) -> tuple[set[type], tuple[str, ...]]:
    """Take a type apart: the types in it, and the words of its literals."""
    if get_origin(annotation) is Literal:
        return set(), get_args(annotation)
    if isinstance(annotation, type):
        return {annotation}, ()
    parts = [_flat(part) for part in get_args(annotation)]
    return set().union(*(kinds for kinds, _ in parts)), tuple(word for _, words in parts for word in words)
