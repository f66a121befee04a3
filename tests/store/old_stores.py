"""Stores of older schemas, made by the migrations themselves, with rows in every table that they had."""

import json
import sqlite3
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from bertft_tui.core.presets import preset
from bertft_tui.core.store.migrate import upgrade
from bertft_tui.core.store.schema import APPLICATION_ID

RUN = {
    "id": "abcdefgh", "config": json.dumps(preset("demo").config.model_dump(mode="json")), "created_at": 1_000.0,
    "queued_at": 1_000.0, "started_at": 1_001.0, "ended_at": 1_050.0, "status": "finished", "attempt": 1,
    "attempt_seconds": 49.0, "earlier_seconds": 0.0, "step": 76, "labels": '["a", "b"]', "train_rows": 300,
    "journal_seq": 9, "journal_offset": 900, "revision": 5,
}  # fmt: skip

ROWS: dict[str, dict[str, object]] = {
    "meta": {"key": "revision", "value": "5"},
    "annotation": {"run_key": 1, "name": "the old one", "note": "kept", "tags": '["old"]'},
    "attempt": {"run_key": 1, "number": 1, "started_at": 1_001.0, "ended_at": 1_050.0, "versions": "{}"},
    "metric_name": {"key": 1, "name": "loss"},
    "point": {"run_key": 1, "name_key": 1, "step": 76, "value": 0.25, "milliseconds": 49_000},
    "summary": {"run_key": 1, "name_key": 1, "points": 1, "last": 0.25, "last_step": 76, "minimum": 0.25,
                "minimum_step": 76, "maximum": 0.25, "maximum_step": 76},
    "event": {"run_key": 1, "seq": 9, "time": 1_050.0, "type": "finished", "fields": "{}"},
    "checkpoint": {"run_key": 1, "step": 76, "path": "checkpoints/checkpoint-76", "bytes": 1, "best": 1, "time": 1.0},
    "request": {"run_key": 1, "kind": "stop", "requested_at": 1.0, "requested_by": "me", "closed_at": 2.0},
}  # fmt: skip


def make_store(file: Path, version: int, *, runs: int = 1) -> None:
    """Make a store as a program of that schema left it: `runs` runs, and one row in each other table."""
    file.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(file)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool)
    with engine.begin() as outer:
        upgrade(outer, f"{version:04}")
    connection = sqlite3.connect(file)
    for number in range(runs):
        _insert(connection, "run", {**RUN, "id": f"{number:03}{RUN['id']}"})
    for table, row in ROWS.items():
        _insert(connection, table, row)
    connection.commit()
    connection.close()


def contents(file: Path) -> list[str]:
    """Everything that stands in a store, as SQL, with its version."""
    connection = sqlite3.connect(file)
    try:
        return [f"version {connection.execute('PRAGMA user_version').fetchone()[0]}", *connection.iterdump()]
    finally:
        connection.close()


def _insert(connection: sqlite3.Connection, table: str, row: dict[str, object]) -> None:
    columns, places = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
    connection.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({places})', list(row.values()))
