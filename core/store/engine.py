"""Connections of SQLAlchemy to the store's file. Loaded with the first statement: opening a store needs none."""

import json
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

from bertft_tui.core.store.connecting import connect


def make_engine(file: Path, mode: str, begin: str, *, connections: int) -> Engine:
    """Make an engine whose transactions begin as asked; with 0 connections each reading opens its own."""

    def open_file() -> sqlite3.Connection:
        return connect(file, mode)

    # The address is made, not read: what reads one is a pattern that takes milliseconds to compile.
    common: dict[str, Any] = {"creator": open_file, "json_deserializer": from_json}
    pool: dict[str, Any] = {"poolclass": QueuePool, "pool_size": connections, "max_overflow": 8}
    engine = create_engine(URL.create("sqlite"), **common, **(pool if connections else {"poolclass": NullPool}))

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def from_json(text: Any) -> Any:
    """Read a JSON column; None for what is no JSON, so that one such cell does not fail a whole query."""
    try:
        return json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return None
