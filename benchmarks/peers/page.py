"""The section of the page: rows by programs, each with its ratio to this one."""

from collections.abc import Mapping
from typing import Any

from benchmarks.peers.programs import OURS, PEERS
from benchmarks.peers.rows import Found, Row, rows

_TEXT = """## Recording and reading, beside other programs

{runs} runs of {steps:,} steps with three figures each, an evaluation with three figures every {each} steps, and
{settings} settings: {points:,} points a run. Each run is recorded by a process of its own, which sleeps
{pause} ms a step and logs as each program's documentation does, with its defaults; the programs take turns, run by
run. Medians of {runs} runs (of {readings} processes where something is read), and below them the range.
**×** is how many times as much as bertft-tui. Versions: {versions}.

{table}

{verdict}

- **A log call** is what the training loop waits for, and the **start** of a run what passes from the program's first
  call until its first log call has returned. All other times are those of a processor, which others on the machine
  disturb less.
- **A point**: the processor time of the recording process from after its import to its end, of all processes that it
  leaves behind, and for bertft-tui of its scheduler, which follows the run, brings it into the store and packs its
  journal. Bytes are those of all files after the last run: for bertft-tui each run's directory with its journal and
  log, and the store; not the 512 KiB that are kept in reserve, nor the daily copy of the store.
- **Import**: of the modules that record, in a Python that has loaded nothing else.
- **Listing**: all runs with their settings and best {best}; MLflow lists the newest values. **A curve**: the loss at
  all steps of a run. **Comparing**: the best {best} of all runs, and the settings in which they differ. What was read
  is held against what was recorded. The first line is without imports, the second a whole process with them.
- A log call of bertft-tui leaves its figures to a thread, which gives them to the kernel some hundredths of a second
  later: a killed training loses those of its last moment, and does their steps again when it is resumed. trackio, W&B
  and TensorBoard keep them in memory or hand them to another process, and write later.
- TensorBoard's files are written by tensorboardX, as torch's `SummaryWriter` writes them, and read by TensorBoard.
  The library of W&B has nothing that reads what it has recorded offline, so there are no readings of it.
"""


def markdown(found: Mapping[str, Any]) -> str:
    """Write the section from what `measure` returned."""
    names = [OURS.name, *(peer.name for peer in PEERS if peer.name in found["programs"])]
    all_rows = rows(found["points"], found["amount"]["runs"])
    table = [
        "|  | " + " | ".join(names) + " |",
        "|---|" + "---:|" * len(names),
        *(_line(row, found["programs"], names) for row in all_rows),
    ]
    missing = [f"{name}: {why}" for name, why in found["missing"].items()]
    return _TEXT.format(
        **{name: found["amount"][name] for name in ("runs", "steps", "readings")},
        pause=f"{found['amount']['seconds'] * 1000:g}",
        **{name: found[name] for name in ("points", "settings", "each", "best")},
        versions=", ".join(f"{name} {version}" for name, version in found["versions"].items()) or "none",
        table="\n".join(table),
        verdict="\n".join([_verdict(all_rows, found["programs"], names[1:]), *missing]),
    )


def _line(row: Row, programs: Mapping[str, Any], names: list[str]) -> str:
    ours, *others = (row.found(programs[name]) for name in names)
    cells = [_cell(row, ours, None), *(_cell(row, found, ours) for found in others)]
    return "| " + " | ".join([row.what, *cells]) + " |"


def _cell(row: Row, found: Found | None, ours: Found | None) -> str:
    """One program's figure, with its ratio to ours."""
    if found is None:
        return "–"
    text = row.write(found.median)
    if ours is not None and ours.median:
        ratio = found.median / ours.median
        text += f", **{ratio:,.0f} ×**" if ratio >= 10 else f", **{ratio:.2g} ×**"
    if found.lowest < found.highest:
        text += f"<br>{row.write(found.lowest)} to {row.write(found.highest)}"
    return text


def _verdict(all_rows: list[Row], programs: Mapping[str, Any], peers: list[str]) -> str:
    """Say where another program takes less."""
    lost = [
        f"{row.what} ({name})"
        for row in all_rows
        for name in peers
        if (mine := row.found(programs[OURS.name])) and (other := row.found(programs[name]))
        if other.median < mine.median
    ]
    if lost:
        return f"The target is less than every other program in each row. Others take less in: {'; '.join(lost)}."
    return (
        "The target, less than every other program in each row, is reached." if peers else "Nothing to compare with."
    )
