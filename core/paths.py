"""Where stores and run directories lie: the only place that knows file names."""

import os
import platform
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import platformdirs

from bertft_tui.core.errors import StoreError

APP_NAME = "bertft-tui"

#: The letters of run ids: none that is mistaken for another.
ID_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

#: How the name of a store ends that is only to be looked at: whoever opens it works on a copy of their own.
EXAMPLE_END = ".example"

_RUN_ID = re.compile(rf"[{ID_LETTERS}]{{1,64}}")
_DOOMED = ".doomed-"


def is_run_id(text: str) -> bool:
    """Whether a text could be a run's id: such a one names a folder within the folder of runs, and no other place."""
    return _RUN_ID.fullmatch(text) is not None


def packed(events: Path) -> Path:
    """Return the name that a journal has when it is compressed."""
    return events.with_name(f"{events.name}.gz")


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
    def packed_events(self) -> Path:
        """The journal of a finished run, compressed, in the place of the plain one."""
        return packed(self.events)

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

    def start_ticket(self, attempt: int, launch: str = "") -> Path:
        """The right to start this attempt: a worker takes it away, so only one ever starts.

        `launch`: what tells this launch from another of the same attempt, whose process may come late.
        """
        return self.control / "-".join(["start", str(attempt), *filter(None, [launch])])

    def start_tickets(self) -> list[Path]:
        """The tickets that nobody has taken away."""
        return [path for path in self.control.glob("start-*") if path.name.count("-") in (1, 2)]

    @property
    def checkpoints(self) -> Path:
        """The folder with `checkpoint-STEP` folders."""
        return self.path / "checkpoints"

    @property
    def staging(self) -> Path:
        """Where a checkpoint is written before it is whole. After an attempt it is only there if that was killed."""
        return self.checkpoints / ".staging"

    @property
    def predictions(self) -> Path:
        """What the best checkpoint says about every evaluation example."""
        return self.path / "predictions.parquet"

    @property
    def launched(self) -> Path:
        """What the store knew of the run when it first started: name, parent, … (JSON); a rebuilt store asks it."""
        return self.path / "run.json"

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
    def reserve(self) -> Path:
        """Space that is given up on a full disk, so that something can be deleted."""
        return self.file.with_name(f".{self.file.name}.reserve")

    @property
    def scheduler_lock(self) -> Path:
        """Held by the one scheduler of this store and machine while it lives."""
        return self.file.with_name(self.file.name + ".scheduler.lock")

    @property
    def scheduler_log(self) -> Path:
        """What the scheduler's process prints."""
        return self.file.with_name(self.file.name + ".scheduler.log")

    @property
    def wish(self) -> Path:
        """There while somebody is about to launch a run, until the scheduler has seen it (JSON)."""
        return self.file.with_name(self.file.name + ".wish")

    @property
    def runs(self) -> Path:
        """The folder with the run directories."""
        return self.file.with_name(self.file.stem + "-runs")

    @property
    def drafts(self) -> Path:
        """The folder with what was typed into forms and not launched yet."""
        return self.file.with_name(self.file.stem + "-drafts")

    @property
    def backups(self) -> Path:
        """The folder with the copies that the program makes by itself."""
        return self.file.with_name(self.file.stem + "-backups")

    def all_backups(self) -> list[Path]:
        """The backups beside the store, the newest first. Raises OSError."""
        return sorted(self.backups.glob("*.db"), key=lambda file: (file.stat().st_mtime, file.name), reverse=True)

    def daily_backup(self, day: date) -> Path:
        """The copy of one day."""
        return self.backups / f"{self.file.stem}-{day.isoformat()}.db"

    def backup_of_schema(self, version: int) -> Path:
        """The copy that is made before a store of an older schema is brought up to date."""
        return self.backups / f"{self.file.stem}-schema-{version}.db"

    def backup_by_hand(self, now: datetime) -> Path:
        """Where a copy goes that somebody asks for without naming a file."""
        return self.backups / f"{self.file.stem}-{now:%Y-%m-%d-%H%M%S}.db"

    def kept_aside(self, now: datetime) -> Path:
        """Where the old file goes when the store is made again."""
        return self.file.with_name(f"{self.file.name}.replaced-{now:%Y-%m-%d-%H%M%S}")

    @property
    def workshop(self) -> Path:
        """The folder in which a store is made again, before it takes its place."""
        return self.file.with_name(self.file.name + ".rebuilding")

    @property
    def companions(self) -> tuple[Path, ...]:
        """SQLite's own files beside the store: what was written last may lie in them."""
        return tuple(self.file.with_name(self.file.name + end) for end in ("-wal", "-shm", "-journal"))

    @property
    def last_written(self) -> tuple[int, int]:
        """When SQLite last wrote to the store and to its log, for whoever asks often whether there is anything new.

        Nanoseconds since the epoch, 0 where that is unknown.
        """
        return _written_at(self.file), _written_at(f"{self.file}-wal")

    def is_own(self, target: Path) -> bool:
        """Whether a file is one that the store or its runs need: no copy may take its place."""
        target = target.resolve()
        mine = (self.file, *self.companions, self.write_lock, self.scheduler_lock, self.scheduler_log, self.wish)
        return target in {file.resolve() for file in mine} or target.is_relative_to(self.runs.resolve())

    @property
    def is_example(self) -> bool:
        """Whether the file is one that is opened in a copy alone."""
        return self.file.suffix == EXAMPLE_END

    @property
    def is_copy_of_example(self) -> bool:
        """Whether the file is such a copy."""
        return self.file.parent.parent == _copies_of_examples()

    @property
    def remains(self) -> bool:
        """Whether run directories or backups lie beside the store: then there has been one."""
        runs = (file.parent.name for file in self.runs.glob("*/config.toml"))
        return any(map(is_run_id, runs)) or any(self.backups.glob("*.db"))

    def run(self, run_id: str) -> RunDirectory:
        """The directory of one run."""
        return RunDirectory(self.runs / run_id)

    def doomed(self, name: str) -> Path:
        """Where a directory is moved that is about to be removed: beside the run directories, never one of them."""
        return self.runs / f"{_DOOMED}{name}"

    def all_doomed(self) -> dict[str, Path]:
        """What is there to be removed, by the name that it was doomed by. Raises OSError."""
        try:
            found = [Path(entry.path) for entry in os.scandir(self.runs) if entry.name.startswith(_DOOMED)]
        except FileNotFoundError:
            return {}
        return {path.name.removeprefix(_DOOMED): path for path in sorted(found)}


