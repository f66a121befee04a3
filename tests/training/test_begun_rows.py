"""A resumed run goes on with the rows that it was begun with."""

from pathlib import Path

from tiny_bert import texts, write_csv
from training_runs import attempt, events, make_run

from bertft_tui.core.config import RunConfig


def test_data_that_changed_is_not_gone_on_with(tmp_path: Path, config: RunConfig) -> None:
    """A file that was edited between two attempts ends the second in words; put back, the run goes on."""
    path = write_csv(tmp_path / "data.csv", texts(40, seed=1))
    before = path.read_bytes()
    settings = {"data.dataset": str(path), "data.eval_split": None, "data.eval_size": 8, "training.max_steps": 6}
    run = make_run(tmp_path / "run", config.with_settings(settings))
    run.stop_request.touch()
    assert attempt(run) == "cancelled"  # before the first step there is nothing to go on with
    run.stop_request.unlink(missing_ok=True)
    assert attempt(run, 2) == "finished"
    path.write_bytes(before.replace(b"food", b"sport", 1))
    assert attempt(run, 3) == "failed"
    assert events(run, "error")[-1].fields["title"] == "The data has changed since the run began"
    path.write_bytes(before)
    assert attempt(run, 4) == "finished"
