"""Which runs the table shows, in which order."""

import time
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from bertft_tui.core.errors import BertftError, FilterError, Problem
from bertft_tui.core.store import queries
from bertft_tui.core.store.selecting import Excluding, Group, Selection, excluding, groups, select
from bertft_tui.tui.interests.interest import Interest, Source
from bertft_tui.tui.known_runs import MAX_RUNS

#: So many times as long as a selection took, nobody selects again: on a large store it would fill a core.
REST = 20


@dataclass(frozen=True)
class Page:
    """What was selected; with a `problem`, what was selected before it."""

    ids: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    matching: int = 0
    total: int = 0
    problem: Problem | None = None
    unfinished: bool = False  # the filter may become right when somebody types on
    excluding: Excluding | None = None  # where nothing matches: which part of the filter is to blame
    revision: int = field(default=-1, compare=False)  # of the store, in which it was selected
    took: float = field(default=0.0, compare=False)  # seconds
    members: int = field(default=-1, compare=False)  # of the known runs when these were the newest of them


@dataclass(frozen=True)
class RunsPage(Interest[Page]):
    """Runs by filter, order and group."""

    selection: Selection
    by: tuple[str, ...] = ()

    def rest(self, answer: Page) -> float:
        """The longer it took, the longer until the next."""
        return answer.took * REST

    def read(self, source: Source, before: Page | None) -> Page:
        """Select; what the filter does not allow is an answer too."""
        began = time.perf_counter()
        try:
            page = self._select(source, before)
            if not page.matching and page.total:
                page = replace(page, excluding=excluding(source.db, self.selection))
        except BertftError as error:
            unfinished = isinstance(error, FilterError) and error.unfinished
            page = replace(before or Page(), problem=error.problem, unfinished=unfinished)
        source.known.need(page.ids)
        return replace(page, revision=source.known.revision, took=time.perf_counter() - began)

    @property
    def _is_plain(self) -> bool:
        """Whether it is the newest runs that are asked for, which are known without asking for all."""
        return self == RunsPage(Selection(metric=self.selection.metric, limit=MAX_RUNS))

    def stamp(self, source: Source) -> object:
        """The newest runs are known from a few on; then come the others."""
        return len(source.known.shown) if self._is_plain else None

    def _select(self, source: Source, before: Page | None) -> Page:
        if self._is_plain:
            if before is not None and before.members == source.known.members:
                return before
            total = queries.count_shown(source.db)
            ids = tuple(run.id for run in source.known.shown)
            return Page(ids, (), total, total, members=source.known.members)
        if self.by:
            grouped = groups(source.db, self.selection, self.by)
            members = chain.from_iterable(group.runs for group in grouped.groups)
            return Page(tuple(islice(members, MAX_RUNS)), grouped.groups, grouped.runs, grouped.total)
        found = select(source.db, self.selection)
        return Page(tuple(run_id for run_id, _ in found.runs), (), found.matching, found.total)