def store_beside(runs: Path) -> Path | None:
    """The store that a folder of run directories belongs to, by its usual name; None when it is called otherwise."""
    file = runs.with_name(runs.name.removesuffix("-runs") + ".db")
    return file if StorePath(file).runs == runs and file.is_file() else None


def resolve_store(named: str | None = None) -> StorePath:
    """Find the store: `--db`, else `BERTFT_DB`, else ./experiments.db if there is one, else the user's own.

    One that was deleted, but has left runs or backups, is still the one that is meant.
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
    local = StorePath(Path("experiments.db").absolute())
    if local.file.is_file() or local.remains:
        return local
    return StorePath(platformdirs.user_data_path(APP_NAME) / "experiments.db")


def copy_of_example(digest: str) -> StorePath:
    """Where the user's own copy of an example lies; `digest` tells its content from that of others."""
    return StorePath(_copies_of_examples() / digest / "experiments.db")


def _copies_of_examples() -> Path:
    return platformdirs.user_data_path(APP_NAME) / "examples"


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


def known_memory() -> Path:
    """What batches took of a device's memory, as workers have found out (JSON).

    A cache: it may be deleted. `BERTFT_RUNTIME_DIR` moves it too.
    """
    named = os.environ.get("BERTFT_RUNTIME_DIR")
    return (Path(named) if named else platformdirs.user_cache_path(APP_NAME)) / "memory.json"


def token_cache() -> Path:
    """The folder with tokens of texts that runs have read: a cache, which may be deleted, beside `known_memory`."""
    return known_memory().with_name("tokens")


def presets_folder() -> Path:
    """The folder with the user's own presets. `BERTFT_CONFIG_DIR` moves it."""
    named = os.environ.get("BERTFT_CONFIG_DIR")
    return (_home(Path(named)) if named else platformdirs.user_config_path(APP_NAME)) / "presets"


def settings_file() -> Path:
    """What the user has chosen about the app itself (TOML). `BERTFT_CONFIG_DIR` moves its folder."""
    named = os.environ.get("BERTFT_CONFIG_DIR")
    return (_home(Path(named)) if named else platformdirs.user_config_path(APP_NAME)) / "settings.toml"


def _written_at(file: Path | str) -> int:
    try:
        return os.stat(file).st_mtime_ns  # noqa: PTH116  # twenty times a second: to make a Path takes longer
    except OSError:
        return 0
