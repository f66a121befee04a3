"""The disk ledger as the examination shows it."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from bertft_tui.core.scheduling.disk_ledger import DiskLedger, Held, take_stock
from bertft_tui.core.store.database import Database
from bertft_tui.tui.cli.checks import Check
from bertft_tui.tui.format import clean, count_of, size

#: The largest runs are named, so many at most.
_LARGEST = 5


def check_space(db: Database) -> Iterator[Check]:
    """What the runs hold, what the trash does, and what lies there that no run has. Raises StoreError."""
    ledger = take_stock(db)
    yield Check("space", "ok", _space(ledger), _not_needed(ledger), ledger_document(ledger))
    if ledger.trash or ledger.leftovers:
        yield _trash(ledger)
    if ledger.orphans:
        yield _orphans(ledger)


def ledger_document(ledger: DiskLedger) -> dict[str, Any]:
    """The ledger as JSON: numbers of bytes, directories by size, the largest first."""
    return {
        "total": ledger.total,
        "free": ledger.free,
        "to_free": ledger.to_free,
        "not_needed": ledger.not_needed,
        "kinds": {**asdict(ledger.in_runs), "trash": ledger.in_trash, "leftovers": ledger.leftovers,
                  "orphans": sum(held.usage.total for held in ledger.orphans), "backups": ledger.backups,
                  "store": ledger.store},
        "runs": [_held(held) for held in ledger.runs],
        "trash": [_held(held) for held in ledger.trash],
        "orphans": [_held(held) for held in ledger.orphans],
        "missing": list(ledger.missing),
    }  # fmt: skip


def _held(held: Held) -> dict[str, Any]:
    return {"id": held.id, "name": held.name, "bytes": held.usage.total, **asdict(held.usage)}


def _space(ledger: DiskLedger) -> str:
    kinds = ledger.in_runs
    parts = {
        "checkpoints": kinds.checkpoints + kinds.training_state,
        "journals and logs": kinds.journal,
        "predictions": kinds.predictions,
        "other files": kinds.other + kinds.staging,
        "the store": ledger.store,
        "its backups": ledger.backups,
    }
    words = ", ".join(f"{name} {size(held)}" for name, held in parts.items() if held)
    largest = ", ".join(
        f"{held.id} ({clean(held.name, limit=60)}) {size(held.usage.total)}" for held in ledger.runs[:_LARGEST]
    )
    return f"{size(ledger.total)} in all: {words}" + (f"; the largest runs: {largest}" if largest else "")


def _not_needed(ledger: DiskLedger) -> str:
    if not ledger.not_needed:
        return ""
    freed = size(ledger.not_needed)
    return f"`bertft-tui purge --optimizer` frees {freed} of optimizer states that finished runs never need again."


def _trash(ledger: DiskLedger) -> Check:
    unfinished = f", and {size(ledger.leftovers)} are left of purges and checkpoints that were not finished"
    left = unfinished if ledger.leftovers else ""
    message = f"{count_of(len(ledger.trash), 'run')}, {size(ledger.in_trash)}{left}"
    return Check("trash", "ok", message, f"Only `bertft-tui purge` frees these {size(ledger.to_free)}.")


def _orphans(ledger: DiskLedger) -> Check:
    held = sum(each.usage.total for each in ledger.orphans)
    names = ", ".join(clean(each.id, limit=60) for each in ledger.orphans[:_LARGEST])
    more = ", …" if len(ledger.orphans) > _LARGEST else ""
    message = (
        f"{count_of(len(ledger.orphans), 'directory', 'directories')} without a run, {size(held)}: {names}{more}"
    )
    return Check("orphans", "warn", message, "No run of this store has them; nothing removes them by itself.")
