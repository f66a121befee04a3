"""The document of `compare --json`. Its keys are stable."""

from collections.abc import Mapping, Sequence
from typing import Any

from bertft_tui.core.analysis.comparison import Comparison, Figure, MetricRow, per_minute, texts_per_second
from bertft_tui.core.analysis.held_groups import HeldGroup
from bertft_tui.core.analysis.intervals import Interval
from bertft_tui.core.analysis.kept import Kept
from bertft_tui.core.analysis.rules.rule import Advice
from bertft_tui.core.analysis.significance import Significance
from bertft_tui.core.metric_names import TEST
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.cli.documents import advice_document, number, plain


def comparison_document(
    comparison: Comparison,
    sure: Significance,
    kept: Mapping[str, Kept],
    said: Mapping[str, Sequence[Advice]],
) -> dict[str, Any]:
    """Return a comparison by one metric, with all the others beside it. `kept`, `said`: by the runs' ids."""
    chosen = sure.metric
    row = comparison.metric(chosen) or MetricRow(chosen, (None,) * len(comparison.runs))
    places = range(len(comparison.runs))
    return {
        "metric": chosen,
        "direction": row.direction,
        "margin": number(sure.margin),
        "baseline": comparison.runs[comparison.baseline].id,
        "runs": [_run(comparison.runs[at], row.figures[at], sure, at, kept) for at in places],
        "pairs": [
            {
                **_pair(comparison, row.figures[at], sure, at),
                "sentences": [*map(advice_document, said.get(run.id, ()))],
            }
            for at, run in enumerate(comparison.runs)
            if at != comparison.baseline
        ],
        "groups": [_group(held) for held in sure.groups],
        "settings": [
            {"field": setting.field, "differs": setting.differs, "values": _by_id(comparison, setting.values)}
            for setting in comparison.settings
        ],
        "metrics": {
            each.name: {
                "direction": each.direction,
                "values": _by_id(comparison, [_figure(each, at, sure) for at in places]),
            }
            for each in comparison.metrics
        },
    }


def _ends(interval: Interval | None) -> dict[str, Any]:
    return {
        "low": number(interval.low) if interval is not None else None,
        "high": number(interval.high) if interval is not None else None,
    }


def _run(
    run: RunRecord, figure: Figure | None, sure: Significance, place: int, kept: Mapping[str, Kept]
) -> dict[str, Any]:
    return {
        "id": run.id,
        "name": run.name,
        "value": number(figure.value) if figure is not None else None,
        **_ends(sure.intervals[sure.metric][place] if sure.metric in sure.intervals else None),
        "n": _rows(sure.metric, run, kept[run.id]) if figure is not None else None,
        "status": str(run.status),
        "device": run.device,
        "duration_seconds": number(run.duration_seconds),
        "texts_per_second": number(texts_per_second(run)),
        "per_minute": number(per_minute(run, figure)),
        "train_rows": run.train_rows,
        "eval_rows": run.eval_rows,
        "adjustments": plain(run.adjustments),
    }


def _rows(chosen: str, run: RunRecord, kept: Kept) -> int | None:
    """How many texts a figure was measured on; None for those of the training."""
    if chosen.startswith(TEST):
        return kept.test_rows
    return run.eval_rows if chosen.startswith("eval_") else None


def _pair(comparison: Comparison, figure: Figure | None, sure: Significance, place: int) -> dict[str, Any]:
    pair, base, run = sure.pairs[place], comparison.runs[comparison.baseline], comparison.runs[place]
    comparable = not comparison.obstacles_to(sure.metric)[place]
    return {
        "a": base.id,
        "b": run.id,
        "difference": number(figure.difference) if figure is not None else None,
        "low": number(pair.low) if pair is not None else None,
        "high": number(pair.high) if pair is not None else None,
        "p_value": number(pair.p_value) if pair is not None else None,
        "p_adjusted": number(pair.p_adjusted) if pair is not None else None,
        "test": pair.test if pair is not None else None,
        "verdict": pair.decision if pair is not None else None if comparable else "not comparable",
        "needed": pair.needed if pair is not None else None,
        "why": list(sure.why_not[place]),
    }


def _group(held: HeldGroup) -> dict[str, Any]:
    spread, against = held.group.spread, held.against
    tested = against is not None and against.test is not None
    return {
        "runs": [run.id for run in held.group.runs],
        "is_baseline": held.is_base,
        "n": spread.n if spread is not None else 0,
        "mean": number(spread.mean) if spread is not None else None,
        "std": number(spread.std) if spread is not None else None,
        "best": number(spread.best) if spread is not None else None,
        "worst": number(spread.worst) if spread is not None else None,
        "difference": number(against.difference) if against is not None else None,
        "low": number(against.low) if against is not None else None,
        "high": number(against.high) if against is not None else None,
        "p_value": number(against.p_value) if against is not None else None,
        "p_adjusted": number(held.p_adjusted),
        "df": number(against.df) if against is not None else None,
        "test": against.test if against is not None else None,
        "why": held.why_not or (against.why if against is not None and not tested else ""),
    }


def _figure(row: MetricRow, place: int, sure: Significance) -> dict[str, Any] | None:
    if (figure := row.figures[place]) is None:
        return None
    return {
        "value": number(figure.value),
        **_ends(sure.intervals[row.name][place]),
        "step": figure.step,
        "epoch": number(figure.epoch),
        "selected": figure.selected,
        "difference": number(figure.difference),
        "comparable": figure.comparable,
        "best": figure.best,
    }


def _by_id(comparison: Comparison, values: Any) -> dict[str, Any]:
    return {run.id: plain(value) for run, value in zip(comparison.runs, values, strict=True)}
