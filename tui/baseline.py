"""What a run is against the baseline: the difference of their best values, where both were measured alike."""

from bertft_tui.core.metric_names import direction_of, evaluation_name
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.format import NOTHING
from bertft_tui.tui.glyphs import glyphs
from bertft_tui.tui.metric_choice import metric_of

#: Settings that decide on which rows a run is evaluated.
_ROWS = (
    "dataset", "config_name", "revision", "eval_split", "eval_fraction", "eval_size", "subset_seed", "label_column",
    "text_column", "text_pair_column",
)  # fmt: skip


def difference(run: RunRecord, baseline: RunRecord | None, choice: str) -> float | None:
    """The run's best value less the baseline's; None where one has none, or their metrics differ."""
    if baseline is None:
        return None
    name = evaluation_name(metric_of(run, choice))
    mine, theirs = run.metrics.get(name), baseline.metrics.get(name)
    if mine is None or theirs is None or mine.best is None or theirs.best is None:
        return None
    if metric_of(run, choice) != metric_of(baseline, choice):
        return None
    return mine.best - theirs.best


def same_rows(run: RunRecord, baseline: RunRecord) -> bool:
    """Whether two runs were evaluated on the same rows, as far as their settings and counts tell."""
    mine, theirs = run.config.data.model_dump(), baseline.config.data.model_dump()
    counts = {run.eval_rows, baseline.eval_rows} - {None}
    return len(counts) <= 1 and all(mine.get(name) == theirs.get(name) for name in _ROWS)


def is_share(choice: str) -> bool:
    """Whether a metric is a share, whose differences are told in points: hundredths."""
    return direction_of(choice) == "up"


def difference_text(run: RunRecord, baseline: RunRecord | None, choice: str) -> str:
    """The difference as a table shows it: `+0.6` points; for a loss `−0.012`; `base` for the baseline itself."""
    if baseline is None:
        return ""
    if run.id == baseline.id:
        return "base"
    found = difference(run, baseline, choice)
    if found is None:
        return NOTHING
    mark = "" if same_rows(run, baseline) else glyphs().unlike
    text = f"{found * 100:+.1f}" if is_share(metric_of(run, choice)) else f"{found:+.2g}"
    return mark + text.replace("-", "−")
