"""`run --preset imdb-1k` from the Hub to the row, through a stand-in of the Hub's HTTP interface."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hub_stand_in import Hub, hub_stand_in
from imdb_like import tutorial_repositories

from bertft_tui.core.store import plain_reading
from bertft_tui.core.store.database import Database

#: The same rows to train on; less is done with them.
_SHORT = ("--set", "training.max_steps=4", "--set", "data.eval_size=40")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A Hub with the tutorial's two repositories, the model with random weights."""
    with hub_stand_in(tutorial_repositories(tmp_path_factory.mktemp("hub"))) as running:
        yield running


def run_tutorial(db: Database, home: Path, *options: str, **environment: str) -> Any:
    """Launch the preset as somebody at a shell would and wait; return the run's document."""
    done = subprocess.run(
        [sys.executable, "-m", "bertft_tui.tui.cli.main", "run", "--preset", "imdb-1k", "--wait", "--json", *options],
        env={**os.environ, "BERTFT_DB": str(db.path.file), "HF_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


#: Options, training steps, evaluations.
_LENGTHS: dict[str, tuple[tuple[str, ...], int, int]] = {"short": (_SHORT, 4, 1), "whole": ((), 375, 3)}


@pytest.mark.parametrize("length", ["short", pytest.param("whole", marks=pytest.mark.long)])
def test_the_tutorial_online_and_then_offline(hub: Hub, live: Database, tmp_path: Path, length: str) -> None:
    """Model and reviews come from the Hub; a second run needs no Hub any more and trains on the same rows."""
    home, (options, steps, evaluations) = tmp_path / "hf", _LENGTHS[length]
    first = run_tutorial(live, home, *options, HF_ENDPOINT=hub.endpoint)
    assert first["status"] == "finished"
    assert (first["step"], first["labels"]) == (steps, ["neg", "pos"])
    assert first["metrics"]["loss"]["count"] == steps
    accuracy = first["metrics"]["eval_accuracy"]
    assert accuracy["count"] == evaluations
    assert accuracy["selected"] is (evaluations > 1), "the best of several, on the rows that chose it"
    asked = len(hub.requests)
    assert asked
    again = run_tutorial(live, home, *_SHORT, HF_ENDPOINT=hub.endpoint, HF_HUB_OFFLINE="1")
    assert len(hub.requests) == asked, "offline means offline"
    online, offline = (plain_reading.series(live, run["id"], "loss").values for run in (first, again))
    assert online[0] == offline[0]
    look_at_the_data(home, HF_ENDPOINT=hub.endpoint, HF_HUB_OFFLINE="1")


def look_at_the_data(home: Path, **environment: str) -> None:
    """`data` says of the tutorial's reviews that they are sorted, and which split has no labels."""
    command = ["data", "stanfordnlp/imdb", "--preset", "imdb-1k", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "bertft_tui.tui.cli.main", *command],
        env={**os.environ, "HF_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    splits = {split["name"]: split for split in found["splits"]}
    assert splits["train"]["labels"]["first_are"] == "neg"
    assert splits["test"]["labels"]["baseline"] == 0.5
    assert splits["unsupervised"]["labels"] is None
    assert "no labels" in splits["unsupervised"]["problem"]["title"]
    assert found["lengths"]["tokenizer"] == "google-bert/bert-base-cased"
    assert found["example"]["tokens"][0] == "[CLS]"
