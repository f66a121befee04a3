"""Whether a run's log has grown."""

from dataclasses import dataclass

from bertft_tui.tui.interests.interest import Interest, Source
from bertft_tui.tui.log_file import LogStamp, log_files, log_stamp


@dataclass(frozen=True)
class LogEnd(Interest[LogStamp]):
    """The state of a run's log; whoever shows it reads it itself, as far as it is in sight."""

    run_id: str

    def stamp(self, source: Source) -> object:
        """The log grows beside the store."""
        return log_stamp(log_files(source.db.path.run(self.run_id)))

    def read(self, source: Source, before: LogStamp | None) -> LogStamp:
        """Look at it."""
        return log_stamp(log_files(source.db.path.run(self.run_id)))
