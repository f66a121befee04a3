"""Which runs have the same settings but for the seed: a fingerprint of each, made of the rows of its settings."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from bertft_tui.core.store.database import Database

_SEED = "training.seed"

#: Rows of so many runs are found one by one; of more, those that lie between them are read too.
_FEW = 100

_NEWEST = """
SELECT run_key, id FROM annotation JOIN run ON run.key = run_key WHERE trashed_at IS NULL
ORDER BY run_key DESC LIMIT ?
"""


def fingerprints(connection: Connection, keys: Sequence[int] | None = None) -> defaultdict[int, str]:
    """Return sixteen hex digits by the keys of runs, of these or of all, equal where all settings are but the seed.

    What has no row is as usual, see `settings`. Each other setting has 64 bits of SHA-256, which are joined by
    exclusive or: rows come by setting, and so need no sorting by run.
    """
    driver: Any = connection.connection.driver_connection
    among = ""
    if keys is not None:
        few = len(keys) <= _FEW
        among = f" AND run_key IN ({', '.join(map(str, keys))})" if few else f" AND run_key >= {min(keys)}"
    found: defaultdict[int, int] = defaultdict(int)
    for (name_key,) in driver.execute("SELECT key FROM setting_name WHERE name <> ?", (_SEED,)).fetchall():
        bits: dict[Any, int] = {}
        rows = driver.execute(f"SELECT run_key, value FROM setting WHERE name_key = ?{among}", (name_key,))
        for key, value in rows:
            if (own := bits.get(value)) is None:
                own = bits[value] = _bits(name_key, value)
            found[key] ^= own
    usual = f"{0:016x}"
    return defaultdict(lambda: usual, {key: f"{joined:016x}" for key, joined in found.items()})


def alike(db: Database, ids: Sequence[str], among: int) -> list[str]:
    """Return the ids of all runs with the same settings as one of these, but for the seed: newest first.

    Looked at are the newest runs outside the trash, so many. Raises StoreError.
    """
    with db.read() as connection:
        newest = {row[0]: row[1] for row in connection.exec_driver_sql(_NEWEST, (among,))}
        marks = ", ".join("?" * len(ids))
        own = connection.exec_driver_sql(f"SELECT key FROM run WHERE id IN ({marks})", tuple(ids)).scalars().all()
        wanted = set(map(fingerprints(connection, own).__getitem__, own))
        known = fingerprints(connection, list(newest))
    return [run_id for key, run_id in newest.items() if known[key] in wanted]


def _bits(name_key: int, value: Any) -> int:
    """What a setting contributes; a whole number is the same one as a float."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return int.from_bytes(hashlib.sha256(f"{name_key}={value!r}".encode()).digest()[:8], "big")
