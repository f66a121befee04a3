"""The examination of installation and store."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict

from bertft_tui.core.errors import BertftError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling.service import is_running
from bertft_tui.core.store import queries
from bertft_tui.core.store.backup import known_revision, revision_of
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.network import warning
from bertft_tui.core.store.schema import SCHEMA_VERSION, identify
from bertft_tui.core.store.sentences import gone, sentences
from bertft_tui.core.store.wholeness import fault_of
from bertft_tui.tui.cli.checks import Check, State
from bertft_tui.tui.cli.installation import check_installation
from bertft_tui.tui.cli.ledger import check_space
from bertft_tui.tui.cli.output import print_json, say
from bertft_tui.tui.format import count_of, size

#: Bytes. A checkpoint of BERT-base with its optimizer takes 1.3 GB.
LITTLE_SPACE = 5_000_000_000
NO_SPACE = 500_000_000

#: Days after which a backup of a store that has changed is too old: something keeps the daily one from being made.
STALE_DAYS = 3


def examine(path: StorePath, *, as_json: bool) -> int:
    """Print every check with its verdict; return 1 when one of them failed, else 0."""
    found = [*check_installation(), *_check_store(path)]
    failed = any(check.state == "fail" for check in found)
    if as_json:
        print_json({"ok": not failed, "checks": [asdict(check) for check in found]})
        return int(failed)
    for check in found:
        say(f"{check.state:<5} {check.name:<12} {check.message}")
        if check.hint:
            say(f"{'':<19}{check.hint}")
    return int(failed)


def _check_store(path: StorePath) -> Iterator[Check]:
    yield _disk(path)
    try:
        with sentences(path):
            version = identify(path).version
        if version == 0 and path.remains:
            raise gone(path, "is empty" if path.file.exists() else "is missing")
        if version == 0:
            yield Check("store", "ok", f"{path.file} does not exist yet; the first run makes it")
            return
        if version < SCHEMA_VERSION:
            hint = "Any command that opens the store brings it up to date."
            yield Check("store", "warn", f"{path.file} has schema {version}, this program {SCHEMA_VERSION}.", hint)
            return
        with Database.open(path) as db:
            yield _integrity(db)
            yield _backups(path)
            yield _directories(db)
            yield from check_space(db)
            yield _scheduler(db)
    except BertftError as error:
        yield Check("store", "fail", f"{error.problem.title}: {error.problem.message}", error.problem.hint)


def _disk(path: StorePath) -> Check:
    """Free space and kind of file system where the store is, or will be."""
    folder = next(parent for parent in path.file.parents if parent.is_dir())
    free = shutil.disk_usage(folder).free
    if (problem := warning(path)) is not None:
        return Check("disk", "warn", f"{problem.title}: {problem.message}", problem.hint)
    message = f"{size(free)} free in {folder}"
    if free >= LITTLE_SPACE:
        return Check("disk", "ok", message)
    hint = f"Checkpoints take space; those of ended runs lie below {path.runs}."
    return Check("disk", "fail" if free < NO_SPACE else "warn", message, hint)


def _integrity(db: Database) -> Check:
    if fault := fault_of(db.path):
        hint = "`bertft-tui doctor --rebuild` makes it again from the run directories and the newest whole backup."
        return Check("store", "fail", f"The store is damaged: {fault}", hint)
    runs = queries.count_runs(db)
    about = f"schema {SCHEMA_VERSION}, {runs} run{'' if runs == 1 else 's'}, SQLite {queries.sqlite_version()}"
    return Check("store", "ok", f"{db.path.file}: {about}")


def _backups(path: StorePath) -> Check:
    """The copies beside the store, and whether the newest has what is in it."""
    found = path.all_backups()
    with sentences(path):
        now = revision_of(path.file)
    if not found:
        hint = "`bertft-tui backup` makes one, and so does each day on which the store changes."
        state: State = "warn" if now else "ok"
        return Check("backups", state, f"There are none in {path.backups}.", hint)
    newest, revision = found[0], known_revision(found[0])
    if revision is None:
        hint = "Move it away; `bertft-tui backup` makes another. `doctor --rebuild` takes the newest that is whole."
        return Check("backups", "warn", f"The newest cannot be read: {newest}.", hint)
    days = (time.time() - newest.stat().st_mtime) / 86_400
    about = f"{len(found)} in {path.backups}, the newest {newest.name}"
    if revision > now:
        hint = "`bertft-tui doctor --rebuild --force` brings in what the run directories know."
        return Check("backups", "fail", f"The store is older than its backup {newest}.", hint)
    if days > STALE_DAYS and revision < now:
        hint = "`bertft-tui backup` makes one, or says what is in the way."
        return Check("backups", "warn", f"{about}, is {days:.0f} days old; the store has changed since.", hint)
    return Check("backups", "ok", about)


def _directories(db: Database) -> Check:
    """Runs that were started and have no directory any more."""
    started = [run for run in queries.list_runs(db, limit=None) if run.attempt]
    missing = [run.id for run in started if not db.path.run(run.id).path.is_dir()]
    if missing and db.path.is_copy_of_example:
        about = f"{count_of(len(missing), 'run')} without one: an example comes without them"
        return Check("directories", "ok", about)
    if missing:
        hint = "Their rows stay as they are; they cannot be resumed."
        return Check(
            "directories", "warn", f"{count_of(len(missing), 'run')} without one: {', '.join(missing[:5])}", hint
        )
    return Check("directories", "ok", f"{len(started)} in {db.path.runs}")


def _scheduler(db: Database) -> Check:
    state = queries.queue_state(db)
    if state.paused:
        return Check(
            "scheduler",
            "warn",
            f"The queue is paused: {state.reason}.",
            "`bertft-tui queue --resume` lets runs start.",
        )
    if is_running(db.path):
        return Check("scheduler", "ok", f"at work; {len(state.waiting)} waiting")
    if queries.has_work(db):
        hint = "`bertft-tui`, or `bertft-tui queue --resume`, starts one."
        return Check("scheduler", "warn", "There is unfinished work, and no scheduler.", hint)
    return Check("scheduler", "ok", "nothing to do")
