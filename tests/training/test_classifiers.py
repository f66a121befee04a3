"""A checkpoint that is already a classifier: its head is kept, put in order, or replaced, and a note says which."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from tiny_bert import texts, write_csv
from tiny_encoders import ARCHITECTURES, make_tiny_encoder
from training_runs import attempt, events, make_run, points

from bertft_tui.core.config import RunConfig
from bertft_tui.core.metric_names import ProblemType
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.training.model.encoder import Encoder, load_encoder
from bertft_tui.core.training.model.inspection import inspect_model
from bertft_tui.core.training.quiet import quiet_libraries
from bertft_tui.core.training.task import Task

_KEPT = "The model is a classifier already, and keeps its head"
_REPLACED = "The classification head is replaced"
_DIGITS = tuple(map(str, range(11)))


def _classifier(folder: Path, model_type: str, labels: tuple[str, ...], **settings: Any) -> Path:
    names = {"id2label": dict(enumerate(labels)), "label2id": {name: number for number, name in enumerate(labels)}}
    return make_tiny_encoder(folder, model_type, "classifier", **names, **settings)


def _load(
    folder: Path, labels: tuple[str, ...], problem_type: ProblemType = "single_label_classification"
) -> Encoder:
    quiet_libraries()
    section = ModelSection(name_or_path=str(folder))
    torch.manual_seed(1)
    return load_encoder(inspect_model(section, 24), section, Task(problem_type, labels), 24)


def _rows(encoder: Encoder) -> torch.Tensor:
    """Return the output layer's weights, one row for each label."""
    modules = dict(encoder.model.named_modules())
    layer = modules.get("classifier.out_proj") or modules["classifier"]
    weight: torch.Tensor = layer.weight.detach()
    return weight


@pytest.mark.parametrize("model_type", ARCHITECTURES)
def test_another_order(tmp_path: Path, model_type: str) -> None:
    """The same names in another order: each output goes on meaning what it meant, in every architecture."""
    folder = _classifier(tmp_path / "model", model_type, ("weather", "Food ", "sport"))
    stored = load_file(folder / "model.safetensors")
    (name,) = [name for name in stored if name in ("classifier.weight", "classifier.out_proj.weight")]
    encoder = _load(folder, ("food", "sport", "weather"))
    assert torch.equal(_rows(encoder), stored[name][[1, 2, 0]])
    (note,) = encoder.notes
    assert note.title == _KEPT
    assert "another order" in note.message
    assert encoder.model.config.label2id == {"food": 0, "sport": 1, "weather": 2}
    ids = torch.tensor([[2, 7, 8, 9, 3]])
    torch.manual_seed(0)
    before = _load(folder, ("weather", "Food ", "sport")).model.eval()(input_ids=ids).logits
    assert torch.allclose(encoder.model.eval()(input_ids=ids).logits, before[:, [1, 2, 0]], atol=1e-6)


