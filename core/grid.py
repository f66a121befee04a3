"""Lists in settings: `1e-5, 3e-5` means two runs, and several lists mean a run for each combination.

A value with a comma of its own stands in quotes: `"a,b.csv"`. `data.label_column` is itself written with commas, so a
list of them has each in quotes: `"food,sport", "label"`.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from bertft_tui.core.config import RunConfig, parse_config, split_field
from bertft_tui.core.config_file import load_toml, over, parse_field, read_text, split_setting, to_toml
from bertft_tui.core.errors import ConfigError
from bertft_tui.core.value_text import format_value

#: More runs than this are hardly meant.
MAX_RUNS = 200

#: Above this a person is asked once more.
MANY_RUNS = 20

#: Settings that are written with commas.
_WITH_COMMAS = frozenset({"data.label_column"})

#: A place of a list: in quotes, with whatever stands between them, or up to the next comma.
_PLACE = re.compile(r"""\s*(?:"(?:[^"\\]|\\.)*"|'[^']*')\s*(?=,|$)|[^,]*""", re.DOTALL)

_HINT = 'A value with a comma of its own stands in quotes: "a, b".'


class ListError(ConfigError):
    """A list that cannot be read as one."""

    def __init__(self, title: str, message: str, must: str) -> None:
        super().__init__(title, message, _HINT)
        self.must = must  # what the list must be, behind “must”


@dataclass(frozen=True)
class Grid:
    """The configs that some settings make: one, or with lists one for each combination, the first list slowest."""

    configs: tuple[RunConfig, ...]
    lists: Mapping[str, tuple[Any, ...]]  # `section.field` → its values, of the settings that have several

    @property
    def first(self) -> RunConfig:
        """The config of the first run."""
        return self.configs[0]

    @property
    def title(self) -> str:
        """What the runs have in common: `learning_rate × seed`; empty for one run."""
        return " × ".join(key.partition(".")[2] for key in self.lists)

    def words(self, config: RunConfig) -> str:
        """What tells a run from the others: `learning_rate 1e-5, seed 2`; empty for one run."""
        values = config.flat()
        return ", ".join(f"{key.partition('.')[2]} {_short(values[key])}" for key in self.lists)

    def toml(self, *, comments: bool = False) -> str:
        """Write the grid as TOML that `run` takes: a list of values is an array."""
        return to_toml(self.first, comments=comments, lists=self.lists)


def make_grid(base: RunConfig, settings: Mapping[str, Sequence[Any]]) -> Grid:
    """Return the configs that `section.field` → values make of a base.

    Raises ConfigError for unknown settings, values out of bounds, rules that a combination breaks, and too many runs.
    """
    chosen = {".".join(split_field(key)): tuple(values) for key, values in settings.items()}
    lists = {key: tuple(map(_or_none, values)) for key, values in chosen.items() if len(values) > 1}
    check_size(lists)
    configs = tuple(parse_config(data) for data in combinations(base.model_dump(), chosen))
    return Grid(configs, lists)


def _or_none(value: Any) -> Any:
    """An empty text in a list empties a setting, as in a file."""
    return None if value == "" else value


def combinations(base: Mapping[str, Any], settings: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Yield a base's sections for each combination of values, the last setting's values fastest."""
    for values in product(*settings.values()):
        data: dict[str, Any] = {section: dict(fields) for section, fields in base.items()}
        for key, value in zip(settings, values, strict=True):
            section, _, name = key.partition(".")
            data[section][name] = value
        yield data


def check_size(lists: Mapping[str, Sequence[Any]]) -> None:
    """See that the combinations of lists are not too many. Raises ConfigError."""
    count = math.prod(map(len, lists.values()))
    if count > MAX_RUNS:
        factors = " × ".join(f"{len(values)} of {key.partition('.')[2]}" for key, values in lists.items())
        raise ConfigError(
            "These are too many runs", f"{factors} make {count:,}; at most {MAX_RUNS} go at once.", "Shorten a list."
        )


def split_list(key: str, text: str) -> list[str]:
    """Return the places of a list as they are written, blanks around them left out; one for what is no list."""
    if key in _WITH_COMMAS and not text.lstrip().startswith(('"', "'")):
        return [text.strip()]
    places, start = [], 0
    while True:
        match = _PLACE.match(text, start)
        assert match is not None  # nothing is a place too
        places.append(match[0].strip())
        start = match.end() + 1
        if start > len(text):
            return places


def read_values(key: str, text: str) -> tuple[Any, ...]:
    """Read a setting as typed: one value, or the values of a list.

    Raises ConfigError for an unknown setting, ListError for an empty place and for a value that stands there twice.
    """
    places = split_list(key, text)
    if len(places) == 1:
        return (parse_field(key, places[0]),)
    if "" in places:
        message = f"{key} = {text[:100]!r}: a value is missing."
        raise ListError("A list has an empty place", message, "have a value in each place of the list")
    values = tuple(parse_field(key, place) for place in places)
    for place, value in enumerate(values):
        if any(value == other and isinstance(value, bool) == isinstance(other, bool) for other in values[:place]):
            message = f"{key}: {places[place][:100]} stands there twice."
            raise ListError("A list has a value twice", message, "have each value of the list once")
    return values


def parse_settings(texts: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """Read what several `--set section.field=value` say; of the same field the last counts. Raises ConfigError."""
    pairs = (split_setting(text) for text in texts)
    return {key: read_values(key, value) for key, value in pairs}


def read_grid(path: Path, *, base: RunConfig | None = None) -> tuple[RunConfig, dict[str, tuple[Any, ...]]]:
    """Read a config file over `base` (the defaults); return its config, and the values of its arrays.

    Raises ConfigError when it is missing, too large, not text, or wrong.
    """
    data = load_toml(read_text(path), str(path))
    lists: dict[str, tuple[Any, ...]] = {}
    for section, fields in data.items():
        for name, value in fields.items() if isinstance(fields, dict) else ():
            if isinstance(value, list) and value:
                lists[f"{section}.{name}"] = tuple(value)
                fields[name] = value[0]
    return parse_config(over(base or RunConfig(), data), str(path)), lists


def written(key: str, value: Any) -> str:
    """Write a value so that `read_values` reads it back, alone and in a list: with quotes where it would not.

    What begins with a quote might end with one of the value behind it.
    """
    text = format_value(value)
    if not isinstance(value, str):
        return text
    with suppress(ConfigError):
        if not text.startswith(('"', "'")) and read_values(key, text) == (value,):
            return text
    return _quoted(value)


def written_list(key: str, values: Sequence[Any], comma: str = ", ") -> str:
    """Write the values of a list as a person would type them."""
    if key in _WITH_COMMAS and len(values) > 1:
        return comma.join(_quoted(value or "") for value in values)
    return comma.join(written(key, value) or '""' for value in values)


def _quoted(text: str) -> str:
    """Write a text as a TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _short(value: Any) -> str:
    """A value within a name: of a path or an id its end."""
    return format_value(value).rstrip("/").rpartition("/")[2] or "empty"
