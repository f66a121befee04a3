"""From the words of the command line to a run in the queue."""

from pathlib import Path

from bertft_tui.core.config import RunConfig
from bertft_tui.core.config_file import parse_setting, read_config
from bertft_tui.core.presets import preset as find_preset
from bertft_tui.core.scheduling import preflight
from bertft_tui.core.scheduling.preflight import Checked
from bertft_tui.core.scheduling.service import ensure_running
from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.cli.documents import full_document
from bertft_tui.tui.cli.output import print_json, print_problem, say, tell


def build_config(
    file: Path | None, preset: str | None, settings: list[str], parent: RunRecord | None = None
) -> RunConfig:
    """Lay the file over the preset, the parent's settings or the defaults, and the settings over both.

    Raises ConfigError.
    """
    config = find_preset(preset).config if preset is not None else RunConfig()
    if parent is not None:
        config = parent.config
    if file is not None:
        config = read_config(file, base=config)
    return config.with_settings(dict(parse_setting(text) for text in settings))


def check(config: RunConfig) -> Checked:
    """Look at data and model before anything is stored; warnings go to stderr. Raises InputError."""
    checked = preflight.check(config)
    for warning in checked.warnings:
        print_problem(warning, label="Note")
    return checked


def enqueue(
    db: Database,
    checked: Checked,
    *,
    name: str | None = None,
    experiment: str | None = None,
    parent: RunRecord | None = None,
) -> str:
    """Put a checked config into the queue and see to it that a scheduler is at work; return the run's id."""
    warn_about(db)
    run_id = commands.enqueue(db, checked.config, name=name, experiment=experiment, parent=parent)
    ensure_running(db)
    queue = queries.queue_state(db)
    if queue.paused:
        tell(f"The queue is paused ({queue.reason}): `bertft-tui queue --resume` lets runs start.")
    return run_id


def warn_about(db: Database) -> None:
    """Say in a line on stderr what whoever starts runs in this store should know of it."""
    for problem in db.warnings:
        tell(f"Note: {problem.title}: {problem.message} {problem.hint}")


def report(db: Database, run_id: str, *, as_json: bool, waited: bool) -> None:
    """Say what was enqueued; as JSON, the `show` document of the run as it now is."""
    if as_json:
        print_json(full_document(db, run_id))
    elif not waited:
        run = queries.get_run(db, run_id)
        say(f"{run.id}  {run.name}: {run.status}. `bertft-tui show {run.id}` shows it, `bertft-tui` watches it.")
