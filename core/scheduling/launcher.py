"""Starting worker processes: of the ways to start a child, the one that outlives terminal, parent and ctrl-C."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bertft_tui.core.config import RunConfig
from bertft_tui.core.config_file import read_begun, to_toml
from bertft_tui.core.errors import ConfigError
from bertft_tui.core.hub_environment import with_those_of
from bertft_tui.core.journal import Launch
from bertft_tui.core.paths import RunDirectory, device_lock
from bertft_tui.core.scheduling.children import Child, Fork, NoAnswerError
from bertft_tui.core.scheduling.devices import Device
from bertft_tui.core.scheduling.worker_handle import take_ticket_back
from bertft_tui.core.store.ledger import About
from bertft_tui.core.whole_file import write_whole

WORKER_MODULE = "bertft_tui.core.training.worker"


def start_worker(
    directory: RunDirectory,
    config: RunConfig,
    *,
    attempt: int,
    device: Device,
    reason: str,
    seq: int = 0,
    adjustments: Mapping[str, Any] | None = None,
    hub: Mapping[str, str] | None = None,
    fork: Fork = lambda *_: None,
) -> Child | None:
    """Write what the worker needs into its directory, then start it. The ticket comes before the process.

    `seq`: the newest event that the store has; the journal goes on behind it, also where its end was lost.
    `adjustments`: what this attempt changes of the config.
    `hub`: the environment variables by which whoever launched the run reads the Hub.
    `fork`: a quicker way to start it, where there is one. When it gives no answer, the worker may have begun all the
    same: it has if its ticket is gone. Then None is returned, and the lock of the run alone tells how it is.

    Raises ConfigError when the settings in the directory are no longer those that the run was begun with, and
    OSError when the directory cannot be written or no process be made.
    """
    directory.create()
    check_settings(directory, config)
    if not directory.config.exists():
        write_whole(directory.config, to_toml(config, comments=False).encode())
    launch: Launch = {
        "attempt": attempt,
        "device": device.name,
        "torch_device": "cuda:0" if device.name.startswith("cuda") else device.name,
        "device_reason": reason,
        "device_lock": str(device_lock(device.visible_as or device.name)),
        "resume": attempt > 1,
        "seq": seq,
        "adjustments": dict(adjustments or {}),
    }
    write_whole(directory.launch, json.dumps(launch, indent=1).encode())
    for left in (directory.stop_request, directory.cancel_request, *directory.start_tickets()):
        left.unlink(missing_ok=True)
    environment = worker_environment(device, hub)
    ticket = _new_ticket(directory, attempt)
    try:
        if (forked := fork(ticket, directory, environment)) is not None:
            return forked
    except NoAnswerError:
        if not take_ticket_back(directory):
            return None
        ticket = _new_ticket(directory, attempt)
    worker = [WORKER_MODULE, ticket, str(directory.path)]
    return spawn(worker, directory.log, cwd=directory.path, environment=environment)


def _new_ticket(directory: RunDirectory, attempt: int) -> str:
    """Make the right to start an attempt; return its name."""
    ticket = directory.start_ticket(attempt, secrets.token_hex(4))
    ticket.touch(mode=0o600)
    return ticket.name


def worker_environment(device: Device | None, hub: Mapping[str, str] | None) -> dict[str, str]:
    """Return the environment of a run's worker, on a device or on whichever it will get."""
    return with_those_of(narrowed(device.visible_as if device is not None else None), hub)


def describe(directory: RunDirectory, about: About) -> None:
    """Write into a run's directory what so far only the store says of it: once, before its first start."""
    if not directory.launched.exists():
        directory.create()
        write_whole(directory.launched, json.dumps(asdict(about), indent=1).encode())


def spawn(
    module_and_arguments: list[str],
    log: Path,
    *,
    cwd: Path,
    environment: dict[str, str] | None = None,
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start `python -P -m MODULE …` in a session of its own, with no input but `stdin`, and its output in a file.

    `-P` keeps a user's own `evaluate.py` from shadowing the library; a library that crashes leaves a traceback.
    """
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-X", "faulthandler", "-m", *module_and_arguments],
            stdin=stdin,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
            cwd=cwd,
            env=own_environment() if environment is None else environment,
        )
    finally:
        os.close(descriptor)


def narrowed(visible: str | None) -> dict[str, str]:
    """Return this process's environment with CUDA_VISIBLE_DEVICES set, unless `visible` is None.

    With more than one GPU in sight the Trainer would use them all.
    """
    one = {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible, "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    return own_environment() | one


def own_environment() -> dict[str, str]:
    """Return this process's environment for a Python that runs elsewhere.

    `-P` keeps the working directory from being searched for modules, but not when PYTHONPATH names it: with an empty
    part, as `$PYTHONPATH:/lib` often has, or with a dot. Other parts that are relative mean what they mean here.
    """
    environment = dict(os.environ)
    if "PYTHONPATH" in environment:
        parts = (Path(part) for part in environment["PYTHONPATH"].split(os.pathsep) if part)
        environment["PYTHONPATH"] = os.pathsep.join(str(part.absolute()) for part in parts if part != Path())
    return environment


def check_settings(directory: RunDirectory, config: RunConfig) -> None:
    """See that a run goes on with the settings that it was begun with. Raises ConfigError."""
    if not directory.config.exists():
        return
    hint = f"Put it back (or delete {directory.config}: the store has the settings) and resume."
    try:
        found = read_begun(directory.config)
    except ConfigError as error:
        raise ConfigError("The run's settings cannot be read", error.problem.message, hint) from None
    if changes := config.diff(found):
        raise ConfigError(
            "The run's settings were changed",
            f"{directory.config} says otherwise than the store: {'; '.join(str(change) for change in changes)}. "
            "A run keeps its settings, or its figures would be those of two.",
            f"{hint} Other settings make a run of their own: `bertft-tui run --from {directory.id} --set …`.",
        )
