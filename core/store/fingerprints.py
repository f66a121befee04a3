"""Which runs have the same settings but for the seed: a fingerprint of each, made of the rows of its settings."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

_SEED = "training.seed"


def fingerprints(connection: Connection, keys: Sequence[int] | None = None) -> defaultdict[int, str]:
    """Return sixteen hex digits by the keys of runs, of these or of all, equal where all settings are but the seed.

    What has no row is as usual, see `settings`. Each other setting has 64 bits of SHA-256, which are joined by
    exclusive or: rows come by setting, and so need no sorting by run.
    """
    driver: Any = connection.connection.driver_connection
    among = "" if keys is None else f" AND run_key IN ({', '.join(map(str, keys))})"
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


def _bits(name_key: int, value: Any) -> int:
    """What a setting contributes; a whole number is the same one as a float."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return int.from_bytes(hashlib.sha256(f"{name_key}={value!r}".encode()).digest()[:8], "big")
