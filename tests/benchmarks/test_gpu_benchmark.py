"""The benchmark of a GPU still runs, on a processor and in small; what it counts is right."""

import json
import statistics
import subprocess
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

from benchmarks import __main__ as command
from benchmarks import page as all_parts
from benchmarks.gpu import measuring, page, texts
from benchmarks.gpu.flops import matmul_peaks, training_flops
from benchmarks.gpu.measuring import SCRIPT, WAYS, Amount, measure_on
from benchmarks.gpu.trainings import Timed
from bertft_tui.core.config import RunConfig
from bertft_tui.core.packaged import demo_model_directory
from bertft_tui.core.scheduling.devices import Device
from bertft_tui.core.training.last_layer import first_tokens_alone

_TINY = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 64,
}


def test_model_flops_by_hand() -> None:
    """Two layers of four 4 × 4 matrices and two 4 × 8 ones, a pooler and two classes; attention by the square.

    Of the second layer, two matrices for all tokens, and the rest for the first of each text.
    """
    config = BertConfig(hidden_size=4, num_hidden_layers=2, num_attention_heads=1, intermediate_size=8)
    first = 6 * (4 * 16 + 2 * 32) * (3 + 5) + 12 * 4 * (9 + 25)
    last = 6 * (2 * 16 * (3 + 5) + (2 * 16 + 2 * 32) * 2) + 12 * 4 * (3 + 5)
    head = 6 * (16 + 8) * 2
    assert training_flops([3, 5], config) == first + last + head


def test_model_flops_are_what_torch_counts() -> None:
    """Without padding they are those of all matrix products, forwards and backwards, to a hundredth."""
    config = BertConfig(**_TINY, vocab_size=50, attn_implementation="sdpa")
    model = BertForSequenceClassification(config)
    first_tokens_alone(model)
    for rows, length in ((3, 7), (2, 40)):
        counter = FlopCounterMode(display=False)
        with counter, sdpa_kernel(SDPBackend.MATH):
            ids = torch.ones(rows, length, dtype=torch.long)
            model(input_ids=ids, labels=torch.zeros(rows).long()).loss.backward()
        assert training_flops([length] * rows, config) == pytest.approx(counter.get_total_flops(), rel=0.01)


def test_a_peak_is_measured_in_every_format() -> None:
    """Some flops per second for each; how precisely fp32 is multiplied is as before."""
    before = torch.get_float32_matmul_precision()
    peaks = matmul_peaks("cpu", 64)
    assert list(peaks) == ["bf16", "tf32", "fp32"]
    assert min(peaks.values()) > 0
    assert torch.get_float32_matmul_precision() == before


def test_texts_have_the_lengths_that_were_asked_for() -> None:
    """Even ones to the token; made reviews are spread as real ones, and the same seed makes the same."""
    tokenizer = AutoTokenizer.from_pretrained(demo_model_directory())
    for length in (16, 128):
        assert texts.token_counts(tokenizer, texts.even_texts(tokenizer, length, 20), 512) == [length] * 20
    words = [len(text.split()) for text in texts.reviews(4000, 1)]
    assert statistics.mean(words) == pytest.approx(texts.REVIEW_MEAN, rel=0.05)
    assert statistics.median(words) == pytest.approx(texts.REVIEW_MEDIAN, rel=0.05)
    assert texts.reviews(5, 1) == texts.reviews(5, 1) != texts.reviews(5, 2)


