"""LoRA: what learns, what a checkpoint holds, that it resumes bit for bit and is loaded again."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_bert import texts
from tiny_encoders import ARCHITECTURES, make_tiny_encoder
from training_runs import Prompter, attempt, events, make_run, points

from bertft_tui.core.checkpoint_folders import all_checkpoints
from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import ConfigError, ModelError
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.store.predictions import read_predictions
from bertft_tui.core.training.model.encoder import load_encoder
from bertft_tui.core.training.model.inspection import inspect_model
from bertft_tui.core.training.model.trained import load_trained
from bertft_tui.core.training.quiet import quiet_libraries
from bertft_tui.core.training.task import Task

_TASK = Task("single_label_classification", ("food", "sport", "weather"))
_LORA = {"model.lora_r": 4, "model.lora_dropout": 0.1, "training.learning_rate": 5e-3}


@pytest.fixture(scope="module", params=ARCHITECTURES)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One architecture after the other."""
    return make_tiny_encoder(tmp_path_factory.mktemp("models") / request.param, request.param, "masked")


def test_what_learns(folder: Path) -> None:
    """The matrices beside attention and feed-forward of every layer, and the whole head; nothing else."""
    quiet_libraries()
    section = ModelSection(name_or_path=str(folder), lora_r=4)
    encoder = load_encoder(inspect_model(section, 24), section, _TASK, 24)
    learning = {name for name, parameter in encoder.model.named_parameters() if parameter.requires_grad}
    matrices = {name for name in learning if "lora_" in name}
    assert matrices
    assert all(".modules_to_save." in name for name in learning - matrices)
    heads = {name.split(".modules_to_save")[0].rpartition(".")[2] for name in learning - matrices}
    assert heads <= {"classifier", "pre_classifier", "pooler", "head"}
    assert "classifier" in heads
    assert encoder.trainable_parameters == sum(p.numel() for p in encoder.model.parameters() if p.requires_grad)
    linear = {
        name
        for name, module in encoder.model.get_base_model().named_modules()
        if "layer" in name and type(module) is torch.nn.Linear and "lora" not in name and "base_layer" not in name
    }
    assert not linear, "a linear layer of the encoder has no matrices"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path, csv_folder: Path) -> dict[str, RunDirectory]:
    """A run with LoRA, and the same run stopped and resumed."""
    settings = {"model.name_or_path": str(tiny_model), "data.dataset": str(csv_folder), "data.eval_split": "test"}
    settings |= {"data.max_length": 24, "training.num_train_epochs": 4.0, "hardware.precision": "fp32"}
    config = RunConfig().with_settings(settings | _LORA)
    place = tmp_path_factory.mktemp("lora")
    whole, stopped = (make_run(place / name, config) for name in ("whole", "stopped"))
    assert attempt(whole) == "finished", events(whole, "error")
    assert attempt(stopped, 1, Prompter(stopped, stopped.stop_request, "metrics", step=9)) == "stopped"
    assert attempt(stopped, 2) == "finished"
    return {"whole": whole, "stopped": stopped}


def test_trains_stops_and_resumes(runs: dict[str, RunDirectory]) -> None:
    """The loss falls, and a run that was stopped has the same points and the same adapter, bit for bit."""
    found = points(runs["whole"])
    assert sum(found["loss", step] for step in range(20, 25)) < sum(found["loss", step] for step in range(1, 6))
    assert points(runs["stopped"]) == found
    adapters = [
        (run.checkpoints / "checkpoint-24" / "adapter_model.safetensors").read_bytes() for run in runs.values()
    ]
    assert adapters[0] == adapters[1]


def test_the_checkpoint(runs: dict[str, RunDirectory], tiny_model: Path) -> None:
    """It holds the adapter, the head and the labels, and not the encoder; it names the model that it belongs to."""
    checkpoint = runs["whole"].checkpoints / "checkpoint-24"
    names = {path.name for path in checkpoint.iterdir()}
    assert {"adapter_model.safetensors", "adapter_config.json", "config.json", "tokenizer.json"} <= names
    assert "model.safetensors" not in names
    kept = load_file(checkpoint / "adapter_model.safetensors")
    assert not [name for name in kept if "lora_" not in name and "classifier" not in name and "pooler" not in name]
    assert json.loads((checkpoint / "adapter_config.json").read_text())["base_model_name_or_path"] == str(tiny_model)
    assert json.loads((checkpoint / "config.json").read_text())["id2label"] == dict(
        zip("012", _TASK.labels, strict=True)
    )


