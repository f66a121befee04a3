"""Which columns a table shows: those that somebody chose, any setting and any metric among them."""

from collections.abc import Callable, Iterable, Sequence

from bertft_tui.core.config import SECTIONS
from bertft_tui.core.metric_names import direction_of
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.value_text import format_value
from bertft_tui.tui.columns.builtin import BUILTIN
from bertft_tui.tui.columns.column import RunColumn, Table, View
from bertft_tui.tui.format import NOTHING, clean, metric
from bertft_tui.tui.glyphs import TEXT

#: Shown when nobody has chosen.
DEFAULT: tuple[str, ...] = (
    "name", "experiment", "model", "data", "train_rows", "best", "ends", "interval", "difference", "epoch", "last",
    "duration", "device", "disk",
)  # fmt: skip

_SETTING_GIVES_WAY = 2  # who asked for a setting wants to see it: other columns leave before


def columns_of(table: Table, chosen: Sequence[str] = ()) -> list[RunColumn]:
    """The columns of a table in order. The name is always there, and first where it was not chosen."""
    if table == "trash":
        return [column for column in BUILTIN if column.only in (None, "trash")]
    columns = [column for key in chosen or DEFAULT if (column := column_named(key)) is not None]
    names = [column for column in columns if column.key == "name"]
    return columns if names else [BUILTIN[0], *columns]


def column_named(key: str) -> RunColumn | None:
    """The column with this key: a built-in one, a setting (`training.learning_rate`), a metric (`metric:eval_f1`).

    None when there is none: the key may come from another version of the program.
    """
    built_in = next((column for column in BUILTIN if column.key == key and column.only != "trash"), None)
    if built_in is not None:
        return built_in
    if key.startswith("metric:"):
        return _metric_column(key.removeprefix("metric:"))
    section, _, name = key.partition(".")
    return _setting_column(section, name) if section in SECTIONS and name in SECTIONS[section].model_fields else None


def offered(metrics: Iterable[str]) -> list[RunColumn]:
    """Every column that can be chosen: the built-in ones, the metrics that runs report, all settings."""
    settings = [_setting_column(section, name) for section, model in SECTIONS.items() for name in model.model_fields]
    built_in = [column for column in BUILTIN if column.only != "trash"]
    return [*built_in, *map(_metric_column, metrics), *settings]


def _setting_column(section: str, name: str) -> RunColumn:
    def value(run: RunRecord) -> object:
        return getattr(getattr(run.config, section), name)

    return RunColumn(
        f"{section}.{name}",
        name,
        lambda run, view: clean(format_value(value(run)), limit=40) or NOTHING,
        TEXT,
        right=not isinstance(SECTIONS[section].model_fields[name].default, str),
        gives_way=_SETTING_GIVES_WAY,
        sort=f"{section}.{name}",
        help=SECTIONS[section].model_fields[name].description or "",
    )


def _metric_column(name: str) -> RunColumn:
    return RunColumn(
        f"metric:{name}",
        name,
        _metric_text(name),
        TEXT,
        gives_way=_SETTING_GIVES_WAY,
        sort=name,
        help="the best value of this metric" if direction_of(name) else "the last value of this metric",
    )


def _metric_text(name: str) -> Callable[[RunRecord, View], str]:
    def text(run: RunRecord, view: View) -> str:
        summary = run.metrics.get(name)
        if summary is None:
            return NOTHING
        return metric(summary.best if summary.best is not None else summary.last) + view.unlike(run)

    return text
