"""What a run is called when nobody has named it: what sets it apart, not random words."""

from collections.abc import Collection

from bertft_tui.core.config import RunConfig
from bertft_tui.core.presets import nearest
from bertft_tui.core.value_text import format_value

#: More changes than these, or longer ones, are no name.
_MOST_CHANGES, _LONGEST = 3, 30

#: With another model, or other data, a run is none of a preset's kind.
_KIND = ("model.name_or_path", "data.dataset")


def default_name(config: RunConfig, *, but: Collection[str] = ()) -> str:
    """Say what a run is: `imdb-1k, learning_rate 3e-5`; far from every preset, `bert-base-cased · news.csv · 500`.

    `but`: settings (`section.field`) that are not mentioned.
    """
    near = nearest(config)
    found = [change for change in near.config.diff(config) if change.field not in but]
    is_of_it = not any(change.field in _KIND for change in found)
    changes = [f"{change.name} {format_value(change.new) or 'empty'}" for change in found]
    if is_of_it and len(changes) <= _MOST_CHANGES and all(len(change) <= _LONGEST for change in changes):
        return ", ".join([near.name, *changes])
    model, data, size = config.model.name_or_path, config.data.dataset, config.data.train_size
    parts = [model.rstrip("/").rpartition("/")[2], data.rstrip("/").rpartition("/")[2]]
    return " · ".join([part for part in dict.fromkeys(parts) if part] + ([] if size == "all" else [str(size)]))