@pytest.mark.parametrize(
    ("theirs", "ours", "title", "word"),
    [
        (("bad", "good"), ("bad", "good"), _KEPT, "the same labels: bad, good"),
        (("BAD", " good"), ("bad", "good"), _KEPT, "the same labels: bad, good"),
        (("LABEL_0", "LABEL_1"), ("bad", "good"), _KEPT, "LABEL_0 is 'bad', LABEL_1 is 'good'"),
        (("bad", "good"), ("0", "1"), _KEPT, "bad is '0', good is '1'"),
        (("bad", "good"), ("1", "2"), _REPLACED, "tells bad, good apart, and the data has 1, 2"),
        (("negative", "positive"), ("bad", "good"), _REPLACED, "negative, positive"),
        (("a", "A"), ("A", "a"), _KEPT, "another order"),
        (("1", "0"), ("0", "1"), _KEPT, "another order (1, 0)"),
        (tuple(sorted(_DIGITS)), _DIGITS, _KEPT, "another order (0, 1, 10, 2"),
        (("a", "a"), ("a", "b"), _REPLACED, "a, a"),
        (("a", "b", "c"), ("a", "b"), _REPLACED, "tells a, b, c apart, and the data has a, b"),
        (("score",), ("a", "b"), _REPLACED, "score"),
    ],
)
def test_labels(tmp_path: Path, theirs: tuple[str, ...], ours: tuple[str, ...], title: str, word: str) -> None:
    """Names decide what becomes of the head; a note names both sides."""
    folder = _classifier(tmp_path / "model", "bert", theirs)
    stored = load_file(folder / "model.safetensors")["classifier.weight"]
    encoder = _load(folder, ours)
    (note,) = encoder.notes
    assert note.title == title
    assert word in note.message
    assert _rows(encoder).shape == (len(ours), 32)
    kept = sorted(_rows(encoder).tolist()) == sorted(stored.tolist())
    assert kept is (title == _KEPT)
    for number, label in enumerate(ours):
        if label in theirs:
            assert torch.equal(_rows(encoder)[number], stored[theirs.index(label)]) is kept
    assert torch.equal(_rows(encoder), _rows(_load(folder, ours)))  # a new layer is drawn from the seed


def test_numbers(tmp_path: Path) -> None:
    """A head for a number is kept for numbers, and no other."""
    folder = _classifier(tmp_path / "model", "bert", ("LABEL_0",), problem_type="regression")
    assert [note.title for note in _load(folder, ("score",), "regression").notes] == [_KEPT]
    other = _classifier(tmp_path / "other", "bert", ("a", "b"))
    assert [note.title for note in _load(other, ("score",), "regression").notes] == [_REPLACED]
    assert _load(other, ("a", "b"), "multi_label_classification").notes[0].title == _KEPT


def test_one_label_of_several(tmp_path: Path) -> None:
    """One output that says whether a text has a label is kept for that label, and is no number."""
    folder = _classifier(tmp_path / "model", "bert", ("toxic",), problem_type="multi_label_classification")
    (note,) = _load(folder, ("toxic",), "multi_label_classification").notes
    assert note.title == _KEPT
    assert "the same labels: toxic" in note.message
    assert [note.title for note in _load(folder, ("toxic",), "regression").notes] == [_REPLACED]
    number = _classifier(tmp_path / "number", "bert", ("toxic",))
    assert [note.title for note in _load(number, ("toxic",), "multi_label_classification").notes] == [_REPLACED]


def test_a_head_that_is_not_there(tmp_path: Path) -> None:
    """A config that speaks of a classifier beside weights without one: the head is new, whatever the labels."""
    folder = make_tiny_encoder(tmp_path / "model", "bert", "masked")
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"architectures": ["BertForSequenceClassification"]}))
    titles = [note.title for note in _load(folder, ("bad", "good")).notes]
    assert titles == ["The classification head is new", "Some pretrained weights are not used"]


def test_training_goes_on(tmp_path: Path, config: RunConfig) -> None:
    """A run that starts from another run's checkpoint starts where that one ended."""
    settings = {"training.num_train_epochs": 4.0, "training.learning_rate": 5e-3}
    first = make_run(tmp_path / "first", config.with_settings(settings))
    assert attempt(first) == "finished"
    data = tmp_path / "loud"
    data.mkdir()
    for name, rows in (("train", texts(44, seed=1)), ("test", texts(20, seed=2))):
        write_csv(data / f"{name}.csv", [(text, label.upper()) for text, label in rows])
    settings = {
        "model.name_or_path": str(first.checkpoints / "checkpoint-24"),
        "data.dataset": str(data),
        "training.eval_on_start": True,
        "training.max_steps": 1,
    }
    second = make_run(tmp_path / "second", config.with_settings(settings))
    assert attempt(second) == "finished"
    assert [event.fields["title"] for event in events(second, "warning")] == [_KEPT]
    assert points(second)["eval_loss", 0] == pytest.approx(points(first)["eval_loss", 24], abs=1e-6)
