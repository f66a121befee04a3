"""The splits that a config names for training, evaluation and test, and whether they are there."""

from difflib import get_close_matches

from bertft_tui.core.errors import DataError
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.notes import listed

_ROLES = ("train_split", "eval_split", "test_split")

#: Names of splits that people evaluate on while they train, the usual ones first; and of those kept for the end.
_EVALUATION = ("validation", "valid", "val", "dev", "eval")
_TEST = ("test", "testing")


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
    by_role = f" Set {setting} to one of them." if setting.startswith("data.") and there else ""
    meant = f"Did you mean {near[0]!r}?" if near else ""
    raise DataError(
        "There is no such split",
        f"{setting} is {split!r}; {name} has {listed([repr(known) for known in there], 20) or 'none'}.",
        meant or f"A folder of files has a split for each file, named like it; a single file is `train`.{by_role}",
    )


def which_split(name: str, there: tuple[str, ...], option: str) -> DataError:
    """Make the error for a data set of which one split is meant and nobody said which. `option`: what names it."""
    return DataError(
        "Which split?", f"{name} has {listed([repr(split) for split in there], 20)}.", f"Name one with {option}."
    )


def with_roles(data: DataSection, there: tuple[str, ...]) -> DataSection:
    """Give the splits that are there the roles that their names suggest, where the config names none.

    For a look at the data: a run takes what its config names.
    """
    roles = {"train_split": data.train_split, "eval_split": data.eval_split, "test_split": data.test_split}
    if data.train_split not in there and len(there) == 1:
        roles["train_split"] = there[0]
    for role, usual in (("eval_split", _EVALUATION), ("test_split", _TEST)):
        free = [name for name in there if name.lower() in usual and name not in roles.values()]
        roles[role] = roles[role] or (free[0] if free else None)
    if roles["eval_split"] is None and data.test_split is None:
        roles |= {"eval_split": roles["test_split"], "test_split": None}
    return data.model_copy(update=roles)
