"""Alembic, run by the program itself: nobody types a migration command."""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from bertft_tui.core.store.schema import APPLICATION_ID


def migrate(file: Path) -> None:
    """Bring a store to the newest schema in one transaction. The caller holds the write lock."""
    fresh = not file.exists() or file.stat().st_size == 0
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        if fresh:
            file.chmod(0o600)
            connection.execute("PRAGMA page_size = 8192")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool)
    with engine.connect() as outer:
        outer.connection.driver_connection.isolation_level = None  # type: ignore[union-attr]
        outer.exec_driver_sql("BEGIN IMMEDIATE")
        upgrade(outer)
        outer.exec_driver_sql("COMMIT")


def upgrade(connection: Connection, target: str = "head") -> None:
    """Run the migrations on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, target)
