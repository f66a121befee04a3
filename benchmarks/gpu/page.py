"""What was measured on a GPU as a section of the page."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from benchmarks.figures import Figures, figures
from benchmarks.gpu.measuring import MANY, PARTS, SCRIPT, USUAL
from benchmarks.gpu.texts import REVIEW_MEAN, REVIEW_MEDIAN
from benchmarks.gpu.trainings import Timed

#: How many times as fast a run is to be, and the share of the peak that a compiled one is to reach. Provisional.
TIMES, SHARE = 8.0, 0.45

#: Stretches of steps whose speeds are the spread.
_STRETCHES = 4

_WAYS = {
    SCRIPT: f"script, {USUAL} texts a step",
    "run": f"run, {USUAL} texts a step",
    "compiled": f"run, {USUAL} texts, compiled",
    "at once": f"run, {MANY} texts a step, passes that fit",
    "at once, compiled": f"run, {MANY} texts, compiled",
}

_PARTS = {
    "dynamic": "packed texts (padded to the longest of a batch instead)",
    "padded": "packed texts (padded to 512 tokens)",
    "tf32": "bf16 (tf32), padded to the longest",
    "fp32": "bf16 (fp32), padded to the longest",
    "cudnn": "attention off cuDNN (on it), padded to the longest",
    "pageable": "pinned memory (without)",
    "all tokens": "the first token of a text alone in the last layer (all tokens)",
    "occurring": "all word embeddings trained (those of tokens that occur)",
    "workers": "batches made in the same process (by two others)",
}

_TEXT = """## On a GPU

{title}: in a multiplication of two large matrices it does {peaks} teraflops, measured in the same minutes. BERT-base
of random weights, what it takes not depending on their values, on texts out of news articles. **Script**: the
tutorial as people write it, each text padded to 512 tokens, fp32, the Trainer's defaults. **Run**: the defaults of
this program; *compiled* with `hardware.torch_compile = true`.

