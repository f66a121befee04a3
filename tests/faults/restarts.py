"""The machine is restarted, or the store damaged and made again: what has to be there afterwards."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from shutil import rmtree

from acts import free_a_device, power_off
from harness import Stage

from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import queries
from bertft_tui.core.store.status import Request, RunStatus

_PAGE = 4096


def reboot(stage: Stage) -> bool:
    """Restart the machine while runs are queued, start, run, and are asked to go on: nothing starts by itself."""
    _prepare(stage)
    running = set(queries.ids_with(stage.db, RunStatus.RUNNING))
    done = power_off(stage)
    stage.boots += 1
    stage.set("boot_id", f"boot {stage.boots}")
    stage.set("start_delay", 0)
    before = _starts(stage)
    stage.look()
    stage.until(lambda: not any(run.status.is_alive for run in queries.list_runs(stage.db)), 40)
    stage.pause(1.0, 1.5)
    if started := _starts(stage) - before:
        stage.result.is_wrong(f"started by itself after the restart: {sorted(started)}")
    for run in queries.list_runs(stage.db, limit=None):
        if run.status.is_alive:
            stage.result.is_wrong(f"{run.id} is shown as {run.status} after the restart")
        if run.id in running and run.status is RunStatus.LOST and "reboot" not in str(run.error):
            stage.result.is_wrong(f"{run.id} is not lost by the restart: {run.error}")
    stage.resume_queue()
    return done and stage.did("restart the machine")


def _prepare(stage: Stage) -> None:
    """Have runs of every kind: one that was stopped and is asked to go on, one that starts, some that wait."""
    if alive := stage.alive():
        stopped, _ = stage.random.choice(alive)
        stage.ask(stopped, Request.STOP)
        stage.until(lambda: queries.get_run(stage.db, stopped).status.is_finished, 10)
        if stage.random.random() < 0.5:
            free_a_device(stage)
            stage.set("start_delay", 5)
            stage.enqueue()
            stage.until(lambda: queries.ids_with(stage.db, RunStatus.STARTING), 3)
        if stage.random.random() < 0.5:
            stage.close_app()
            stage.kill_scheduler()
            stage.until(lambda: stage.scheduler() is None, 5)
            stage.ask(stopped, Request.RESUME)
    for _ in range(stage.random.randint(0, 2)):
        stage.enqueue()


def _starts(stage: Stage) -> set[tuple[str, str]]:
    """Every start that a worker has written down."""
    return {(file.name, line) for file in stage.runtime.glob("*.starts") for line in file.read_text().split()}


def damage_store(stage: Stage) -> bool:
    """Damage the store's file in one of many ways, and let `doctor --rebuild` make it again."""
    stage.close_app()
    stage.kill_scheduler()
    stage.until(lambda: stage.scheduler() is None, 5)
    damage = stage.random.choice(_DAMAGES)
    if stage.random.random() < 0.5:
        rmtree(stage.path.backups, ignore_errors=True)
    kept = stage.runtime / "store"
    _copy([stage.path.file, *stage.path.companions], kept)  # by another process: SQLite's locks are this one's
    with stage.store_closed():
        for companion in stage.path.companions:
            companion.unlink(missing_ok=True)
        _copy(list(kept.iterdir()), stage.path.file.parent)  # as a killed machine leaves it: not yet tidied up
        damage(stage.path, stage.random)
        _rebuild(stage)
    stage.rebuilt = True
    # what waited without a directory was in the store alone
    stage.ids = [run_id for run_id in stage.ids if stage.directory(run_id).path.exists()]
    stage.resume_queue()
    stage.look()
    return stage.did(damage.__name__.strip("_").replace("_", " "))


def _copy(files: list[Path], folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    there = [str(file) for file in files if file.exists() and not file.name.endswith("-shm")]
    subprocess.run(["cp", *there, str(folder)], check=True)


def _rebuild(stage: Stage) -> None:
    command = [sys.executable, "-m", "bertft_tui.tui.cli.main", "--db", str(stage.path.file), "doctor"]
    said = subprocess.run([*command, "--rebuild", "--force"], capture_output=True, text=True, check=False)
    if said.returncode:
        stage.result.is_wrong(f"doctor --rebuild ended with exit code {said.returncode}: {said.stdout}{said.stderr}")


def _overwrite_pages(path: StorePath, draw: Random) -> None:
    with path.file.open("r+b") as file:
        for _ in range(draw.randint(1, 5)):
            file.seek(_PAGE * draw.randrange(max(1, path.file.stat().st_size // _PAGE)))
            file.write(draw.randbytes(_PAGE))


def _cut_the_log(path: StorePath, draw: Random) -> None:
    log = path.companions[0]
    if log.exists():
        with log.open("r+b") as file:
            file.truncate(draw.randrange(log.stat().st_size + 1))


def _lose_the_log(path: StorePath, draw: Random) -> None:
    path.companions[0].unlink(missing_ok=True)


def _cut_the_file(path: StorePath, draw: Random) -> None:
    with path.file.open("r+b") as file:
        file.truncate(draw.randrange(path.file.stat().st_size))


def _empty_the_file(path: StorePath, draw: Random) -> None:
    path.file.write_bytes(b"")


def _delete_the_file(path: StorePath, draw: Random) -> None:
    path.file.unlink()


_DAMAGES: tuple[Callable[[StorePath, Random], None], ...] = (
    _overwrite_pages,
    _cut_the_log,
    _lose_the_log,
    _cut_the_file,
    _empty_the_file,
    _delete_the_file,
)
