"""Frozen layers stay, and layers that shall learn slower do: by parameter groups, through stop and resume."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from tiny_encoders import make_tiny_encoder
from training_runs import Prompter, attempt, events, make_run, points, weights

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import ConfigError
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.training.model.anatomy import Anatomy
from bertft_tui.core.training.model.encoder import Encoder, load_encoder
from bertft_tui.core.training.model.freezing import freeze
from bertft_tui.core.training.model.inspection import inspect_model
from bertft_tui.core.training.model.layer_rates import layer_groups, note_shared_layers
from bertft_tui.core.training.quiet import quiet_libraries
from bertft_tui.core.training.task import Task


def _load(folder: Path, **settings: Any) -> Encoder:
    quiet_libraries()
    section = ModelSection(name_or_path=str(folder), **settings)
    task = Task("single_label_classification", ("bad", "good"))
    return load_encoder(inspect_model(section, 24), section, task, 24)


@pytest.fixture(scope="module")
def four_layers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of four layers."""
    return make_tiny_encoder(tmp_path_factory.mktemp("models") / "bert", "bert", num_hidden_layers=4)


@pytest.fixture(scope="module")
def albert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ALBERT of four layers that share their weights."""
    return make_tiny_encoder(tmp_path_factory.mktemp("models") / "albert", "albert", num_hidden_layers=4)


@pytest.mark.parametrize(("layers", "learning"), [(0, {0, 1, 2, 3, 4, 5}), (1, {2, 3, 4, 5}), (4, {5}), ("all", {5})])
def test_what_learns(four_layers: Path, layers: Any, learning: set[int]) -> None:
    """The lowest layers are frozen, the embeddings with them; the pooler belongs to the head."""
    model = _load(four_layers, freeze_layers=layers).model
    anatomy = Anatomy("bert.", "bert.encoder.layer.", 4, 4)
    found = {anatomy.depth(name) for name, parameter in model.named_parameters() if parameter.requires_grad}
    frozen = {anatomy.depth(name) for name, parameter in model.named_parameters() if not parameter.requires_grad}
    assert found == learning
    assert not found & frozen
    assert model.bert.pooler.dense.weight.requires_grad


def test_training(tmp_path: Path, config: RunConfig, tiny_model: Path) -> None:
    """After a training with a stop in it, what was frozen is as it was, and the rest is not."""
    settings = {"model.freeze_layers": 1, "training.num_train_epochs": 1.0}
    whole = make_run(tmp_path / "whole", config.with_settings(settings))
    assert attempt(whole) == "finished"
    before = load_file(tiny_model / "model.safetensors")
    after = load_file(whole.checkpoints / "checkpoint-6" / "model.safetensors")
    same = {name for name in before if torch.equal(before[name], after[f"bert.{name}"])}
    assert same == {name for name in before if name.startswith(("embeddings.", "encoder.layer.0."))}
    plan = events(whole, "plan")[0].fields
    assert plan["parameters"] - plan["trainable_parameters"] == sum(before[name].numel() for name in same)
    stopped = make_run(tmp_path / "stopped", config.with_settings(settings))
    assert attempt(stopped, 1, Prompter(stopped, stopped.stop_request, "metrics", step=2)) == "stopped"
    assert attempt(stopped, 2) == "finished"
    assert weights(stopped, 6) == weights(whole, 6)


def test_more_layers_than_there_are(four_layers: Path) -> None:
    """The error names how many there are, before anything is loaded."""
    with pytest.raises(ConfigError) as caught:
        inspect_model(ModelSection(name_or_path=str(four_layers), freeze_layers=5), 24)
    assert "has 4 layers" in caught.value.problem.message


def test_layers_that_share_their_weights(albert: Path) -> None:
    """ALBERT's layers are frozen all together or not at all, and they learn at one rate."""
    with pytest.raises(ConfigError, match="The layers share their weights"):
        inspect_model(ModelSection(name_or_path=str(albert), freeze_layers=1), 24)
    model = _load(albert, freeze_layers="all").model
    assert {name.split(".")[0] for name, p in model.named_parameters() if p.requires_grad} == {"albert", "classifier"}
    groups = layer_groups(_load(albert).model, (), rate=1.0, decay=0.5, weight_decay=0.0)
    assert [group["lr"] for group in groups] == [1.0, 0.5, 0.25]
    (note,) = note_shared_layers(model, 0.5)
    assert "All 4 layers have the same weights" in note.message
    assert note_shared_layers(model, 1.0) == ()


