"""What the interface writes: new runs, what people say about runs, requests, the pause of the queue."""

import getpass
import math
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bertft_tui.core import hub_environment
from bertft_tui.core.boot import boot_id
from bertft_tui.core.config import RunConfig
from bertft_tui.core.paths import ID_LETTERS
from bertft_tui.core.run_names import default_name
from bertft_tui.core.store import revision
from bertft_tui.core.store.boots import notice_boot
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.places import last_place
from bertft_tui.core.store.predictions import Predictions, pack
from bertft_tui.core.store.records import EvaluationRecord, RunRecord
from bertft_tui.core.store.rows import find_row, next_key, touch
from bertft_tui.core.store.settings import keep_settings
from bertft_tui.core.store.status import Request, RunStatus, in_trash, refusal
from bertft_tui.core.store.tables import ANNOTATION, EVALUATION, EVALUATION_PREDICTION, REQUEST, RUN

_MAX_NAME = 200


@dataclass(frozen=True)
class NewRun:
    """A run to be, and what is said about it from the start."""

    config: RunConfig
    name: str | None = None  # None: what changed from the parent, else what it is
    experiment: str | None = None  # None: the parent's
    note: str = ""
    tags: tuple[str, ...] = ()


def enqueue(
    db: Database,
    config: RunConfig,
    *,
    name: str | None = None,
    experiment: str | None = None,
    parent: RunRecord | None = None,
) -> str:
    """Put a run at the end of the queue and return its id."""
    return enqueue_all(db, [NewRun(config, name, experiment)], parent=parent)[0]


def enqueue_all(db: Database, runs: Sequence[NewRun], *, parent: RunRecord | None = None) -> list[str]:
    """Put runs at the end of the queue in their order, all of them or none; return their ids."""
    with db.write() as connection:
        notice_boot(connection, boot_id())
        return [_insert(connection, run, parent) for run in runs]


def _insert(connection: Connection, run: NewRun, parent: RunRecord | None) -> str:
    run_id = "".join(secrets.choice(ID_LETTERS) for _ in range(8))
    changes = "; ".join(str(change) for change in parent.config.diff(run.config)) if parent else None
    row: dict[str, Any] = {
        "key": (key := next_key(connection)),
        "id": run_id,
        "config": run.config.model_dump(mode="json"),
        "hub_environment": hub_environment.of_this_process(),
        "experiment": (run.experiment or "").strip()[:_MAX_NAME] or (parent.experiment if parent else None),
        "parent": parent.id if parent else None,
        "change_note": changes or None,
        "created_at": time.time(),
        "queued_at": last_place(connection),
        "status": RunStatus.QUEUED,
        "attempt": 0,
        "attempt_seconds": 0.0,
        "earlier_seconds": 0.0,
        "step": 0,
        "labels": [],
        "journal_seq": 0,
        "journal_offset": 0,
        "revision": revision.advance(connection),
    }
    connection.execute(insert(RUN).values(row))
    keep_settings(connection, key, key)
    title = (run.name or changes or default_name(run.config)).strip()[:_MAX_NAME] or run_id
    said = {"run_key": key, "name": title, "note": run.note.strip(), "tags": list(run.tags)}
    connection.execute(insert(ANNOTATION).values(said))
    return run_id


def tags_in(text: str) -> tuple[str, ...]:
    """Read tags that are separated by blanks or commas, with or without `#`, each once."""
    words = (tag.strip("#,") for tag in text.replace(",", " ").split())
    return tuple(dict.fromkeys(filter(None, words)))


def request(db: Database, run_id: str, kind: Request, *, by: str | None = None) -> None:
    """Ask something of a run; asking twice is asking once.

    Raises UnknownRunError, and RefusedError when the run's status does not allow it, or it is in the trash.
    """
    with db.write() as connection:
        notice_boot(connection, boot_id())
        key, status, trashed_at = find_row(connection, run_id)
        if (refused := in_trash(kind) if trashed_at is not None else refusal(kind, status)) is not None:
            raise refused
        waiting = select(REQUEST.c.key).where(
            REQUEST.c.run_key == key, REQUEST.c.kind == kind, REQUEST.c.closed_at.is_(None)
        )
        if connection.execute(waiting).first() is None:
            row = {"run_key": key, "kind": kind, "requested_at": time.time(), "requested_by": by or _user()}
            connection.execute(insert(REQUEST).values(row))
            touch(connection, key)


def annotate(
    db: Database, run_id: str, *, name: str | None = None, note: str | None = None, tags: list[str] | None = None
) -> None:
    """Change what people say about a run; None leaves a part as it is. Raises UnknownRunError."""
    values = {"name": (name or "").strip()[:_MAX_NAME] or None, "note": note, "tags": tags}
    given = {key: value for key, value in values.items() if value is not None}
    if given:
        with db.write() as connection:
            _say(connection, find_row(connection, run_id).key, **given)


def pin(db: Database, run_ids: Sequence[str], *, pinned: bool) -> None:
    """Let runs stay at the top of the table, or no longer. Raises UnknownRunError."""
    with db.write() as connection:
        for run_id in run_ids:
            _say(connection, find_row(connection, run_id).key, pinned_at=time.time() if pinned else None)


def choose_baseline(db: Database, run_id: str | None) -> None:
    """Let a run be what the others are compared with, and no other; None: no run. Raises UnknownRunError."""
    with db.write() as connection:
        chosen = find_row(connection, run_id).key if run_id is not None else None
        before = select(ANNOTATION.c.run_key).where(ANNOTATION.c.baseline_at.is_not(None))
        for key in connection.scalars(before).all():
            _say(connection, key, baseline_at=None)
        if chosen is not None:
            _say(connection, chosen, baseline_at=time.time())


def _say(connection: Connection, key: int, **values: Any) -> None:
    connection.execute(update(ANNOTATION).where(ANNOTATION.c.run_key == key).values(values))
    touch(connection, key)


def record_evaluation(
    db: Database, run_id: str, evaluation: EvaluationRecord, said: Predictions | None = None
) -> None:
    """Keep what a run's checkpoint scored when it was evaluated again, and what it said of each example.

    Of several evaluations on one split the newest alone keeps its predictions. Raises UnknownRunError.
    """
    metrics = {name: value if math.isfinite(value) else None for name, value in evaluation.metrics.items()}
    with db.write() as connection:
        key = find_row(connection, run_id).key
        row = {**vars(evaluation), "metrics": metrics, "run_key": key}
        added = connection.execute(insert(EVALUATION).values(row)).inserted_primary_key
        if said is not None and added is not None:
            alike = select(EVALUATION.c.key).where(
                EVALUATION.c.run_key == key,
                EVALUATION.c.dataset == evaluation.dataset,
                EVALUATION.c.split == evaluation.split,
                EVALUATION.c.is_test == evaluation.is_test,
            )
            kept = EVALUATION_PREDICTION
            connection.execute(kept.delete().where(kept.c.evaluation_key.in_(alike)))
            connection.execute(insert(kept).values(evaluation_key=added[0], run_key=key, **pack(said)))
        touch(connection, key)


def pause_queue(db: Database, reason: str) -> None:
    """Hold back queued runs until `resume_queue`; running ones go on."""
    with db.write() as connection:
        revision.write_meta(connection, "paused", reason or "by hand")
        revision.advance(connection)


def resume_queue(db: Database) -> None:
    """Let queued runs start again."""
    with db.write() as connection:
        notice_boot(connection, boot_id())  # or a scheduler that comes later would pause it again
        revision.write_meta(connection, "paused", "")
        revision.advance(connection)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
