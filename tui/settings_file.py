"""Where the app's settings last: a TOML file that several apps may write, and people too.

Only what has changed is written, over what stands in the file by then: of two apps that are open at once the last
change of each setting wins. Comments, and names that this version does not know, stay as they are.
"""

import re
import threading
import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bertft_tui.core import locks
from bertft_tui.core.errors import Problem
from bertft_tui.core.whole_file import write_whole
from bertft_tui.tui.settings import DEFAULTS, Settings, flat_values

#: The place of a value that is to be taken out of the file: the default holds again.
DEFAULT = object()

#: Settings are a page; nobody waits for a larger file.
_MAX_BYTES = 1 << 20
_LINE = re.compile(r"at line (\d+)")
_PATIENCE = 2.0
_AMONG_US = threading.Lock()  # a lock on a file does not hold between threads of one process


def read(path: Path) -> tuple[Settings, tuple[Problem, ...]]:
    """Read the settings; what cannot be read is as if it were not there, and a warning says so. Never raises."""
    try:
        document, wrong = _parse(_text(path))
    except FileNotFoundError:
        return DEFAULTS, ()
    except OSError as error:
        return DEFAULTS, (_problem(path, f"It cannot be read: {error.strerror or error}."),)
    settings, refused = DEFAULTS.with_known(flat_values(document))
    wrong += refused
    return settings, (_problem(path, "; ".join(wrong[:5]) + "."),) if wrong else ()


def write(path: Path, changes: Mapping[str, Any]) -> None:
    """Put changes, by dotted name, into the file; `DEFAULT` takes a name out. Raises OSError."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = path.resolve()  # people keep such files elsewhere and link to them
    with _alone(path.with_name(f".{path.name}.lock")):
        try:
            text = _text(path)
        except FileNotFoundError:
            text = ""
        try:
            document: Any = tomlkit.parse(text)
        except (ValueError, TOMLKitError):
            write_whole(path.with_name(path.name + ".damaged"), text.encode(), shared=True)
            document = tomlkit.parse(tomlkit.dumps(_parse(text)[0]))
        for name, value in changes.items():
            _put(document, name, value)
        write_whole(path, tomlkit.dumps(document).encode())


def _put(document: Any, name: str, value: Any) -> None:
    """Put one value into a TOML document, or take it out."""
    section, dot, key = name.partition(".")
    table, key = (document, section) if not dot else (document.get(section), key)
    if value is DEFAULT:
        if isinstance(table, dict):
            table.pop(key, None)
        return
    if dot and not isinstance(table, dict):
        import tomlkit

        document[section] = tomlkit.table()
        table = document[section]
    table[key] = value


def _text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_MAX_BYTES).decode("utf-8", "replace")


def _parse(text: str) -> tuple[dict[str, Any], list[str]]:
    """Read TOML; of a damaged file all but the lines that are none. Return the values and what is wrong."""
    wrong: list[str] = []
    lines = text.splitlines()
    for _ in range(len(lines) + 1):
        try:
            return tomllib.loads("\n".join(lines)), wrong
        except tomllib.TOMLDecodeError as error:
            found = _LINE.search(str(error))
            place = int(found[1]) - 1 if found else max((i for i, line in enumerate(lines) if line), default=0)
            while place and not lines[place]:
                place -= 1  # where a text does not end, the error is said to be behind it
            wrong.append(f"line {place + 1}: {error}" if lines[place] else str(error))
            lines[place] = ""
    return {}, wrong


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other apps from writing meanwhile; one that does not come to an end is not waited for."""
    with _AMONG_US:
        end = time.monotonic() + _PATIENCE
        while (held := locks.hold(path)) is None and time.monotonic() < end:
            time.sleep(0.01)
        try:
            yield
        finally:
            if held is not None:
                held.close()


def _problem(path: Path, what: str) -> Problem:
    return Problem(
        "Some settings cannot be read", f"{path}: {what}", "What is wrong there is as if it were not; all else holds."
    )
