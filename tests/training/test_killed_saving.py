"""A worker killed anywhere inside a save: the newest whole checkpoint counts, and the run goes on bit for bit."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from training_runs import Prompter, attempt, events, launch, make_run, points, weights, worker_command
from watched_saving import State, watched

from bertft_tui.core.checkpoint_folders import step_of
from bertft_tui.core.config import RunConfig
from bertft_tui.core.manifest import MANIFEST
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training import checkpoints

_LAST = 12


@pytest.fixture
def config(config: RunConfig, monkeypatch: pytest.MonkeyPatch) -> RunConfig:
    """Evaluated and saved at every third of its twelve steps."""
    monkeypatch.setattr("bertft_tui.core.training.journal_callback._PACE", 0.0)  # a progress event for every step
    return config.with_settings({"training.eval_strategy": "steps", "training.eval_steps": 3})


@pytest.fixture
def whole(tmp_path: Path, config: RunConfig) -> RunDirectory:
    """A run that nobody disturbed."""
    run = make_run(tmp_path / "whole", config)
    assert attempt(run) == "finished"
    return run


@pytest.fixture
def stopped(tmp_path: Path, config: RunConfig) -> RunDirectory:
    """A run that was stopped in the evaluation of step 3: a resume saves this step again, in its place."""
    run = make_run(tmp_path / "stopped", config)
    assert attempt(run, 1, Prompter(run, run.stop_request, "progress", step=3, done=1)) == "stopped"
    return run


def as_undisturbed(run: RunDirectory, whole: RunDirectory) -> bool:
    """Whether a run has the points and weights of another; what it did again it did the same."""
    return points(run, again=True) == points(whole) and weights(run, _LAST) == weights(whole, _LAST)


def newest(run: RunDirectory) -> int:
    """The step that a resume would go on from; nothing may be called damaged."""
    found = checkpoints.find(run.checkpoints)
    assert found.newest is not None
    assert found.damaged == ()
    return step_of(found.newest)


def test_every_state_of_a_save(tmp_path: Path, stopped: RunDirectory, whole: RunDirectory) -> None:
    """After each file, each rename and each removal of four saves the newest whole checkpoint is found."""
    states: list[tuple[State, RunDirectory]] = []

    def keep(state: State) -> None:
        copy = RunDirectory(Path(shutil.copytree(stopped.path, tmp_path / "states" / str(len(states)))))
        states.append((state, copy))

    with watched(stopped.checkpoints, keep):
        assert attempt(stopped, 2) == "finished"
    assert as_undisturbed(stopped, whole)
    found = [newest(run) for _, run in states]
    in_place = [max(_steps(state), default=3) for state, _ in states]  # between two renames step 3 has none
    assert found == in_place
    assert sorted(set(found)) == [3, 6, 9, 12]
    seen = frozenset().union(*(state for state, _ in states))
    files = {Path(path).name for path in seen if path.startswith(".staging/checkpoint-9/")}
    assert files > {"model.safetensors", "optimizer.pt", "rng_state.pth", "trainer_state.json", MANIFEST}
    assert ".checkpoint-3.old" in seen
    half_gone = [state for state, _ in states if _in_place(state) - _steps(state)]
    assert half_gone, "one that was being removed was seen"


def _in_place(state: State) -> set[int]:
    """The steps whose checkpoints stand in their places."""
    return {step_of(Path(path)) for path in state if Path(path).match("checkpoint-*") and "/" not in path}


def _steps(state: State) -> set[int]:
    """Those that have a manifest."""
    return {step for step in _in_place(state) if f"checkpoint-{step}/{MANIFEST}" in state}


@pytest.mark.parametrize(
    ("present", "absent", "step"),
    [
        pytest.param(
            ".staging/checkpoint-9/optimizer.pt", ".staging/checkpoint-9/rng_state.pth", 6, id="among its files"
        ),
        pytest.param(".checkpoint-3.old", "checkpoint-3", 3, id="between the renames", marks=pytest.mark.long),
        pytest.param("checkpoint-9", ".staging", 9, id="before the older ones are removed", marks=pytest.mark.long),
    ],
)
def test_killed(stopped: RunDirectory, whole: RunDirectory, present: str, absent: str, step: int) -> None:
    """A process that is really killed there leaves a run that goes on bit for bit."""
    launch(stopped, 2)
    script = Path(__file__).with_name("watched_saving.py")
    command = [sys.executable, "-P", str(script), *worker_command(stopped)[-2:], present, absent]
    process = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert process.returncode == -signal.SIGKILL, process.stderr
    assert newest(stopped) == step
    assert attempt(stopped, 3) == "finished"
    assert events(stopped, "plan")[-1].fields["start_step"] == step
    assert as_undisturbed(stopped, whole)