def test_layers_that_cannot_be_told_apart(tmp_path: Path) -> None:
    """Of an architecture whose layers are not known, only everything can be frozen, and all learn at one rate."""
    sizes = {"emb_dim": 32, "n_heads": 2, "n_layers": 2}
    folder = make_tiny_encoder(tmp_path / "xlm", "xlm", **sizes)
    with pytest.raises(ConfigError, match="The layers cannot be told apart"):
        _load(folder, freeze_layers=1)
    with pytest.raises(ConfigError, match="The layers cannot be told apart"):
        freeze(_load(folder).model, 1)  # as of code that comes with a model, which is known when it is loaded
    encoder = _load(folder, freeze_layers="all")
    assert encoder.trainable_parameters < encoder.parameters / 2
    with pytest.raises(ConfigError, match="layer_lr_decay"):
        layer_groups(encoder.model, (), rate=1.0, decay=0.5, weight_decay=0.0)


def test_rates(four_layers: Path) -> None:
    """The head learns at the full rate, each part below it slower, the embeddings slowest; decay spares biases."""
    model = _load(four_layers).model
    decayed = {name for name, _ in model.named_parameters() if "bias" not in name and "LayerNorm" not in name}
    groups = layer_groups(model, decayed, rate=0.1, decay=0.5, weight_decay=0.01)
    rates = [group["lr"] for group in groups]
    assert rates[0] == 0.1
    assert rates == sorted(rates, reverse=True)
    assert set(rates) == {0.1 * 0.5**n for n in range(6)}
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    grouped = [names[id(parameter)] for group in groups for parameter in group["params"]]
    assert sorted(grouped) == sorted(names.values())
    for group in groups:
        for parameter in group["params"]:
            name = names[id(parameter)]
            assert group["weight_decay"] == (0.01 if name in decayed else 0.0)
            if name.startswith("bert.encoder.layer.3."):
                assert group["lr"] == 0.05
            if name.startswith("bert.embeddings."):
                assert group["lr"] == 0.1 * 0.5**5


def test_training_with_rates(tmp_path: Path, config: RunConfig) -> None:
    """One step of SGD moves each part as far as its rate says; the rate in the log is the head's; resume is exact."""
    settings = {
        "training.optim": "sgd",
        "training.max_steps": 1,
        "training.max_grad_norm": 0.0,
        "training.learning_rate": 0.5,
        "training.lr_scheduler_type": "constant",
        "model.hidden_dropout": 0.0,
        "model.attention_dropout": 0.0,
    }
    ends = []
    for decay in (1.0, 0.25):
        run = make_run(tmp_path / str(decay), config.with_settings(settings | {"training.layer_lr_decay": decay}))
        assert attempt(run) == "finished"
        assert points(run)["learning_rate", 1] == 0.5
        ends.append(load_file(run.checkpoints / "checkpoint-1" / "model.safetensors"))
    start = load_file(Path(config.model.name_or_path) / "model.safetensors")
    for name, factor in (
        ("encoder.layer.1.output.dense.weight", 0.25),
        ("encoder.layer.0.output.dense.weight", 0.25**2),
        ("embeddings.word_embeddings.weight", 0.25**3),
    ):
        moved = [float((end[f"bert.{name}"].double() - start[name].double()).norm()) for end in ends]
        assert moved[1] == pytest.approx(factor * moved[0], rel=1e-2), name
    assert torch.equal(ends[0]["classifier.weight"], ends[1]["classifier.weight"])


def test_resume_with_rates(tmp_path: Path, config: RunConfig) -> None:
    """A run with a rate for each layer that was stopped equals one that was not."""
    settings = {"training.layer_lr_decay": 0.8, "training.weight_decay": 0.01, "training.warmup_steps": 3.0}
    whole, stopped = (make_run(tmp_path / name, config.with_settings(settings)) for name in ("whole", "stopped"))
    assert attempt(whole) == "finished"
    assert attempt(stopped, 1, Prompter(stopped, stopped.stop_request, "metrics", step=5)) == "stopped"
    assert attempt(stopped, 2) == "finished"
    assert points(stopped) == points(whole)
    assert weights(stopped, 12) == weights(whole, 12)