def test_everything_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Script and runs train on all texts, each step has its time, and the page has a line for each."""
    monkeypatch.setattr(measuring, "MANY", 4)
    monkeypatch.setattr(measuring, "USUAL", 2)
    monkeypatch.setitem(WAYS, "at once", WAYS["at once"] | {"training.train_batch_size": 4})
    ways = (SCRIPT, "at once")
    parts = ("defaults", "tf32")  # which no processor has
    amount = Amount((12,), 64, 6, 2, 24, 8, 16, turns=2, seconds=0.0, matrix=32, ways=ways, parts=parts)
    config = BertConfig(**_TINY)
    found = measure_on(Device("cpu", "a processor"), tmp_path, amount, config)
    assert list(found["even"]["12"]["ways"]) == list(ways)
    assert all(len(timed.steps) == 6 for timed in found["even"]["12"]["ways"].values())
    turns = found["turns"]
    assert list(turns) == [*ways, "part defaults", "cold start", "warm start"]
    assert all(len(timed) == 1 for timed in turns.values())  # there was no time for more
    assert len(turns[SCRIPT][0].steps) == 6
    assert found["reviews"]["flops"] == training_flops(found["reviews"]["tokens"], config)
    for timed in (turns[SCRIPT][0], turns["at once"][0], turns["cold start"][0]):
        assert timed.steps == sorted(timed.steps)
        assert 0 < timed.steps[-1] < timed.seconds
        assert timed.begins > 0
    text = page.markdown(json.loads(json.dumps(found)))
    assert all(text.count(f"| {page._WAYS[way]} |") == 2 for way in ways)
    assert "compiled |" not in text
    assert page._PARTS["tf32"] not in text
    assert "forked" in text


def test_the_page_has_targets_and_spreads() -> None:
    """A run that is eight times as fast reaches its target; a share of the peak is that of the second epoch."""
    slow, fast = ([0.5, seconds, [1.0, 2.0, 3.0, 4.0], 2_000_000_000, 3_000_000_000] for seconds in (80.0, 10.0))
    steady = [0.5, 9.0, [0.1 * step for step in range(1, 33)], *fast[3:]]
    found: dict[str, Any] = {
        "amount": Amount(train=16)._asdict(),
        "device": {"title": "NVIDIA H200", "bytes": 1},
        "peaks": {"bf16": 1e12, "tf32": 5e11, "fp32": 1e11},
        "even": {"128": {"flops": 1e9, "ways": {"run": steady}}},
        "reviews": {"tokens": [100, 200], "flops": 1e12},
        "turns": {SCRIPT: [slow, slow], "run": [fast, fast], "compiled": [fast]},
    }
    text = page.markdown(found)
    assert "| 128 | run, 8 texts a step | 100.0 | 80 | 8.0% (8.0% to 8.0%) | 2.0 and 3.0 GB |" in text
    assert "| run, 8 texts a step | 10.0 | 8.0 (8.0 to 8.0) | 50.0% (50.0% to 50.0%) | 2 | ≥ 8 × | yes |" in text
    assert "| script, 8 texts a step | 80.0 |  | 50.0% (50.0% to 50.0%); of fp32's 500.0% | 2 |  |  |" in text
    assert "| ≥ 45% of the peak | yes |" in text
    assert "without one part" not in text
    assert page._epochs(Timed(*fast)) == (2.0, 2.0)


def test_every_part_is_a_setting_of_its_own() -> None:
    """Each differs from what it is compared with, and the page has words for it."""
    assert {name for name, part in measuring.PARTS.items() if part.against} == set(page._PARTS)
    assert {SCRIPT, *WAYS} == set(page._WAYS)
    for part in measuring.PARTS.values():
        if part.against:
            other = measuring.PARTS[part.against]
            changes = RunConfig().with_settings(other.settings).diff(RunConfig().with_settings(part.settings))
            assert len(changes) == (part.cudnn is None)


def test_what_fails_is_left_out_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    """A training that this machine cannot do ends nothing."""

    def fails() -> Timed:
        raise subprocess.CalledProcessError(1, "script")

    assert measuring._attempted("compiled", fails) is None
    assert "compiled: left out" in capsys.readouterr().err


def test_without_a_gpu_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The part says why, and what was measured elsewhere stays."""
    monkeypatch.setattr(measuring, "inventory", lambda: (Device("cpu", "a processor"),))
    monkeypatch.setattr(all_parts, "KEPT", tmp_path / "kept.json")
    command.measure("gpu")
    assert not (tmp_path / "kept.json").exists()
    assert "gpu: not measured, torch finds no CUDA device" in capsys.readouterr().err
