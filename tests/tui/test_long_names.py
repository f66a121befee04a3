"""The left of the table of runs: marks keep off the names; names get what room there is, and stay apart."""

import math
from itertools import product

import pytest
from acted_runs import ActedRun
from piloting import screen_lines, screen_text, shows
from rich.cells import cell_len

from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.columns.names import told_apart

GRID = [
    f"learning_rate {rate}, train_size {size}, warmup_steps 100, seed {seed}"
    for rate, size, seed in product(("3e-5", "2e-5"), (500, 1000), (0, 1))
]


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_names_of_a_grid_are_whole(app: BertftApp, db: Database, size: tuple[int, int]) -> None:
    """Every other column but the best value gives way to them; one name that has no room anyhow changes nothing."""
    names = [f"learning_rate 3e-5, train_size 500, seed {seed}" for seed in range(3)]
    for name in [*names, "a name that is far too long for any table " * 4]:
        ActedRun(db, name).start().train().finish()
    async with app.run_test(size=size) as pilot:
        await shows(pilot, "best", "0.940", *names)
        assert ("95 %" in screen_text(pilot)) is (size[0] > 60)


async def test_names_that_begin_alike_stay_apart(app: BertftApp, db: Database) -> None:
    """What they share is left out in the middle, not what tells them apart."""
    names = [f"{'bert-base-cased on the long reviews, ' * 2}seed {seed}" for seed in range(3)]
    for name in names:
        ActedRun(db, name)
    async with app.run_test(size=(60, 20)) as pilot:
        await shows(pilot, "…seed 0", "…seed 1", "…seed 2")


@pytest.mark.parametrize("width", [30, 40, 46, 60])
def test_a_grid_is_told_apart_at_any_width(width: int) -> None:
    """Exactly so many cells, each its own; the beginning stays."""
    cut = told_apart(GRID, width)
    assert {cell_len(text) for text in cut.values()} <= {width}
    assert len(set(cut.values())) == len(GRID)
    assert all(name.startswith(text.partition("…")[0]) for name, text in cut.items())


def test_ends_that_differ_are_kept_of_wide_characters_too() -> None:
    """Cells are counted, not characters; where an end cut is enough, that is what is made."""
    cut = told_apart([f"{'日本' * 30}{number}" for number in (1, 2)], 20)
    assert {text[-2:] for text in cut.values()} == {"…1", "…2"}
    assert {cell_len(text) for text in cut.values()} == {20}
    assert told_apart(["abcdefghijkl", "bcdefghijklm"], 10) == {
        "abcdefghijkl": "abcdefghi…",
        "bcdefghijklm": "bcdefghij…",
    }


def test_where_there_is_no_room_some_look_alike() -> None:
    """Nothing fails in a column of a few cells."""
    for width in range(12):
        assert {cell_len(text) for text in told_apart(GRID, width).values()} == {width}


async def test_a_mark_behind_the_status_does_not_touch_the_name(app: BertftApp, db: Database) -> None:
    """A blank stands between them, and the figures stay where they are."""
    run = ActedRun(db, "alive").start().train(3)
    ActedRun(db, "healthy").start().train().finish()
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, " ▶ alive", " ✓ healthy")
        run.say("metrics", step=4, epoch=0.1, values={"loss": math.nan})
        await shows(pilot, " ▶× alive", " ✓ healthy")
        assert {cell_len(line) for line in screen_lines(pilot)} == {80}
