"""The splits that a config names for training, evaluation and test, and whether they are there."""

from difflib import get_close_matches

from bertft_tui.core.config import DataSection
from bertft_tui.core.errors import DataError
from bertft_tui.core.training.notes import listed

_ROLES = ("train_split", "eval_split", "test_split")


def check_splits(data: DataSection, name: str, there: tuple[str, ...]) -> None:
    """See that the splits are there, and that none is named twice. `name`: the data set. Raises DataError."""
    named = {role: split for role in _ROLES if (split := getattr(data, role)) is not None}
    for role, split in named.items():
        find_split(split, f"data.{role}", name, there)
    for role, split in named.items():
        twins = [other for other in named if named[other] == split]
        if len(twins) > 1:
            raise DataError(
                "One split cannot be two things",
                f"data.{role} and data.{twins[1]} are both {split!r}.",
                "A model is judged on rows that it has not learnt; an empty eval_split carves some out.",
            )


def find_split(split: str, setting: str, name: str, there: tuple[str, ...]) -> None:
    """See that a split is there. Raises DataError, which names those that are."""
    if split in there:
        return
    near = get_close_matches(split, there, n=1)
    meant = f"Did you mean {near[0]!r}?" if near else ""
    raise DataError(
        "There is no such split",
        f"{setting} is {split!r}; {name} has {listed([repr(known) for known in there], 20) or 'none'}.",
        meant or "A folder of files has a split for each file, named like it; a single file is `train`.",
    )
