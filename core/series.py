"""Series of runs: the same recipe with several seeds, or on several numbers of training rows."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bertft_tui.core.config import RunConfig, split_field
from bertft_tui.core.errors import ConfigError
from bertft_tui.core.grid import check_size, read_values

#: What a series over seeds, and one over sizes, varies.
SEED, SIZE = "training.seed", "data.train_size"

#: How a person asks for seeds where one is typed: `5 seeds`.
_SEEDS = re.compile(r"(\d{1,9})\s+seeds?", re.IGNORECASE)


def asked_seeds(text: str) -> int | None:
    """How many seeds a text like `5 seeds` asks for; None for any other text."""
    match = _SEEDS.fullmatch(text.strip())
    return int(match[1]) if match else None


def seeds_from(first: int, count: int) -> tuple[int, ...]:
    """Return so many seeds, one after the other. Raises ConfigError for none, and for more than go at once."""
    if count < 1:
        raise ConfigError("No seed is no run", f"{count} seeds were asked for.", "Ask for one or more.")
    check_size({SEED: range(count)})
    return tuple(range(first, first + count))


def with_series(
    base: RunConfig, typed: Mapping[str, Sequence[Any]], *, seeds: int | None = None, sizes: str = ""
) -> dict[str, Sequence[Any]]:
    """Add the lists that `--seeds` and `--sizes` mean to the settings that were typed; seeds vary fastest.

    Seeds begin with the one that is set. Raises ConfigError when the same setting was given a list, or a size, too.
    """
    settings: dict[str, Sequence[Any]] = {".".join(split_field(key)): values for key, values in typed.items()}
    if sizes:
        if SIZE in settings:
            raise _conflict("--sizes", SIZE)
        settings[SIZE] = read_values(SIZE, sizes)
    if seeds is not None:
        first, *others = settings.pop(SEED, (base.training.seed,))
        if others:
            raise _conflict("--seeds", SEED)
        settings[SEED] = seeds_from(first, seeds) if type(first) is int else (first,)
    return settings


def _conflict(option: str, key: str) -> ConfigError:
    return ConfigError(
        f"{option} and --set {key} exclude each other",
        f"Both say which values {key} takes.",
        f"Leave one of them out: {option}, or --set {key}=… with every value.",
    )