Counted are model flops: 6 for each weight of the encoder's matrices and token, 12 × layers × hidden × length² of
attention for each text ([Kaplan et al. 2020](https://arxiv.org/abs/2001.08361), [PaLM, appendix
B](https://arxiv.org/abs/2204.02311)), for the texts' own tokens and none of padding, and of the last layer what the
head reads.
"""


def markdown(found: Mapping[str, Any]) -> str:
    """Write the section; what was not measured has no line."""
    peaks = found["peaks"]
    text = ", ".join(f"{flops / 1e12:,.0f} in {name}" for name, flops in peaks.items())
    parts = [_TEXT.format(title=found["device"]["title"], peaks=text)]
    parts.append(_even(found))
    turns = {name: [Timed(*each) for each in timed] for name, timed in found["turns"].items()}
    parts += [_reviews(found, turns), _gains(turns), _starts(turns)]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def _even(found: Mapping[str, Any]) -> str:
    amount = found["amount"]
    lines = [
        f"Texts of one length: of {amount['steps']} steps the first {amount['warm']} are not counted; the lowest and "
        f"highest are those of {_STRETCHES} stretches. *Of the peak*: of that in bf16, for the script also of that "
        "in fp32. Memory: what tensors took at most, and what was reserved.",
        "",
        "| tokens | | ms a step | texts a second | of the peak | memory |",
        "|---:|---|---:|---:|---|---|",
    ]
    for tokens, each in found["even"].items():
        for way, values in each["ways"].items():
            timed, texts = Timed(*values), _texts_of(way)
            seconds = _stretches(timed.steps, amount["warm"])
            shares = _share(figures([texts * each["flops"] / took for took in seconds]), found["peaks"], way)
            took = figures(seconds).median
            cells = [tokens, _WAYS[way], f"{took * 1e3:,.1f}", f"{texts / took:,.0f}", shares, _memory(timed)]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _reviews(found: Mapping[str, Any], turns: Mapping[str, Sequence[Timed]]) -> str:
    amount, tokens = found["amount"], found["reviews"]["tokens"]
    lines = [
        f"Texts as long as IMDB's reviews: {amount['train']} to train on, two epochs, and {amount['evaluation']} to "
        f"evaluate on, once, at the end. Their lengths are drawn from a log-normal distribution with the mean of "
        f"{REVIEW_MEAN} words and the median of {REVIEW_MEDIAN} that reviews of the [Large Movie Review "
        f"Dataset](https://ai.stanford.edu/~amaas/data/sentiment/) have; cut at {amount['limit']} tokens they have "
        f"{sum(tokens) / len(tokens):,.0f} in the mean. Seconds: all from texts to accuracy, with compiling what was "
        "not compiled for the table above. Of the peak: in the second epoch. The lowest and highest are those of all "
        "turns. The targets are provisional.",
        "",
        "| | seconds | × as fast as the script | of the peak | turns | target | reached |",
        "|---|---:|---|---|---:|---|---|",
    ]
    for way, name in _WAYS.items():
        if way not in turns:
            continue
        timed = turns[way]
        seconds = figures([each.seconds for each in timed])
        faster = _faster(turns.get(SCRIPT, ()), timed) if way != SCRIPT else None
        rates = figures([found["reviews"]["flops"] / _epochs(each)[1] for each in timed])
        share = rates.median / found["peaks"]["bf16"]
        target, reached = _judged(way, faster, share)
        cells = [name, f"{seconds.median:,.1f}", "" if faster is None else _spread(faster)]
        cells += [_share(rates, found["peaks"], way), str(len(timed)), target, reached]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _judged(way: str, faster: Figures | None, share: float) -> tuple[str, str]:
    """What a way is to reach, and whether it does."""
    if way == "run" and faster is not None:
        return f"≥ {TIMES:g} ×", "yes" if faster.median >= TIMES else "no"
    if "compiled" in way:
        return f"≥ {SHARE:.0%} of the peak", "yes" if share >= SHARE else "no"
    return "", ""


def _gains(turns: Mapping[str, Sequence[Timed]]) -> str:
    """How many times as long an epoch takes without each part, beside a run that differs in nothing else."""
    lines = []
    for name, words in _PARTS.items():
        with_it, without = turns.get(f"part {PARTS[name].against}", ()), turns.get(f"part {name}", ())
        if not with_it or not without:
            continue
        pairs = list(zip(map(_epochs, with_it), map(_epochs, without), strict=False))
        ratios = [figures([other[epoch] / one[epoch] for one, other in pairs]) for epoch in (0, 1)]
        lines.append(f"| {words} | {_spread(ratios[0], 2)} | {_spread(ratios[1], 2)} |")
    if not lines:
        return ""
    head = (
        "How many times as long an epoch takes without one part of the recipe, in brackets what takes its place: "
        "reviews as above, fewer. The first epoch has what is done once, as loading kernels."
    )
    return "\n".join([head, "", "| without | first epoch | second epoch |", "|---|---|---|", *lines])


def _starts(turns: Mapping[str, Sequence[Timed]]) -> str:
    """From a worker's start until training begins."""
    cold, warm = turns.get("cold start", ()), turns.get("warm start", ())
    if not cold or not warm:
        return ""
    of_cold, of_warm = (figures([each.begins for each in timed]) for timed in (cold, warm))
    return (
        f"From the start of a worker until training begins: {_spread(of_cold)} s cold, {_spread(of_warm)} s forked "
        "from the warm process; with CUDA's own start and the model's weights, and without a trial of the longest "
        "batch, which is known to fit."
    )


def _stretches(steps: Sequence[float], warm: int) -> list[float]:
    """Seconds of a step in each of some stretches, the first steps left out."""
    each = (len(steps) - warm) // _STRETCHES
    marks = [steps[warm - 1 + each * number] for number in range(_STRETCHES + 1)]
    return [(after - before) / each for before, after in pairwise(marks)]


def _epochs(timed: Timed) -> tuple[float, float]:
    """Seconds of the first and of the second of two epochs."""
    half = len(timed.steps) // 2
    return timed.steps[half - 1], timed.steps[-1] - timed.steps[half - 1]


def _faster(script: Sequence[Timed], run: Sequence[Timed]) -> Figures | None:
    pairs = list(zip(script, run, strict=False))
    return figures([one.seconds / other.seconds for one, other in pairs]) if pairs else None


def _texts_of(way: str) -> int:
    return MANY if way.startswith("at once") else USUAL


def _share(rates: Figures, peaks: Mapping[str, float], way: str) -> str:
    """Flops per second as a share of the peak, with the spread."""
    median, lowest, highest = (each / peaks["bf16"] for each in (rates.median, rates.lowest, rates.highest))
    of_fp32 = f"; of fp32's {rates.median / peaks['fp32']:.1%}" if way == SCRIPT else ""
    return f"{median:.1%} ({lowest:.1%} to {highest:.1%}){of_fp32}"


def _spread(of: Figures, digits: int = 1) -> str:
    return f"{of.median:.{digits}f} ({of.lowest:.{digits}f} to {of.highest:.{digits}f})"


def _memory(timed: Timed) -> str:
    if timed.allocated is None or timed.reserved is None:
        return ""
    return f"{timed.allocated / 1e9:.1f} and {timed.reserved / 1e9:.1f} GB"
