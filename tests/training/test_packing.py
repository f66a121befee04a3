"""Texts end to end in one row give the numbers of a padded batch, to 1e-5, for every architecture that packs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from packed_models import PACKED_HERE, ROWS, masked, model_of, numbers, tokens_of
from training_runs import attempt, events, make_run, points
from varlen_stand_in import varlen_by_parts

from bertft_tui.core.config import RunConfig
from bertft_tui.core.training import packed_attention
from bertft_tui.core.training.data.tokens import Padding, Tokens
from bertft_tui.core.training.last_layer import first_tokens_alone
from bertft_tui.core.training.model.encoder import classifier_of
from bertft_tui.core.training.packing import Packing, pack, packing_of


@pytest.mark.parametrize("attention", ["text by text", "by the sums of the kernel", "masked"])
@pytest.mark.parametrize("lora", [{}, {"lora_r": 4}])
@pytest.mark.parametrize("architecture", PACKED_HERE)
def test_packed_equals_padded(
    architecture: str, lora: dict[str, Any], attention: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Logits, loss and every gradient agree to 1e-5: text by text, by the ends of texts, by a block-diagonal mask."""
    monkeypatch.setattr(packed_attention, "varlen_attn", varlen_by_parts)
    model = model_of(tmp_path / "model", architecture, **lora)
    config = model.config
    tokens = tokens_of(config.vocab_size)
    padded = numbers(model, dict(Padding({"input_ids": config.pad_token_id}).batch(tokens, ROWS)))
    pack(model, "cuda" if attention == "by the sums of the kernel" else "cpu")
    batch = packing_of(config).batch(tokens, ROWS)
    if attention == "masked":
        classifier_of(model).set_attn_implementation("sdpa")
        batch = masked(batch)
    packed = numbers(model, batch)
    torch.testing.assert_close(packed[0], padded[0], rtol=0, atol=1e-5)
    torch.testing.assert_close(packed[1], padded[1], rtol=0, atol=1e-5)
    assert len(packed[2]) == len(padded[2])
    for ours, theirs in zip(packed[2], padded[2], strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-5)


@pytest.mark.parametrize("first_alone", [True, False])
@pytest.mark.parametrize("architecture", PACKED_HERE)
def test_what_fills_a_row_counts_for_nothing(architecture: str, first_alone: bool, tmp_path: Path) -> None:
    """A row that is filled up, for a processor in bf16, has the numbers of one that is not."""
    model = model_of(tmp_path / "model", architecture)
    if first_alone := first_alone and architecture != "albert":
        first_tokens_alone(model)
    pack(model, "cpu", first_alone=first_alone)
    tokens = tokens_of(model.config.vocab_size)
    as_they_are, filled = (packing_of(model.config, few_sizes=few).batch(tokens, ROWS) for few in (False, True))
    assert (as_they_are["input_ids"].shape, filled["input_ids"].shape) == ((1, 45), (1, 48))
    assert torch.equal(as_they_are["cu_seq_lens_q"], filled["cu_seq_lens_q"])
    wanted, found = numbers(model, as_they_are), numbers(model, filled)
    torch.testing.assert_close(found[:2], wanted[:2], rtol=0, atol=1e-6)
    torch.testing.assert_close(found[2], wanted[2], rtol=0, atol=1e-5)


@examples(50)
@given(st.lists(st.integers(1, 512), min_size=1, max_size=64))
def test_rows_are_filled_to_few_lengths(lengths: list[int]) -> None:
    """By at most 15 tokens or 3 %, to one of at most 32 lengths between any and its double; the texts stay."""
    starts = np.concatenate([[0], np.cumsum(lengths)])
    tokens = Tokens({"input_ids": np.arange(starts[-1])}, starts)
    rows = list(range(len(lengths)))
    batch = Packing(2, few_sizes=True).batch(tokens, rows)
    length, filled = int(starts[-1]), batch["input_ids"].shape[1]
    assert batch["position_ids"].shape == (1, filled)
    assert 0 <= filled - length <= max(15, 0.03125 * length)
    step = max(16, 2 ** (length.bit_length() - 1) // 32)
    assert filled % step == 0
    assert batch["input_ids"][0, :length].tolist() == tokens.columns["input_ids"].tolist()
    assert set(batch["input_ids"][0, length:].tolist()) <= {length - 1}


def test_texts_do_not_see_each_other(tmp_path: Path) -> None:
    """Another neighbour changes nothing about a text; another word in it does."""
    model = model_of(tmp_path / "model", "bert").eval()
    pack(model, "cpu")
    tokens = tokens_of(model.config.vocab_size)
    how = packing_of(model.config)
    both, other = (model(**how.batch(tokens, rows)).logits for rows in ([2, 4], [2, 0]))
    torch.testing.assert_close(both[0], other[0], rtol=0, atol=1e-6)
    tokens.columns["input_ids"][tokens.starts[2] + 3] += 1
    changed = model(**how.batch(tokens, [2, 4])).logits
    assert (changed[0] - both[0]).abs().max() > 1e-4


def test_a_packed_run(tmp_path: Path, config: RunConfig) -> None:
    """A run that packs has the losses and evaluations of one that pads, and says that it packs."""
    changed = {"model.hidden_dropout": 0.0, "training.gradient_accumulation_steps": 2}
    found = []
    for padding in ("packed", "dynamic"):
        run = make_run(tmp_path / padding, config.with_settings(changed | {"data.padding": padding}))
        assert attempt(run) == "finished"
        found.append(points(run))
        assert events(run, "plan")[0].fields["recipe"][0]["value"] == padding
    packed, dynamic = found
    assert packed.keys() == dynamic.keys()
    for key, value in dynamic.items():
        assert packed[key] == pytest.approx(value, abs=1e-5), key
