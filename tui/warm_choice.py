"""Whether runs may be forked from a warm process: environment and command line say it, else the settings."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bertft_tui.core.forking import NO_WARM
from bertft_tui.core.paths import settings_file
from bertft_tui.core.store.database import Database


def asked_warm(environment: Mapping[str, str]) -> dict[str, bool]:
    """The setting that `--no-warm` or `BERTFT_NO_WARM` asks for; empty when neither does."""
    asked = environment.get(NO_WARM)
    return {} if asked is None else {"warm": asked in ("", "0")}


def choose_warm(*, warm: bool) -> None:
    """Let what is launched by this process start so from now on."""
    os.environ[NO_WARM] = "0" if warm else "1"


@contextmanager
def as_chosen() -> Iterator[None]:
    """Launch as the settings say, where neither environment nor command line does."""
    from bertft_tui.tui.settings_file import read

    if asked_warm(os.environ) or read(settings_file())[0].warm:
        yield
        return
    choose_warm(warm=False)
    try:
        yield
    finally:
        os.environ.pop(NO_WARM, None)


def ensure_scheduler(db: Database) -> None:
    """Have a scheduler while there is work, started as the settings say. Raises BertftError."""
    from bertft_tui.core.scheduling.service import ensure_running

    with as_chosen():
        ensure_running(db)
