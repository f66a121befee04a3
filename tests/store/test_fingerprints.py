"""Runs with the same settings but for the seed are found by their rows of settings alone."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from acted_runs import ActedRun
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.config import RunConfig
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import commands, fingerprints, trash
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.selecting import Selection, groups

SETTINGS = st.fixed_dictionaries(
    {
        "training.seed": st.sampled_from((1, 42)),
        "training.num_train_epochs": st.sampled_from((1, 1.0, 3.0)),
        "training.learning_rate": st.sampled_from((5e-5, 1e-5)),
        "data.train_size": st.sampled_from(("all", 100)),
        "model.lora_r": st.sampled_from((None, 8)),
    }
)


def but_seed(config: RunConfig) -> dict[str, object]:
    """All settings but the seed."""
    return {name: value for name, value in config.flat().items() if name != "training.seed"}


@examples(12)
@given(st.lists(SETTINGS, min_size=1, max_size=7), st.integers(1, 7), st.sampled_from((0, 100)))
def test_alike_are_those_whose_settings_are_equal(
    settings: list[dict[str, object]], among: int, one_by_one: int
) -> None:
    """But for the seed, newest first; whether rows are found one by one or read from the oldest on."""
    with TemporaryDirectory() as folder, Database.open(StorePath(Path(folder) / "e.db"), daily_backup=False) as db:
        configs = {commands.enqueue(db, config): config for config in map(RunConfig().with_settings, settings)}
        newest = list(configs)[::-1][:among]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fingerprints, "_FEW", one_by_one)
            for run_id, config in configs.items():
                same = [each for each in newest if but_seed(configs[each]) == but_seed(config)]
                assert fingerprints.alike(db, [run_id], among) == same
        different = {str(but_seed(config)) for config in configs.values()}
        found = groups(db, Selection(), ("seed",))
        assert len(found.groups) == len(different)


def test_runs_in_the_trash_are_not_among_them(db: Database) -> None:
    """One that was thrown away is asked about, and is not found."""
    one, other = (ActedRun(db, name).start().finish().id for name in ("one", "other"))
    trash.throw_away(db, [other])
    assert fingerprints.alike(db, [other], 10) == [one]
