"""What happened to a run."""

from dataclasses import dataclass

from bertft_tui.core.directories import usage
from bertft_tui.core.store import history
from bertft_tui.core.store.records import AttemptRecord, CheckpointRecord, EventRecord, RequestRecord
from bertft_tui.tui.interests.interest import Interest, Source
from bertft_tui.tui.log_file import log_stamp, read_tail


@dataclass(frozen=True)
class RunHistory:
    """Everything about a run but its record and its curves."""

    events: tuple[EventRecord, ...] = ()
    attempts: tuple[AttemptRecord, ...] = ()
    requests: tuple[RequestRecord, ...] = ()
    checkpoints: tuple[CheckpointRecord, ...] = ()
    log: tuple[str, ...] = ()
    bytes: int | None = None  # what its directory holds on the disk


@dataclass(frozen=True)
class History(Interest[RunHistory]):
    """Events, attempts, requests, checkpoints, the end of the log, the size on the disk."""

    run_id: str

    def stamp(self, source: Source) -> object:
        """The log grows beside the store."""
        return log_stamp(source.db.path.run(self.run_id).log)

    def read(self, source: Source, before: RunHistory | None) -> RunHistory:
        """Read all of it."""
        db, directory = source.db, source.db.path.run(self.run_id)
        return RunHistory(
            events=tuple(history.events(db, self.run_id)),
            attempts=tuple(history.attempts(db, self.run_id)),
            requests=tuple(history.requests(db, self.run_id)),
            checkpoints=tuple(history.checkpoints(db, self.run_id)),
            log=read_tail(directory.log),
            bytes=usage(directory.path),
        )
