"""What happened to a run."""

from dataclasses import dataclass

from bertft_tui.core.checkpoint_folders import all_checkpoints, step_of
from bertft_tui.core.directories import usage
from bertft_tui.core.metric_names import evaluation_name
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.store import history, plain_reading
from bertft_tui.core.store.records import AttemptRecord, CheckpointRecord, EventRecord, RequestRecord
from bertft_tui.tui.interests.interest import Interest, Source
from bertft_tui.tui.recipe_words import recipe_of

#: Older ones are not shown.
MOST_EVENTS = 1000


@dataclass(frozen=True)
class RunHistory:
    """Everything about a run but its record, its curves and its log."""

    events: tuple[EventRecord, ...] = ()
    attempts: tuple[AttemptRecord, ...] = ()
    requests: tuple[RequestRecord, ...] = ()
    checkpoints: tuple[CheckpointRecord, ...] = ()
    scores: tuple[tuple[int, float], ...] = ()  # the metric that chooses the best checkpoint, by step
    on_disk: frozenset[int] = frozenset()  # the steps of the checkpoints whose folders are there
    resumed: tuple[int, ...] = ()  # the steps that further attempts went on from
    bytes: int | None = None  # what its directory holds on the disk
    rows_digest: str = ""  # of the rows that it was begun with
    begun: tuple[EventRecord, ...] = ()  # what the attempts said when they began
    recipe: tuple[tuple[str, str], ...] = ()  # what settings that are `auto` became in the newest attempt, and why

    @property
    def machine(self) -> dict[str, object]:
        """What the newest attempt said about itself and the machine that it runs on."""
        return dict(self.begun[-1].fields) if self.begun else {}


@dataclass(frozen=True)
class History(Interest[RunHistory]):
    """Events, attempts, requests, checkpoints, the size on the disk."""

    run_id: str

    def stamp(self, source: Source) -> object:
        """Checkpoints come and go beside the store."""
        return frozenset(_on_disk(source.db.path.run(self.run_id)))

    def read(self, source: Source, before: RunHistory | None) -> RunHistory:
        """Read what may be another; events are only added."""
        db, directory = source.db, source.db.path.run(self.run_id)
        known = before.events if before is not None else ()
        new = history.events(db, self.run_id, limit=MOST_EVENTS, after=known[-1].seq if known else 0)
        plans = history.events(db, self.run_id, kind="plan")
        return RunHistory(
            events=(*known, *new)[-MOST_EVENTS:],
            attempts=tuple(history.attempts(db, self.run_id)),
            requests=tuple(history.requests(db, self.run_id)),
            checkpoints=tuple(history.checkpoints(db, self.run_id)),
            scores=self._scores(source),
            on_disk=frozenset(_on_disk(directory)),
            resumed=_resumed(plans),
            bytes=usage(directory.path),
            rows_digest=_digest(directory),
            begun=tuple(history.events(db, self.run_id, kind="attempt")),
            recipe=recipe_of(plans),
        )

    def _scores(self, source: Source) -> tuple[tuple[int, float], ...]:
        run = source.known.by_id.get(self.run_id)
        if run is None:
            return ()
        found = plain_reading.series(source.db, self.run_id, evaluation_name(run.best_metric))
        return tuple(zip(found.steps, found.values, strict=True))


def _on_disk(directory: RunDirectory) -> list[int]:
    try:
        return [step_of(folder) for folder in all_checkpoints(directory.checkpoints)]
    except OSError:
        return []


def _resumed(plans: list[EventRecord]) -> tuple[int, ...]:
    """The steps that all attempts but the first began with, where those are known."""
    starts = [plan.fields.get("start_step") for plan in plans[1:]]
    return tuple(step for step in starts if type(step) is int and step >= 0)


def _digest(directory: RunDirectory) -> str:
    try:
        return directory.rows_digest.read_text(encoding="utf-8", errors="replace")[:200].strip()
    except OSError:
        return ""
