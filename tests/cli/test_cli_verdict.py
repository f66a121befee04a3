"""The verdict on a run, on the command line."""

import json
from collections.abc import Callable

import pytest
from acted_runs import ActedRun
from command_lab import Answer

from bertft_tui.core.store.database import Database

Cli = Callable[..., Answer]

pytestmark = pytest.mark.usefixtures("living")


def test_show_gives_a_verdict(cli: Cli, store: Database) -> None:
    """What it reached and what to try next, in words and in the document; nothing of a run that waits."""
    run = ActedRun(store, "tutorial").start().train(best=0.9).finish()
    said = json.loads(cli("show", run.id, "--json").out)["verdict"]
    assert [each["rule"] for each in said] == ["result", "still improving", "selected on its evaluation"]
    assert said[1]["changes"] == {"training.num_train_epochs": 4.0}
    text = cli("show", run.id).out
    for each in said:
        assert f"\n{each['sentence']}\n" in text
    command = f"bertft-tui run --from {run.id} --set training.num_train_epochs=4"
    assert f"\n  try num_train_epochs 2 → 4: {command}\n" in text
    ActedRun(store, "waits")
    assert json.loads(cli("show", "waits", "--json").out)["verdict"] == []
    assert "Verdict" not in cli("show", "waits").out
