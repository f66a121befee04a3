"""The document of `compare --json`. Its keys are stable."""

from typing import Any

from bertft_tui.core.analysis.comparison import Comparison, Figure, MetricRow, per_minute, texts_per_second
from bertft_tui.core.metric_names import TEST
from bertft_tui.core.store import history
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.cli.documents import number, plain


def comparison_document(db: Database, comparison: Comparison, chosen: str) -> dict[str, Any]:
    """Return a comparison by one metric, with all the others beside it."""
    row = comparison.metric(chosen) or MetricRow(chosen, (None,) * len(comparison.runs))
    base = comparison.runs[comparison.baseline]
    return {
        "metric": chosen,
        "direction": row.direction,
        "margin": None,
        "baseline": base.id,
        "runs": [_run(db, chosen, run, figure) for run, figure in zip(comparison.runs, row.figures, strict=True)],
        "pairs": [
            _pair(base, run, figure, reasons)
            for run, figure, reasons in zip(
                comparison.runs, row.figures, comparison.obstacles_to(chosen), strict=True
            )
            if run is not base
        ],
        "settings": [
            {"field": setting.field, "differs": setting.differs, "values": _by_id(comparison, setting.values)}
            for setting in comparison.settings
        ],
        "metrics": {
            each.name: {
                "direction": each.direction,
                "values": _by_id(comparison, [_figure(figure) for figure in each.figures]),
            }
            for each in comparison.metrics
        },
    }


def _run(db: Database, chosen: str, run: RunRecord, figure: Figure | None) -> dict[str, Any]:
    return {
        "id": run.id,
        "name": run.name,
        "value": number(figure.value) if figure is not None else None,
        "low": None,
        "high": None,
        "n": _rows(db, chosen, run) if figure is not None else None,
        "status": str(run.status),
        "device": run.device,
        "duration_seconds": number(run.duration_seconds),
        "texts_per_second": number(texts_per_second(run)),
        "per_minute": number(per_minute(run, figure)),
        "train_rows": run.train_rows,
        "eval_rows": run.eval_rows,
        "adjustments": plain(run.adjustments),
    }


def _rows(db: Database, chosen: str, run: RunRecord) -> int | None:
    """How many texts a figure was measured on; None for those of the training."""
    if chosen.startswith(TEST):
        return next((each.rows for each in reversed(history.evaluations(db, run.id)) if each.is_test), None)
    return run.eval_rows if chosen.startswith("eval_") else None


def _pair(base: RunRecord, run: RunRecord, figure: Figure | None, reasons: tuple[str, ...]) -> dict[str, Any]:
    return {
        "a": base.id,
        "b": run.id,
        "difference": number(figure.difference) if figure is not None else None,
        "low": None,
        "high": None,
        "p_value": None,
        "p_adjusted": None,
        "test": None,
        "verdict": "not comparable" if reasons else None,
        "needed": None,
        "why": list(reasons),
    }


def _figure(figure: Figure | None) -> dict[str, Any] | None:
    if figure is None:
        return None
    return {
        "value": number(figure.value),
        "step": figure.step,
        "epoch": number(figure.epoch),
        "selected": figure.selected,
        "difference": number(figure.difference),
        "comparable": figure.comparable,
        "best": figure.best,
    }


def _by_id(comparison: Comparison, values: Any) -> dict[str, Any]:
    return {run.id: plain(value) for run, value in zip(comparison.runs, values, strict=True)}