def test_loaded_again(runs: dict[str, RunDirectory], tiny_model: Path) -> None:
    """The checkpoint says of the evaluation texts what the run said of them."""
    quiet_libraries()
    run = runs["whole"]
    step = events(run, "predictions")[0].fields["step"]
    section = ModelSection(name_or_path=str(tiny_model), lora_r=4)
    encoder = load_trained(run.checkpoints / f"checkpoint-{step}", section, _TASK)
    assert not encoder.model.training
    batch = encoder.tokenizer([text for text, _ in texts(20, seed=2)], padding=True, return_tensors="pt")
    with torch.inference_mode():
        found = torch.softmax(encoder.model(**batch).logits, dim=-1).numpy()
    assert np.allclose(found, read_predictions(run.predictions, step).probabilities, atol=1e-6)


def test_a_base_that_has_changed(tmp_path: Path, config: RunConfig, tiny_model: Path) -> None:
    """An adapter is neither used nor trained on other weights than its own; put back, they do."""
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    weights = folder / "model.safetensors"
    before = weights.read_bytes()
    config = config.with_settings(_LORA | {"model.name_or_path": str(folder)})
    run = make_run(tmp_path / "run", config)
    assert attempt(run, 1, Prompter(run, run.stop_request, "metrics", step=9)) == "stopped"
    checkpoint = all_checkpoints(run.checkpoints)[-1]
    tensors = {name: tensor + 0.1 for name, tensor in load_file(weights).items()}
    save_file(tensors, weights, metadata={"format": "pt"})
    with pytest.raises(ModelError, match="The model below the adapter has changed") as caught:
        load_trained(checkpoint, config.model, _TASK)
    assert str(folder) in caught.value.problem.message
    assert attempt(run, 2) == "failed"
    assert events(run, "error")[0].fields["title"] == "The model below the adapter has changed"
    weights.write_bytes(before)
    assert load_trained(checkpoint, config.model, _TASK)
    assert attempt(run, 3) == "finished"


def test_an_adapter_is_no_model(runs: dict[str, RunDirectory], tiny_model: Path) -> None:
    """A checkpoint of LoRA cannot be trained on: the error names the model below it."""
    section = ModelSection(name_or_path=str(runs["whole"].checkpoints / "checkpoint-24"))
    with pytest.raises(ModelError, match="This is an adapter") as caught:
        inspect_model(section, 24)
    assert str(tiny_model) in caught.value.problem.message


def test_with_layer_rates(tmp_path: Path, config: RunConfig) -> None:
    """LoRA's matrices learn at the rates of their layers."""
    run = make_run(
        tmp_path / "run", config.with_settings(_LORA | {"training.layer_lr_decay": 0.9, "training.max_steps": 2})
    )
    assert attempt(run) == "finished", events(run, "error")
    groups = torch.load(run.checkpoints / "checkpoint-2" / "optimizer.pt", weights_only=True)["param_groups"]
    assert {round(group["initial_lr"] / 5e-3, 6) for group in groups} == {1.0, 0.9, 0.81}


def test_without_peft(monkeypatch: pytest.MonkeyPatch, tiny_model: Path) -> None:
    """Where peft is not installed, the error names the extra."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="LoRA needs peft") as caught:
        inspect_model(ModelSection(name_or_path=str(tiny_model), lora_r=4), 24)
    assert "bertft-tui[lora]" in caught.value.problem.hint


def test_layers_that_are_not_linear(tmp_path: Path) -> None:
    """A model with no linear layer in its stack of layers, as of its own code, is refused when it is loaded."""
    folder = make_tiny_encoder(tmp_path / "model", "squeezebert", embedding_size=32)
    section = ModelSection(name_or_path=str(folder))
    location = inspect_model(section, 24)
    section = section.model_copy(update={"lora_r": 4})
    with pytest.raises(ConfigError, match="LoRA does not know this architecture"):
        load_encoder(location, section, _TASK, 24)


def test_an_encoder_that_is_not_whole(tmp_path: Path, tiny_model: Path) -> None:
    """Weights that would start random and stay so, and be in no checkpoint, are refused."""
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    tensors: dict[str, Any] = load_file(folder / "model.safetensors")
    del tensors["encoder.layer.1.output.dense.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    section = ModelSection(name_or_path=str(folder), lora_r=4)
    with pytest.raises(ModelError, match="LoRA needs a whole encoder"):
        load_encoder(inspect_model(section, 24), section, _TASK, 24)
