"""Copying the live store, and making it again."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling.rebuild import Rebuilt, rebuild
from bertft_tui.core.store.backup import back_up, revision_of
from bertft_tui.tui.cli.output import print_json, say
from bertft_tui.tui.format import count_of, size


def back_up_store(path: StorePath, target: Path | None, *, force: bool, as_json: bool) -> None:
    """Copy the store and say where the copy is. Raises RefusedError, StoreError."""
    made = back_up(path, target, force=force)
    if as_json:
        document = {"store": str(path.file), "backup": str(made), "bytes": made.stat().st_size}
        print_json({**document, "revision": revision_of(made)})
    else:
        say(f"{made}  {size(made.stat().st_size)}, whole.")


def rebuild_store(path: StorePath, *, force: bool, as_json: bool) -> None:
    """Make the store again, and say from what. Raises RefusedError, StoreError."""
    done = rebuild(path, force=force)
    if as_json:
        print_json({name: _plain(value) for name, value in asdict(done).items()})
        return
    for line in _lines(done):
        say(line)


def _lines(done: Rebuilt) -> list[str]:
    lines = [f"Rebuilt {done.file}."]
    if done.kept_aside:
        lines.append(f"The old file is kept: {done.kept_aside}.")
    lines.append(
        f"{count_of(done.from_base, 'run')} from {done.base}." if done.base else "There was no whole backup."
    )
    for ids, what in (
        (done.added, "known only from their directories"),
        (done.running, "at work; the next scheduler looks after them"),
        (done.lost, "without a process and without an end in their journals: lost; `bertft-tui resume` goes on"),
        (done.unreadable, "whose directory cannot be read, as the backup knows them"),
        (done.waiting, "waiting; the queue is paused until `bertft-tui queue --resume`"),
    ):
        if ids:
            lines.append(f"{count_of(len(ids), 'run')} {what}: {', '.join(ids[:8])}{', …' if len(ids) > 8 else ''}.")
    if done.fault:
        lines.append(_what_people_said(done.base))
    return lines


def _what_people_said(base: Path | None) -> str:
    if base is None:
        return "Names that were changed, notes and tags were in the damaged file alone."
    when = datetime.fromtimestamp(base.stat().st_mtime)
    return f"Names, notes, tags and the trash are as they were on {when:%Y-%m-%d} at {when:%H:%M}."


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value
