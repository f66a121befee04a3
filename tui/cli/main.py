"""The console script. Opening the app loads no parser: the first paint waits for all that is loaded before it."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bertft_tui.core.errors import BertftError, InputError


def main() -> None:
    """Run the command line. Every error ends here: as sentences on stderr, with the exit code of its kind."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # an ASCII terminal is no reason to fail
    try:
        _check_place()
        code = _run(sys.argv[1:])
    except BertftError as error:
        from bertft_tui.tui.cli.output import print_error

        print_error(error)
        raise SystemExit(error.exit_code) from None
    except Exception as error:  # noqa: BLE001  # the last door: nobody is to meet a traceback on the terminal
        from bertft_tui.tui.cli.output import print_unexpected

        print_unexpected(error)
        raise SystemExit(1) from None
    raise SystemExit(code)


def _run(words: Sequence[str]) -> int:
    """Do what the words say; return the exit code."""
    if _want_the_app(words):
        from bertft_tui.tui.cli.window import open_usual

        open_usual(words[-1].removeprefix("--db=") if words else None)
        return 0
    from bertft_tui.tui.cli.commands import run

    return run()


def _want_the_app(words: Sequence[str]) -> bool:
    """Whether the words ask for the app and name a store at most; a shell that completes words asks for others."""
    if any(name.startswith("_") and name.endswith("_COMPLETE") for name in os.environ):
        return False
    match words:
        case []:
            return True
        case ["--db", store]:
            return not store.startswith("-")
        case [word]:
            return word.startswith("--db=")
    return False


def _check_place() -> None:
    """See that the working directory is there. Raises InputError."""
    try:
        Path.cwd()
    except OSError as error:
        raise InputError(
            "The working directory is gone",
            f"It was deleted, or may not be entered any more ({error.strerror}).",
            "Go to another one: cd.",
        ) from None


if __name__ == "__main__":
    main()
