"""Where stores and run directories lie: the only place that knows file names."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from bertft_tui.core.errors import StoreError

APP_NAME = "bertft-tui"


@dataclass(frozen=True)
class RunDirectory:
    """The files of one run. A worker knows this directory and nothing else."""

    path: Path

    @property
    def id(self) -> str:
        """The run's id: the directory is named by it."""
        return self.path.name

    @property
    def config(self) -> Path:
        """The run's settings, as TOML."""
        return self.path / "config.toml"

    @property
    def launch(self) -> Path:
        """What the scheduler decided for the present attempt: number, device and its reason (JSON)."""
        return self.path / "launch.json"

    @property
    def events(self) -> Path:
        """The journal: one JSON object a line, written by the worker alone."""
        return self.path / "events.jsonl"

    @property
    def log(self) -> Path:
        """What the worker's process prints, both streams."""
        return self.path / "train.log"

    @property
    def older_log(self) -> Path:
        """What came before a log that grew long."""
        return self.path / "train.log.1"

    @property
    def lock(self) -> Path:
        """Held by the worker while it lives."""
        return self.path / "run.lock"

    @property
    def control(self) -> Path:
        """Requests to the worker: empty files, made by rename."""
        return self.path / "control"

    @property
    def stop_request(self) -> Path:
        """There when the worker is asked to save and stop."""
        return self.control / "stop"

    @property
    def cancel_request(self) -> Path:
        """There when the worker is asked to end without saving."""
        return self.control / "cancel"

    def start_ticket(self, attempt: int) -> Path:
        """The right to start this attempt: a worker takes it away, so only one ever starts."""
        return self.control / f"start-{attempt}"

    @property
    def checkpoints(self) -> Path:
        """The folder with `checkpoint-STEP` folders."""
        return self.path / "checkpoints"

    @property
    def predictions(self) -> Path:
        """What the best checkpoint says about every evaluation example."""
        return self.path / "predictions.parquet"

    @property
    def rows_digest(self) -> Path:
        """A digest of the rows that the run was begun with, which a resumed one has to draw again."""
        return self.path / "rows.sha256"

    def create(self) -> None:
        """Make the directory, its control and checkpoint folders, private to the user."""
        for folder in (self.path.parent, self.path, self.control, self.checkpoints):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


@dataclass(frozen=True)
class StorePath:
    """A store's file and all that lies beside it."""

    file: Path

    @property
    def write_lock(self) -> Path:
        """Held around every write, checkpoint and closing of a writing connection."""
        return self.file.with_name(self.file.name + ".write.lock")

    @property
    def scheduler_lock(self) -> Path:
        """Held by the one scheduler of this store and machine while it lives."""
        return self.file.with_name(self.file.name + ".scheduler.lock")

    @property
    def scheduler_log(self) -> Path:
        """What the scheduler's process prints."""
        return self.file.with_name(self.file.name + ".scheduler.log")

    @property
    def runs(self) -> Path:
        """The folder with the run directories."""
        return self.file.with_name(self.file.stem + "-runs")

    def run(self, run_id: str) -> RunDirectory:
        """The directory of one run."""
        return RunDirectory(self.runs / run_id)


def resolve_store(named: str | None = None) -> StorePath:
    """Find the store: `--db`, else `BERTFT_DB`, else ./experiments.db if there is one, else the user's own.

    Raises StoreError for a database URL that is not SQLite's.
    """
    name = named or os.environ.get("BERTFT_DB") or ""
    if "://" in name:
        scheme, _, rest = name.partition("://")
        if scheme != "sqlite":
            raise StoreError(
                "This kind of database is not supported yet",
                f"The store is a SQLite file; {scheme}:// names another kind.",
                "Give a path instead, for example --db experiments.db.",
            )
        name = rest.removeprefix("/")
        if not name:
            raise StoreError(
                "The store needs a file", f"{named or 'BERTFT_DB'} names none.", "For example --db experiments.db."
            )
    if name:
        return StorePath(_home(Path(name)).absolute())
    local = Path("experiments.db").absolute()
    return StorePath(local if local.is_file() else platformdirs.user_data_path(APP_NAME) / "experiments.db")


def _home(path: Path) -> Path:
    """Expand `~`; a user that does not exist leaves the name as it is, as the shell does."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def device_lock(device: str) -> Path:
    """The lock that a worker holds on its device, the same for every store of this user on this machine.

    `BERTFT_RUNTIME_DIR` moves the folder (tests do). The host stands in the name because a home may be shared.
    """
    named = os.environ.get("BERTFT_RUNTIME_DIR")
    folder = Path(named) if named else platformdirs.user_state_path(APP_NAME) / "devices"
    return folder / f"{platform.node()}-{device.replace(':', '-')}.lock"
