"""Groups of seeds in the comparison on screen."""

import numpy as np
from acted_runs import DEMO, ActedRun
from compared_runs import judged
from piloting import shows

from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp


def seeds(db: Database, name: str, wrong: tuple[int, ...], **settings: object) -> list[ActedRun]:
    """One recipe with seeds from 1 on, each of which gets so many of 200 texts wrong."""
    base = DEMO.with_settings({key.replace("__", "."): value for key, value in settings.items()})
    return [
        judged(db, f"{name} {seed}", np.arange(200) >= count, base.with_settings({"training.seed": seed}))
        for seed, count in enumerate(wrong, 1)
    ]


async def test_seeds_are_groups_under_the_chosen_metric(app: BertftApp, db: Database) -> None:
    """Mean ± deviation of n, best and worst, and what the groups are apart with interval and test."""
    runs = [*seeds(db, "base", (20, 24, 22)), *seeds(db, "slow", (12, 15, 13), training__learning_rate=3e-5)]
    async with app.run_test(size=(200, 50)) as pilot:
        await shows(pilot, "bertft-tui")
        app.open_comparison([run.id for run in runs])
        await shows(pilot, "mean of seeds", "0.890 ±0.010 of 3", "0.933 ±0.008 of 3", "seeds vs ★ (points)", "+4.3")
        await shows(pilot, "95 % of seeds", "3.6 to 5.1", "paired t")
