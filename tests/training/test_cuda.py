"""On a GPU: the device's choice, a BERT-base of random weights in bf16, and what happens when memory is short."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from scheduled_runs import scheduler_of, until_over
from tiny_bert import make_tiny_bert
from training_runs import Prompter, attempt, events, make_run, points
from transformers import BertConfig

from bertft_tui.core.config import RunConfig
from bertft_tui.core.journal import Launch
from bertft_tui.core.scheduling.devices import inventory
from bertft_tui.core.sections import HardwareSection
from bertft_tui.core.store import commands, history, plain_reading
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import RunStatus
from bertft_tui.core.training.device import choose

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device"),
]

_CUDA = {"device": "cuda:0", "torch_device": "cuda:0"}


@pytest.fixture(scope="module")
def bert_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a BERT-base of random weights."""
    return make_tiny_bert(tmp_path_factory.mktemp("models") / "bert-base", BertConfig())


def test_choice() -> None:
    """A CUDA device is taken, in bf16 where it has it, and the reason names its compute capability."""
    launch = Launch(
        attempt=1,
        device_reason="",
        device_lock="",
        resume=False,
        adjustments={},
        device="cuda:0",
        torch_device="cuda:0",
    )
    choice = choose(HardwareSection(), launch)
    major, minor = torch.cuda.get_device_capability(0)
    assert choice.device == "cuda:0"
    assert choice.precision == ("bf16" if major >= 8 else "fp32")
    assert choice.precision_reason == f"{choice.precision}: compute capability {major}.{minor}"
    assert choice.notes == ()
    assert choose(HardwareSection(precision="fp16"), launch).precision == "fp16"


def test_bert_base_in_bf16(tmp_path: Path, config: RunConfig, bert_base: Path) -> None:
    """A BERT-base trains on cuda:0 in bf16, keeps fp32 weights, and predicts what it recorded."""
    settings = {
        "model.name_or_path": str(bert_base),
        "hardware.device": "cuda:0",
        "hardware.precision": "bf16",
        "training.learning_rate": 5e-5,
    }
    run = make_run(tmp_path / "run", config.with_settings(settings))
    assert attempt(run, **_CUDA) == "finished"
    plan = events(run, "plan")[0].fields
    assert (plan["device"], plan["precision"]) == ("cuda:0", "bf16")
    assert torch.cuda.max_memory_allocated() > 1e9  # weights, gradients and AdamW's two moments lay there
    assert len([key for key in points(run) if key[0] == "loss"]) == 12
    assert events(run, "predictions")[0].fields["rows"] == 20


@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_stop_and_resume(tmp_path: Path, config: RunConfig, precision: str) -> None:
    """On a GPU too, a run that was stopped has the points of one that was not."""
    config = config.with_settings({"hardware.device": "cuda:0", "hardware.precision": precision})
    whole, run = make_run(tmp_path / "whole", config), make_run(tmp_path / "run", config)
    assert attempt(whole, **_CUDA) == "finished"
    for number, step in enumerate((3, 6), start=1):
        assert attempt(run, number, Prompter(run, run.stop_request, "metrics", step=step - 1), **_CUDA) == "stopped"
    assert attempt(run, 3, **_CUDA) == "finished"
    ours, theirs = points(run), points(whole)
    assert ours.keys() == theirs.keys()
    for (name, step), value in theirs.items():
        if name in ("loss", "eval_loss"):  # GPU kernels may add in another order, so not bit for bit
            assert ours[name, step] == pytest.approx(value, rel=1e-3 if precision == "fp32" else 2e-2), (name, step)


@contextmanager
def room(size: float) -> Iterator[None]:
    """Let torch have no more than so many bytes of the GPU."""
    torch.cuda.empty_cache()
    _, total = torch.cuda.mem_get_info(0)
    torch.cuda.set_per_process_memory_fraction(min(0.9, size / total), 0)
    try:
        yield
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0, 0)
        torch.cuda.empty_cache()


