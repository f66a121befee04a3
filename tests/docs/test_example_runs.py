"""The runs of the example store that is made anew: what they are called is what they differ in."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "examples"))

from example_runs import FIRST, PADDING, PLANNED, first_config


def test_ways_to_pad_differ_in_what_they_are_called_after() -> None:
    """Padding alone, then the order alone; of each recipe there are three seeds, and none stands twice."""
    configs = {FIRST: first_config()}
    for planned in PLANNED[1:]:
        if planned.name is not None:
            configs[planned.name] = configs[planned.parent].with_settings(dict(planned.settings))
    plain = configs["512 tokens"]
    padded, alike = (configs[f"512 tokens, {how}"] for how in ("padded to the end", "like lengths together"))
    assert [change.field for change in plain.diff(padded)] == ["data.padding"]
    assert [change.field for change in plain.diff(alike)] == ["training.train_sampling_strategy"]
    names = [planned.name for planned in PLANNED if planned.experiment == PADDING]
    assert len(names) == 9
    assert len({configs[str(name)].fingerprint() for name in names}) == 9
