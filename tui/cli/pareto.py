"""What `pareto` prints."""

from bertft_tui.core.analysis.cost import Contest, Cost, contests_of
from bertft_tui.core.analysis.kept import sure_of
from bertft_tui.core.errors import InputError
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import RunStatus
from bertft_tui.tui.cli.output import print_json, print_table, say, tell
from bertft_tui.tui.cli.selection import by_metric, known_texts, runs_matching
from bertft_tui.tui.cli.series_documents import pareto_document
from bertft_tui.tui.cost_words import devices_words, title_of
from bertft_tui.tui.difference_words import half_width
from bertft_tui.tui.format import NOTHING, count_of, duration, number
from bertft_tui.tui.format import metric as figure
from bertft_tui.tui.glyphs import glyphs
from bertft_tui.tui.kept import kept_in_store
from bertft_tui.tui.metric_choice import best_text, mark_of, mark_words

_RIGHT = ("time", "texts/s", "a minute")


def print_pareto(db: Database, where: str, *, metric: str | None, as_json: bool) -> None:
    """Print what runs took for what they reached, those together that were measured on the same texts.

    Raises FilterError, and InputError where no run has finished, or none has such a metric.
    """
    runs = [run for run in runs_matching(db, where) if run.status is RunStatus.FINISHED]
    sure = sure_of(lambda run: kept_in_store(db, run.id))
    contests = [
        contest for name, members in by_metric(runs, metric).items()
        for contest in contests_of(members, name, known_texts(db, members, name), sure)
    ]  # fmt: skip
    contests.sort(key=lambda contest: -len(contest.costs))
    if not contests:
        raise InputError(
            "No run to weigh",
            f"{count_of(len(runs), 'finished run')} to choose from, none with a time and a value of its metric.",
            "`bertft-tui list` shows what there is.",
        )
    if as_json:
        print_json(pareto_document(contests))
        return
    alone = [contest for contest in contests[1:] if len(contest.costs) == 1]
    for place, contest in enumerate(contest for contest in contests if contest not in alone):
        if place:
            print()
        _print_contest(contest)
    if alone:
        tell(f"{count_of(len(alone), 'run')} not shown: measured on texts that no other run was measured on.")
    if any(mark_of(cost.run.metrics[contest.metric]) for contest in contests for cost in contest.costs):
        tell(f"{mark_words()}: the best of several evaluations on the same rows flatters.")


def _print_contest(contest: Contest) -> None:
    say(title_of(contest))
    name = contest.metric.removeprefix("eval_")
    rows = [_cells(cost, contest.metric) for cost in contest.costs]
    print_table(("", "id", "name", name, "95 %", *_RIGHT, "device"), rows, right=(*_RIGHT, name), shrinks="name")
    if words := devices_words(contest):
        tell(words)


def _cells(cost: Cost, metric: str) -> tuple[str, ...]:
    run = cost.run
    pace = number(cost.texts_per_second, 3) if cost.texts_per_second is not None else NOTHING
    return (
        glyphs().best if cost.on_front else "",
        run.id,
        run.name,
        best_text(run.metrics[metric]),
        half_width(cost.interval),
        duration(cost.device_seconds),
        pace,
        figure(cost.per_minute) if cost.per_minute is not None else NOTHING,
        run.device or NOTHING,
    )
