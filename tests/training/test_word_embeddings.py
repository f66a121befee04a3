"""Word embeddings that no training text moves are left out of the training: nothing else may change by that."""

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tiny_encoders import ARCHITECTURES, make_tiny_encoder
from training_runs import Prompter, attempt, events, make_run, points, weights
from transformers import AutoConfig, AutoModelForSequenceClassification

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import ConfigError
from bertft_tui.core.training import checkpoints
from bertft_tui.core.training.model.architecture_names import KNOWN_ENCODERS, NO_VOCABULARY
from bertft_tui.core.training.model.word_embeddings import OccurringEmbedding, train_occurring
from bertft_tui.core.training.recipe import Place, settle

_TEXTS = torch.from_numpy(np.random.default_rng(0).integers(5, 20, (4, 12)))
_OCCURRING = np.append(_TEXTS.numpy().ravel(), [0, 1, 2])
_OTHERS = torch.arange(20, 56).reshape(4, 9)

_BERT = {"model_type": "bert"}
_CPU, _GPU = Place("cpu", "fp32"), Place("cuda", "bf16")


@pytest.fixture
def wide_model(tmp_path: Path) -> Path:
    """The tiny model with many more tokens than any text has."""
    return make_tiny_encoder(tmp_path / "wide", "bert", vocab_size=2000)


def _pair(folder: Path) -> tuple[Any, Any]:
    """One model twice, the second of which trains only what occurs."""
    model = AutoModelForSequenceClassification.from_pretrained(folder)
    other = copy.deepcopy(model)
    assert train_occurring(other, _OCCURRING)
    return model, other


def _train(model: Any, optimizer: torch.optim.Optimizer, steps: int) -> list[float]:
    losses = []
    model.train()
    for step in range(steps):
        torch.manual_seed(step)
        optimizer.zero_grad()
        loss = model(input_ids=_TEXTS, labels=torch.tensor([0, 1, 2, 1])).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    return losses


def _adamw(model: Any) -> torch.optim.Optimizer:
    return torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=0.0)


@pytest.mark.parametrize("model_type", ARCHITECTURES)
def test_training_is_the_same(tmp_path: Path, model_type: str) -> None:
    """Losses with dropout, logits of texts with other tokens, and all weights, by name and number."""
    model, other = _pair(make_tiny_encoder(tmp_path / "model", model_type, "classifier", vocab_size=64, num_labels=3))
    first, second = _train(model, _adamw(model), 4), _train(other, _adamw(other), 4)
    assert second == pytest.approx(first, abs=1e-6)
    with torch.no_grad():
        expected, found = (each.eval()(input_ids=_OTHERS).logits for each in (model, other))
    assert torch.allclose(found, expected, atol=1e-6)
    assert other.state_dict().keys() == model.state_dict().keys()
    for name, weight in model.state_dict().items():
        assert torch.allclose(other.state_dict()[name], weight, atol=1e-6), name


def test_saved_and_loaded(tmp_path: Path) -> None:
    """What is saved in the middle of a training is the whole model, and a training goes on from it."""
    folder = make_tiny_encoder(tmp_path / "model", "bert", "classifier", vocab_size=64, num_labels=3)
    _, other = _pair(folder)
    _train(other, _adamw(other), 2)
    other.save_pretrained(tmp_path / "saved")
    again = AutoModelForSequenceClassification.from_pretrained(tmp_path / "saved")
    with torch.no_grad():
        assert torch.equal(again(input_ids=_OTHERS).logits, other.eval()(input_ids=_OTHERS).logits)
    _, resumed = _pair(folder)
    assert not resumed.load_state_dict(load_file(tmp_path / "saved" / "model.safetensors"), strict=True).missing_keys
    assert _train(resumed, _adamw(resumed), 2) == _train(other, _adamw(other), 2)
    other_size = {**resumed.state_dict(), "bert.embeddings.word_embeddings.weight": torch.zeros(63, 32)}
    with pytest.raises(RuntimeError, match="size mismatch"):
        resumed.load_state_dict(other_size)


def test_what_stays_whole(tmp_path: Path) -> None:
    """A table of which most occurs, one that does not learn, one that something else reads too."""
    model = AutoModelForSequenceClassification.from_pretrained(
        make_tiny_encoder(tmp_path / "model", "bert", "classifier", vocab_size=64, num_labels=3)
    )
    assert not train_occurring(model, np.arange(33))
    words = model.get_input_embeddings()
    words.weight.requires_grad = False
    assert not train_occurring(model, _OCCURRING)
    words.weight.requires_grad = True
    model.reads_it_too = torch.nn.Linear(32, 64)
    model.reads_it_too.weight = words.weight
    assert not train_occurring(model, _OCCURRING)
    del model.reads_it_too
    assert train_occurring(model, _OCCURRING)
    assert type(model.get_input_embeddings()) is OccurringEmbedding


def test_a_token_that_was_said_not_to_occur(tmp_path: Path) -> None:
    """It ends a training on a processor; it never takes another token's embedding."""
    _, other = _pair(make_tiny_encoder(tmp_path / "model", "bert", "classifier", vocab_size=64, num_labels=3))
    with pytest.raises(IndexError):
        other.train()(input_ids=_OTHERS)


