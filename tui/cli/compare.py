"""What `compare` prints."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from bertft_tui.core.analysis.comparison import FEWEST, MOST, Comparison, compare
from bertft_tui.core.analysis.kept import Kept
from bertft_tui.core.analysis.rules.rule import Advice
from bertft_tui.core.analysis.significance import Significance, significance
from bertft_tui.core.errors import InputError
from bertft_tui.core.metric_names import evaluation_name
from bertft_tui.core.scheduling.truth import as_ended, settle
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.selecting import Selection, select
from bertft_tui.tui.cli.comparison_document import comparison_document
from bertft_tui.tui.cli.output import print_json
from bertft_tui.tui.cli.selection import metric_among
from bertft_tui.tui.comparison_files import comma_separated, latex, markdown
from bertft_tui.tui.comparison_grid import GAP, Grid, Row, make_grid
from bertft_tui.tui.comparison_lines import lines_of, notes_of, same_words
from bertft_tui.tui.format import clean, count_of
from bertft_tui.tui.glyphs import MUTED
from bertft_tui.tui.judging import judge_against, seeds_of
from bertft_tui.tui.kept import kept_in_store
from bertft_tui.tui.widgets.braille import Span

#: What the comparison is written as; a table for people when nothing is said.
Kind = Literal["table", "json", "csv", "markdown", "latex"]


def print_comparison(
    db: Database,
    names: Sequence[str],
    where: str = "",
    *,
    baseline: str | None,
    metric: str | None,
    kind: Kind = "table",
    same: bool = False,
    margin: float | None = None,
) -> None:
    """Compare the runs that are named, and those that a filter matches, and print it.

    Raises UnknownRunError, FilterError, InputError for too few runs, too many, or no such metric.
    """
    runs = _runs(db, [*names, *_matching(db, where), *([baseline] if baseline is not None else [])])
    check_number(len(runs))
    base = queries.find_run(db, baseline).id if baseline is not None else None
    kept = {run.id: kept_in_store(db, run.id) for run in runs}
    comparison = compare(runs, base, kept)
    chosen = metric_called(comparison, metric)
    if comparison.metric(chosen) is None:  # one that the table shows only when it is asked for
        comparison = compare(runs, base, kept, also=[chosen])
    sure = significance(comparison, kept, chosen, margin)
    said = verdicts(db, comparison, sure, kept) if kind in ("json", "table") else {}
    if kind == "json":
        print_json(comparison_document(comparison, sure, kept, said))
    elif kind == "csv":
        print(comma_separated(comparison, sure, same=same), end="")
    elif kind == "table":
        _print_table(comparison, sure, same=same)
        _print_verdicts(comparison, said)
    else:
        write: Callable[..., str] = markdown if kind == "markdown" else latex
        print(write(comparison, chosen, sure, same=same), end="")


def verdicts(
    db: Database, comparison: Comparison, sure: Significance, kept: Mapping[str, Kept]
) -> dict[str, tuple[Advice, ...]]:
    """What is to say of each run against the baseline, by id; other seeds of both are looked for in the store."""
    base, others = comparison.runs[comparison.baseline], seeds_of(db, comparison.runs)
    return {
        run.id: judge_against(base, run, sure.metric, kept, others=others, corrected=sure.pairs[place])
        for place, run in enumerate(comparison.runs)
        if run is not base
    }


def _print_verdicts(comparison: Comparison, said: Mapping[str, tuple[Advice, ...]]) -> None:
    """A paragraph for each run; the settings are in the table above."""
    for run in comparison.runs:
        if advice := said.get(run.id, ()):
            sentences = clean(" ".join(each.sentence for each in advice))
            name = clean(run.name, limit=300)
            print(f"\n{sentences}" if sentences.startswith(name) else f"\n{name}: {sentences}")


def check_number(count: int) -> None:
    """See that so many runs can be compared. Raises InputError."""
    if count < FEWEST:
        raise InputError(
            "One run is no comparison",
            f"{count_of(count, 'run')} was named or matched." if count else "No run was named, and none matched.",
            "Name two to twenty: `bertft-tui compare RUN RUN`; `bertft-tui show RUN` shows one.",
        )
    if count > MOST:
        raise InputError(
            "Too many runs to compare",
            f"{count} runs were named or matched; {MOST} can be compared.",
            "Name fewer, or print them all: `bertft-tui list --sort METRIC`.",
        )


def metric_called(comparison: Comparison, wanted: str | None) -> str:
    """Return the full name of a metric: `accuracy` means `eval_accuracy`; None: the baseline's own.

    Raises InputError, naming the nearest and what there is.
    """
    if wanted is None:
        return evaluation_name(comparison.runs[comparison.baseline].best_metric)
    return metric_among(comparison.runs, wanted)


def _runs(db: Database, names: Sequence[str]) -> list[RunRecord]:
    """Find the runs in the order in which they are named, each once."""
    gone = settle(db)
    found = {run.id: run for run in (queries.find_run(db, name) for name in names)}
    return [as_ended(run, db.path) if run.id in gone else run for run in found.values()]


def _matching(db: Database, where: str) -> list[str]:
    """The ids of the runs that a filter matches, newest first. Raises FilterError, InputError for too many."""
    if not where:
        return []
    found = select(db, Selection(where=where, limit=MOST + 1))
    if found.matching > MOST:
        raise InputError(
            "Too many runs to compare",
            f"{found.matching:,} runs match {where!r}; {MOST} can be compared.",
            "Say more in the filter, or list them: `bertft-tui list --where`.",
        )
    return [run_id for run_id, _ in found.runs]


def _print_table(comparison: Comparison, sure: Significance, *, same: bool) -> None:
    """Print the table in the terminal's colours; of more runs than fit, block after block, each with the baseline."""
    from rich.console import Console
    from rich.text import Text

    from bertft_tui.tui.widgets.strips import printed_style

    console = Console(highlight=False, soft_wrap=True)
    width = console.width if console.is_terminal else None
    grid = make_grid(comparison, lines_of(comparison, sure.metric, sure, same=same), width)
    blocks = list(_blocks(grid, comparison.baseline, width))
    for number, block in enumerate(blocks):
        if number:
            console.print()
        for row in (*grid.head, *(row for row in grid.body if not row.says_nothing(block))):
            line = Text.assemble(*((text, printed_style(style)) for text, style in _spans(row, block)))
            line.rstrip()
            console.print(line)
    notes = [] if same else [f"{same_words(comparison)} (--all shows them)"]
    console.print()
    console.print(Text(". ".join([*notes, *notes_of(comparison, sure)]) + ".", printed_style(MUTED)))


def _blocks(grid: Grid, baseline: int, width: int | None) -> "list[list[int]]":
    """Which runs stand side by side: all when they fit, else as many as do, the baseline first in each block."""
    every = list(range(len(grid.columns)))
    if width is None or grid.fitting(width) == len(every):
        return [every]
    blocks: list[list[int]] = []
    room = width - grid.labels - grid.columns[baseline] - GAP
    used = 0
    for place in every:
        if place == baseline:
            continue
        needed = grid.columns[place] + GAP
        if not blocks or used + needed > room:
            blocks.append([baseline])
            used = 0
        blocks[-1].append(place)
        used += needed
    return blocks


def _spans(row: Row, block: Sequence[int]) -> list[Span]:
    spans = [row.label]
    for place in block if row.pieces else ():
        spans += [(" " * GAP, ""), *row.pieces[place]]
    return spans
