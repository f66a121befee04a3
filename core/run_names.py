"""What a run is called when nobody has named it: what sets it apart, not random words."""

from bertft_tui.core.config import RunConfig, format_value
from bertft_tui.core.presets import nearest

#: More changes than these, or longer ones, are no name.
_MOST_CHANGES, _LONGEST = 3, 30


def default_name(config: RunConfig) -> str:
    """Say what a run is: `imdb-1k, learning_rate 3e-5`; far from every preset, `bert-base-cased · news.csv · 500`."""
    near = nearest(config)
    changes = [f"{change.name} {format_value(change.new) or 'empty'}" for change in near.config.diff(config)]
    if len(changes) <= _MOST_CHANGES and all(len(change) <= _LONGEST for change in changes):
        return ", ".join([near.name, *changes])
    model, data, size = config.model.name_or_path, config.data.dataset, config.data.train_size
    parts = [model.rstrip("/").rpartition("/")[2], data.rstrip("/").rpartition("/")[2]]
    return " · ".join([part for part in dict.fromkeys(parts) if part] + ([] if size == "all" else [str(size)]))
