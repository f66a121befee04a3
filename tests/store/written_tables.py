"""`core/store/tables.py`, made from the classes of `models.py`; run as a script, writes it."""

from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table

from bertft_tui.core.store import models

FILE = Path(models.__file__).resolve().with_name("tables.py")

_HEAD = '''"""The store's tables as statements use them, without SQLModel: opening the app waits for what it loads.

Written by `python tests/store/written_tables.py` from the classes of `models.py`: change those, and run it.
"""

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Integer, LargeBinary, MetaData, String, Table

METADATA = MetaData()
'''

#: The names of the tables that are not their own.
_NAMES = {"metric_name": "NAME"}


def source() -> str:
    """Return the module's text as it should be."""
    return _HEAD + "".join(f"\n{_table(table)}\n" for table in models.METADATA.tables.values())


def _table(table: Table) -> str:
    name = _NAMES.get(table.name, table.name.upper())
    lines = [f'{name} = Table(\n    "{table.name}",\n    METADATA,', *map(_column, table.columns)]
    if not table.dialect_options["sqlite"]["with_rowid"]:
        lines.append("    sqlite_with_rowid=False,")
    return "\n".join([*lines, ")"])


def _column(column: Column[Any]) -> str:
    """One column, with what is not the usual."""
    assert not column.comment
    said = [f'"{column.name}"', _type(column)]
    said += [f'ForeignKey("{key.target_fullname}")' for key in column.foreign_keys]
    said += [f"{word}=True" for word in ("primary_key", "unique", "index") if getattr(column, word)]
    if not column.nullable and not column.primary_key:
        said.append("nullable=False")
    if column.default is not None:
        said.append(f"default={_default(column)}")
    if column.server_default is not None:
        said.append(f'server_default="{column.server_default.arg}"')  # type: ignore[attr-defined]
    return f"    Column({', '.join(said)}),"


def _type(column: Column[Any]) -> str:
    """The type by its name; SQLModel has one of its own for texts."""
    name = type(column.type).__name__
    return "String" if name == "AutoString" else name


def _default(column: Column[Any]) -> str:
    value = column.default.arg  # type: ignore[union-attr]
    assert isinstance(value, int | float | str), f"{column} has a default that cannot be written: {value!r}"
    return f'"{value}"' if isinstance(value, str) else repr(value)


if __name__ == "__main__":
    FILE.write_text(source(), encoding="utf-8")
