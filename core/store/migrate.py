"""Alembic, run by the program itself: nobody types a migration command."""

from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from bertft_tui.core.boot import boot_id
from bertft_tui.core.store import revision
from bertft_tui.core.store.connecting import connect
from bertft_tui.core.store.network import network_kind
from bertft_tui.core.store.schema import APPLICATION_ID


def migrate(file: Path) -> None:
    """Bring a store to the newest schema in one transaction. The caller holds the write lock."""
    fresh = not file.exists() or file.stat().st_size == 0
    with closing(connect(file, "rwc")) as connection:
        if fresh:
            file.chmod(0o600)
            connection.execute("PRAGMA page_size = 8192")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        if not network_kind(file):
            connection.execute("PRAGMA journal_mode = WAL")
    engine = create_engine("sqlite://", creator=lambda: connect(file, "rw"), poolclass=NullPool)
    with engine.connect() as outer:
        outer.exec_driver_sql("PRAGMA foreign_keys = OFF")  # a migration may make a table anew
        outer.exec_driver_sql("BEGIN IMMEDIATE")
        upgrade(outer)
        if fresh:
            revision.write_meta(outer, "boot_id", boot_id())  # a store without one comes from elsewhere
        outer.exec_driver_sql("COMMIT")


def upgrade(connection: Connection, target: str = "head") -> None:
    """Run the migrations on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, target)
