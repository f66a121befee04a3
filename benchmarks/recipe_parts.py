"""What each part of the fast recipe gains: `python -m benchmarks.recipe_parts`.

The same run with all parts and without one of them, in turns, on texts of three lengths.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks import tokens_kept
from benchmarks.alone import measure_alone
from benchmarks.corpora import KINDS, write_corpus
from benchmarks.figures import figures
from benchmarks.training import run, say, settled, settled_words
from bertft_tui.core.training.kept_memory import GIVE_BACK

#: Texts to train and to evaluate on, and how often each pair is measured.
_TEXTS, _TURNS = 24, 2

#: Each part, switched off alone.
WITHOUT: dict[str, dict[str, Any]] = {
    "bf16 (fp32 instead)": {"hardware.precision": "fp32"},
    "no attention dropout (the model's own, and padded to the longest text)": {"model.attention_dropout": None},
    "attention in fp32 (in bf16)": {"model.attn_implementation": "sdpa"},
    "no padding (to the longest text of a batch)": {"data.padding": "dynamic"},
    "no padding (to 512 tokens)": {"data.padding": "max_length"},
    "evaluation by length (in order)": {"training.eval_sampling_strategy": "sequential"},
    "evaluation batches of 32 (of 8)": {"training.per_device_eval_batch_size": 8},
    "quick dropout masks (torch's)": {"model.dropout_masks": "torch"},
    "embeddings that occur (all)": {"model.trained_embeddings": "all"},
    "the last layer for first tokens alone (for all tokens)": {"model.last_layer": "all_tokens"},
    "fused AdamW (the other)": {"training.optim": "adamw_torch"},
}

#: Those that there are where a run computes in bf16.
_OF_BF16 = ("bf16 (fp32 instead)", "attention in fp32 (in bf16)")

#: The part that a variable of the environment switches off.
MEMORY = "memory kept (given back)"

#: The same run once more: how far two are apart by the machine alone.
SAME = "nothing (all of them once more)"

#: So many parts are held against the same run with all of them, which comes just before.
_BESIDE = 2


def measure(folder: Path, texts: int = _TEXTS, turns: int = _TURNS) -> dict[str, Any]:
    """Train with all parts and without each that the machine has, on every kind of texts.

    Returns the seconds of each pair, how runs computed, and what kept tokens save.
    """
    found: dict[str, dict[str, list[tuple[float, float]]]] = {}
    how: dict[str, Any] = {}
    for kind in KINDS:
        place = folder / kind.name
        write_corpus(place, kind.name, texts, texts)
        run(place, "first", 1)  # what is read and made once
        how = settled(place / "first")
        of_bf16 = how["precision"] == "bf16"
        found[kind.name] = {name: [] for name in (*WITHOUT, MEMORY, SAME) if of_bf16 or name not in _OF_BF16}
        for turn in range(turns):
            for number, name in enumerate(found[kind.name]):
                if number % _BESIDE == 0:
                    with_all = run(place, f"all-{turn}-{number}", 1).seconds
                with patch.dict(os.environ, {GIVE_BACK: "1" if name == MEMORY else ""}):
                    without = run(place, f"without-{turn}-{number}", 1, settings=WITHOUT.get(name)).seconds
                found[kind.name][name].append((with_all, without))
                say(f"{kind.name}, without {name}: {without:.1f} s against {with_all:.1f} s")
    kept = tokens_kept.measure(folder / "tokens")
    return {"texts": texts, "turns": turns, "kinds": found, "tokens": kept, **how}


def markdown(found: dict[str, Any]) -> str:
    """Write the section of the page."""
    lines = [
        f"## What each part of the recipe gains, in {found['precision']}",
        "",
        f"How many times as long the same run takes without one part, all others on: {found['texts']} texts to train "
        f"and to evaluate on, one epoch, else as above; the median of {found['turns']} pairs, soon after each "
        "other, with the lowest and highest. What stands in brackets takes its place. "
        f"[All parts and their settings](recipe.md). {settled_words(found['recipe'])}"
        f"{'' if found['precision'] == 'bf16' else ' What bf16 gains could not be measured on this machine.'}",
        "",
        f"| without | {' | '.join(kind.tokens for kind in KINDS)} |",
        f"|---|{'---|' * len(KINDS)}",
    ]
    for name in found["kinds"][KINDS[0].name]:
        cells = [_times(found["kinds"][kind.name][name]) for kind in KINDS]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", tokens_kept.sentence(found["tokens"])])


def _times(pairs: Sequence[Sequence[float]]) -> str:
    times = figures([without / with_all for with_all, without in pairs])
    return f"{times.median:.2f} ({times.lowest:.2f} to {times.highest:.2f})"


if __name__ == "__main__":
    measure_alone(measure, markdown)
