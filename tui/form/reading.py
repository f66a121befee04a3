"""From the texts of a form to the configs of its runs, or to the sentence at each field that is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import ConfigError
from bertft_tui.core.grid import Grid, ListError, check_size, combinations, read_values
from bertft_tui.core.series import SEED, asked_seeds, seeds_from
from bertft_tui.tui.form.fields import allowed, texts_of

Values = dict[str, tuple[Any, ...]]

#: Fields that are named when several are wrong.
_NAMES = 4


@dataclass(frozen=True)
class Checked:
    """What came of reading a form: its runs, or what is wrong with which field (`""`: with none alone)."""

    grid: Grid | None
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> RunConfig | None:
        """The config of the first run."""
        return self.grid.first if self.grid else None


def sentence_of(key: str, fault: str) -> str:
    """A fault with the field that it is about; a rule over several fields names them itself."""
    name = key.rpartition(".")[2]
    return fault if name in fault else f"{name} {fault}"


def names_of(faults: Mapping[str, str]) -> str:
    """The fields that are wrong, by name: `dataset, seed and learning_rate`; of many the first ones."""
    names = [key.rpartition(".")[2] for key in faults if key]
    if not names:
        return "what is wrong"  # a rule over several fields, none of which it names
    if len(names) > _NAMES:
        names[_NAMES - 1 :] = [f"{len(names) - _NAMES + 1} more"]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def read_form(base: RunConfig, texts: Mapping[str, str]) -> Checked:
    """Read a form that began as `base`. Untouched fields keep their exact value, not its rounded text."""
    before = texts_of(base)
    faults: dict[str, str] = {}
    chosen: Values = {}
    for key, text in texts.items():
        if text.strip() != before[key].strip():
            try:
                chosen[key] = _values(base, key, text.strip())
            except ListError as error:
                faults[key] = f"must {error.must}"
            except ConfigError as error:
                faults[key] = error.problem.message.rstrip(".")
    data = base.model_dump()
    faults |= {key: fault for key, fault in _faults(data, chosen, texts).items() if key not in faults}
    if faults:
        return Checked(None, faults)
    return _grid(data, chosen, texts)


def _values(base: RunConfig, key: str, text: str) -> tuple[Any, ...]:
    """What stands in a field: one value, the values of a list, or so many seeds, from the one that it began with.

    Raises ListError, and ConfigError for no seed or too many.
    """
    seeds = asked_seeds(text) if key == SEED else None
    return read_values(key, text) if seeds is None else seeds_from(base.training.seed, seeds)


def _faults(data: dict[str, Any], chosen: Values, texts: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with single values: each value of a list is looked at beside the first ones of the others."""
    first = {key: values[:1] for key, values in chosen.items()}
    faults: dict[str, str] = {}
    for trial in (first, *({**first, key: (value,)} for key, values in chosen.items() for value in values[1:])):
        try:
            RunConfig.model_validate(next(combinations(data, trial)))
        except ValidationError as error:
            for item in error.errors():
                key, fault = _fault(item, texts)
                faults.setdefault(key, fault)
    return faults


def _grid(data: dict[str, Any], chosen: Values, texts: Mapping[str, str]) -> Checked:
    """Make all combinations of values that are right by themselves."""
    lists = {
        key: tuple(None if value == "" else value for value in values)
        for key, values in chosen.items()
        if len(values) > 1
    }
    try:
        check_size(lists)
    except ConfigError as error:
        longest = max(lists, key=lambda key: len(lists[key]))
        return Checked(None, {longest: error.problem.message.rstrip(".")})
    try:
        configs = tuple(RunConfig.model_validate(each) for each in combinations(data, chosen))
    except ValidationError as error:
        return Checked(None, dict(_fault(item, texts) for item in error.errors()))
    return Checked(Grid(configs, lists))


def _fault(item: Any, texts: Mapping[str, str]) -> tuple[str, str]:
    """Which field is wrong, and the sentence; a rule over several fields belongs to the first that it names."""
    path = [str(part) for part in item["loc"]]
    if len(path) > 1:
        key = f"{path[0]}.{path[1]}"
        return key, f"must be {allowed(key)}"
    message = str(item["msg"]).removeprefix("Value error, ")
    named = [
        key for key in texts if key.partition(".")[2] in message and key.startswith(f"{path[0] if path else ''}.")
    ]
    first = min(named, key=lambda key: message.index(key.partition(".")[2]), default="")
    return first, message
