"""Finished runs without their optimizer's state: the model stays whole, and what may go on keeps everything."""

import json
from pathlib import Path

import pytest
from acted_runs import ActedRun

from bertft_tui.core import directories, manifest
from bertft_tui.core.manifest import MANIFEST, TRAINING_STATE
from bertft_tui.core.scheduling.disk_ledger import take_stock
from bertft_tui.core.scheduling.slimming import refusal_to_slim, slim
from bertft_tui.core.store import plain_reading
from bertft_tui.core.store.database import Database
from bertft_tui.core.training import checkpoints


def trained(db: Database, end: str = "finished") -> Path:
    """The checkpoint of a run that ended so."""
    run = ActedRun(db, end).start().train(40).say(end)
    directory = db.path.run(run.id)
    directory.create()
    checkpoint = directory.checkpoints / "checkpoint-38"
    checkpoint.mkdir()
    for name in ("model.safetensors", "trainer_state.json", *TRAINING_STATE):
        (checkpoint / name).write_bytes(name.encode() * 20_000)
    checkpoints.write_manifest(checkpoint)
    return checkpoint


def names(checkpoint: Path) -> set[str]:
    """The files of a checkpoint."""
    return {path.name for path in checkpoint.iterdir()}


def test_a_finished_run_keeps_its_model_and_no_more(db: Database) -> None:
    """The checkpoint is whole before and after, the ledger had said what would be freed, and twice frees nothing."""
    checkpoint = trained(db)
    expected = take_stock(db).not_needed
    assert slim(db, plain_reading.outlines(db)).bytes == expected > 1_000_000
    assert names(checkpoint) == {"model.safetensors", "trainer_state.json", MANIFEST}
    assert checkpoints.is_whole(checkpoint)
    assert json.loads((checkpoint / MANIFEST).read_text())["step"] == 38
    assert slim(db, plain_reading.outlines(db)).bytes == take_stock(db).not_needed == 0


@pytest.mark.parametrize("end", ["stopped", "failed"])
def test_what_may_go_on_keeps_everything(db: Database, end: str) -> None:
    """A stopped or failed run is passed over, and refused by name."""
    checkpoint = trained(db, end)
    before = names(checkpoint)
    (run,) = plain_reading.outlines(db)
    assert refusal_to_slim(run) is not None
    assert slim(db, [run]) == directories.Removed()
    assert names(checkpoint) == before
    assert take_stock(db).not_needed == 0


def test_killed_between_manifest_and_files_it_is_whole(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest comes first: whatever files are still there are removed the next time."""
    checkpoint = trained(db)
    with monkeypatch.context() as patch:
        patch.setattr(directories, "remove", lambda *_: pytest.fail("killed here"))
        with pytest.raises(pytest.fail.Exception, match="killed here"):
            slim(db, plain_reading.outlines(db))
    assert names(checkpoint) > TRAINING_STATE
    assert checkpoints.is_whole(checkpoint)
    assert slim(db, plain_reading.outlines(db)).bytes > 1_000_000
    assert not TRAINING_STATE & names(checkpoint)


def test_a_damaged_checkpoint_and_a_linked_one_stay(db: Database, tmp_path: Path) -> None:
    """Without a manifest that can be read nothing is touched, and no link is followed."""
    damaged, linked = trained(db), trained(db)
    (damaged / MANIFEST).write_text("{")
    elsewhere = linked.rename(tmp_path / "checkpoint-38")
    linked.symlink_to(elsewhere)
    found = slim(db, plain_reading.outlines(db))
    assert [problem.title for problem in found.stuck] == ["A checkpoint stays as it is"]
    assert found.bytes == 0
    assert names(damaged) > TRAINING_STATE
    assert names(elsewhere) > TRAINING_STATE
    assert manifest.read_manifest(elsewhere)["files"].keys() > TRAINING_STATE