@pytest.mark.parametrize("model_type", sorted(KNOWN_ENCODERS - NO_VOCABULARY))
def test_every_architecture_looks_up_its_tokens(model_type: str) -> None:
    """Each that we know either has a plain table or is left as it is."""
    settings: dict[str, Any] = {"vocab_size": 64, "pad_token_id": 1} if model_type == "esm" else {}
    with torch.device("meta"):
        config = AutoConfig.for_model(model_type, **settings)
        model = AutoModelForSequenceClassification.from_config(config)
        words = type(model.get_input_embeddings())
    assert (words is torch.nn.Embedding) is (model_type != "ibert")


@pytest.mark.parametrize(
    ("model", "place", "settings", "expected", "reason"),
    [
        (_BERT, _CPU, {}, True, "keeps its embedding anyway"),
        (_BERT, _GPU, {}, False, "on a GPU"),
        (_BERT, _GPU, {"model.trained_embeddings": "occurring"}, True, "asked for"),
        (_BERT, _CPU, {"model.trained_embeddings": "all"}, False, "asked for"),
        (_BERT, _CPU, {"training.optim": "sgd"}, True, "keeps its embedding anyway"),
        (_BERT, _CPU, {"training.optim": "adafactor"}, False, "adafactor"),
        (_BERT, _CPU, {"training.weight_decay": 0.01}, False, "training.weight_decay is 0.01"),
        (_BERT, _CPU, {"model.freeze_layers": 1}, False, "stay as they are"),
        (_BERT, _CPU, {"model.lora_r": 8}, False, "stay as they are"),
        ({"model_type": "canine"}, _CPU, {}, False, "a canine model"),
        ({"model_type": "gpt2"}, _CPU, {}, False, "a gpt2 model"),
        ({**_BERT, "auto_map": {"AutoModel": "m.M"}}, _CPU, {"model.trust_remote_code": True}, False, "own code"),
    ],
)
def test_what_auto_becomes_of_embeddings(
    model: Any, place: Place, settings: dict[str, Any], expected: bool, reason: str
) -> None:
    """Occurring ones alone where that is the same and pays; what cannot be is refused when asked for by name."""
    config = RunConfig().with_settings(settings)
    recipe = settle(config, model, place, {})
    assert recipe.trains_occurring is expected
    part = recipe.parts[-1]
    assert (part.setting, part.value) == ("model.trained_embeddings", "occurring" if expected else "all")
    assert reason in part.reason
    if not expected and place is _CPU and part.reason != "asked for":
        with pytest.raises(ConfigError, match="Embeddings cannot be left out"):
            settle(config.with_settings({"model.trained_embeddings": "occurring"}), model, place, {})


def test_a_run_goes_on_with_the_same_embeddings(tmp_path: Path, config: RunConfig, wide_model: Path) -> None:
    """Stopped and resumed, bit for bit; weights that no text has are those of the model; the others have learnt."""
    config = config.with_settings({"model.name_or_path": str(wide_model)})
    whole = make_run(tmp_path / "whole", config)
    assert attempt(whole) == "finished", events(whole, "error")
    plan = events(whole, "plan")[0].fields
    part = next(each for each in plan["recipe"] if each["setting"] == "model.trained_embeddings")
    assert part["value"] == "occurring"
    stopped = make_run(tmp_path / "stopped", config)
    assert attempt(stopped, 1, Prompter(stopped, stopped.stop_request, "metrics", step=3)) == "stopped"
    assert attempt(stopped, 2) == "finished", events(stopped, "error")
    last = plan["max_steps"]
    assert points(stopped) == points(whole)
    assert weights(stopped, last) == weights(whole, last)
    everything = make_run(tmp_path / "all", config.with_settings({"model.trained_embeddings": "all"}))
    assert attempt(everything) == "finished"
    assert events(everything, "plan")[0].fields["parameters"] == plan["parameters"]
    for key, value in points(everything).items():
        assert points(whole)[key] == pytest.approx(value, abs=1e-5), key
    sizes = [events(run, "checkpoint")[-1].fields["bytes"] for run in (whole, everything)]
    assert sizes[0] < sizes[1]


def test_checkpoints_of_before(tmp_path: Path, config: RunConfig, wide_model: Path) -> None:
    """A run that was begun with all embeddings, as by an older version, goes on so; other tokens are refused."""
    config = config.with_settings({"model.name_or_path": str(wide_model)})
    begun = config.with_settings({"model.trained_embeddings": "all"})
    run = make_run(tmp_path / "run", begun)
    assert attempt(run, 1, Prompter(run, run.stop_request, "metrics", step=3)) == "stopped"
    run.config.write_text(run.config.read_text().replace('trained_embeddings = "all"', 'trained_embeddings = "auto"'))
    assert attempt(run, 2) == "finished", events(run, "error")
    other = make_run(tmp_path / "other", config)
    assert attempt(other, 1, Prompter(other, other.stop_request, "metrics", step=3)) == "stopped"
    checkpoint = checkpoints.find(other.checkpoints).newest
    assert checkpoint is not None
    progress = checkpoint / checkpoints.PROGRESS
    digest = checkpoints.choices_of(checkpoint)["trained_tokens"]
    progress.write_text(progress.read_text().replace(digest, "0" * 64))
    checkpoints.write_manifest(checkpoint)
    assert attempt(other, 2) == "failed"
    assert events(other, "error")[-1].fields["title"] == "The tokens have changed since the run began"