@pytest.mark.parametrize(("size", "during"), [(0.3e9, "loading"), (1.2e9, "probe")])
def test_out_of_memory(tmp_path: Path, config: RunConfig, bert_base: Path, size: float, during: str) -> None:
    """A model that does not fit, and one that does without its optimizer: each says so before the first step."""
    settings = {"model.name_or_path": str(bert_base), "hardware.device": "cuda:0"}
    run = make_run(tmp_path / "run", config.with_settings(settings))
    with room(size):
        assert attempt(run, **_CUDA) == "failed"
    failed, error = events(run, "failed")[0].fields, events(run, "error")[0].fields
    assert (failed["reason"], failed["during"]) == ("out_of_memory", during)
    assert error["title"] == "The GPU is out of memory"
    assert ("model alone does not fit" if during == "loading" else "gradient_accumulation_steps") in error["hint"]
    assert "more were asked for while" in error["message"]
    assert points(run) == {}


@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_the_longest_batch_is_tried_once(tmp_path: Path, config: RunConfig, precision: str) -> None:
    """What it takes is written down and is less than the device has; a second run knows it and has the same loss."""
    settings = {"hardware.device": "cuda:0", "hardware.precision": precision, "training.max_steps": 2}
    runs = [make_run(tmp_path / name, config.with_settings(settings)) for name in ("first", "second")]
    for run in runs:
        assert attempt(run, **_CUDA) == "finished"
    first, second = (events(run, "memory")[0].fields for run in runs)
    assert (first["known"], second["known"]) == (False, True)
    assert first["rows"] == 8
    assert 0 < first["peak"] == second["peak"] < first["total"]
    assert points(runs[0])["loss", 1] == pytest.approx(points(runs[1])["loss", 1], rel=1e-3)


def _takes(path: Path, config: RunConfig, batch: int, passes: int) -> tuple[int, int]:
    """What the longest batch takes of the GPU in a step of so many passes, and what there is: bytes."""
    sizes = {"training.per_device_train_batch_size": batch, "training.gradient_accumulation_steps": passes}
    run = make_run(path, config.with_settings(sizes))
    assert attempt(run, **_CUDA) == "finished"
    torch.cuda.empty_cache()
    found = events(run, "memory")[0].fields
    return found["peak"], found["total"]


def test_out_of_memory_until_it_has_finished(
    db: Database, tmp_path: Path, config: RunConfig, bert_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where half a batch has room and a whole one has not, scheduler and workers finish the run with half of it."""
    settings = {
        "model.name_or_path": str(bert_base),
        "hardware.device": "cuda:0",
        "hardware.precision": "fp32",
        "data.max_length": 512,
        "data.padding": "max_length",
        "training.max_steps": 2,
        "training.learning_rate": 5e-5,
        "training.per_device_eval_batch_size": 2,
    }
    config = config.with_settings(settings)
    half, total = _takes(tmp_path / "half", config, 8, 2)
    whole, _ = _takes(tmp_path / "whole", config, 16, 1)
    assert half < whole < total
    monkeypatch.setenv("CROWDED_SHARE", str((half + whole) / 2 / total))
    monkeypatch.setenv("BERTFT_RUNTIME_DIR", str(tmp_path / "forgetful"))  # what batches took is known here only
    device = next(device for device in inventory() if device.name == "cuda:0")
    run_id = commands.enqueue(db, config.with_settings({"training.per_device_train_batch_size": 16}))
    with scheduler_of(db, "crowded_worker.py", device) as scheduler:
        run, seen = until_over(db, scheduler, run_id, seconds=300)
    assert run.status is RunStatus.FINISHED, run.error
    assert "failed" not in seen
    smaller = {"training.per_device_train_batch_size": 8, "training.gradient_accumulation_steps": 2}
    assert run.adjustments == smaller
    made = [(each.outcome, each.exit_code, each.adjustments) for each in history.attempts(db, run_id)]
    assert made == [("failed", 1, None), ("finished", 0, smaller)]
    (error,) = [event.fields for event in history.events(db, run_id) if event.type == "error"]
    assert error["title"] == "The GPU is out of memory"
    assert "while trying the longest batch, 16 texts of up to 512 tokens at once" in error["message"]
    assert plain_reading.series(db, run_id, "loss").steps == (1, 2)
