"""The benchmark beside other programs still runs: on tiny runs, with ours and whichever others are installed."""

import re
from pathlib import Path

import pytest

from benchmarks.peers import environments
from benchmarks.peers.measuring import measure_programs, runs_to_record
from benchmarks.peers.page import markdown
from benchmarks.peers.programs import OURS, PEERS, Program
from benchmarks.peers.workload import Amount, differing, read_runs, write_runs

_TINY = Amount(runs=2, steps=100, seconds=0.0, readings=1)


def test_ours_is_measured_and_told(tmp_path: Path) -> None:
    """Each row has a figure of this program; what it reads is what it recorded; a peer that is missing is named."""
    found = measure_programs([OURS], tmp_path, _TINY)
    assert [each["calls"] for each in found[OURS.name]["recordings"]] == [101, 101]
    assert found[OURS.name]["bytes"] > 0
    text = markdown(
        {
            "amount": _TINY._asdict(),
            **{"points": 303, "settings": 56, "each": 100, "best": "eval_accuracy", "versions": {}},
            "missing": {"MLflow": "not measured."},
            "programs": found,
        }
    )
    lines = [line for line in text.splitlines() if re.match(r"\| \S", line)]
    assert len(lines) == 12
    assert all(re.search(r"\d", line.split("|")[2]) for line in lines)
    assert "MLflow: not measured." in text


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.package)
def test_peers_are_measured(peer: Program, tmp_path: Path) -> None:
    """A peer records the runs and reads them again as they were; W&B only records."""
    if not environments.is_ready(peer):
        pytest.skip("its environment is not installed; `python -m benchmarks.peers` does it")
    found = measure_programs([peer], tmp_path, _TINY)[peer.name]
    assert [each["calls"] for each in found["recordings"]] == [101, 101]
    assert bool(found["listing"]) == bool(peer.reader)


def test_what_is_installed_is_named_version_by_version() -> None:
    """Every requirement has one version, and the peer itself is among them."""
    for peer in PEERS:
        lines = environments.requirements(peer).read_text(encoding="utf-8").splitlines()
        assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
        assert f"{peer.package}=={environments.version(peer)}" in lines


def test_every_program_gets_the_same_runs(tmp_path: Path) -> None:
    """They are read as they were written, draw the same figures again, and differ in what was varied."""
    runs = runs_to_record(Amount(runs=6, steps=200))
    write_runs(tmp_path, runs)
    assert read_runs(tmp_path) == runs
    assert [run.figures() for run in read_runs(tmp_path)] == [run.figures() for run in runs]
    assert len(runs[0].scores()) == 2
    assert runs[0].points == sum(len(values) for _, values in runs[0].figures())
    fields = ("learning_rate", "per_device_train_batch_size", "weight_decay", "seed")
    assert differing({run.name: run.settings for run in runs}) == {f"training.{field}" for field in fields}
