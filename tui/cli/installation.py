"""Checks of the installation: Python, libraries, torch's build, the demo's packages, devices; imports none."""

import platform
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from bertft_tui.core.errors import BertftError
from bertft_tui.core.packaged import demo_corpus_directory, demo_model_directory
from bertft_tui.core.scheduling.devices import inventory, torch_has_cuda
from bertft_tui.tui.cli.checks import Check

DISTRIBUTION = "bertft-tui"

#: There when the NVIDIA driver is loaded.
NVIDIA_DRIVER = Path("/dev/nvidiactl")


def check_installation() -> Iterator[Check]:
    """Look at everything that does not depend on a store."""
    yield _python()
    yield _libraries()
    yield _torch()
    yield _demo()
    found = ", ".join(f"{device.name} ({device.title})" for device in inventory())
    yield Check("devices", "ok", found)


def _python() -> Check:
    return Check("python", "ok", f"{platform.python_version()} in {sys.prefix}")


def _libraries() -> Check:
    """Compare what is installed with the bounds that the package declares."""
    faults, count = [], 0
    for text in metadata.requires(DISTRIBUTION) or []:
        requirement = Requirement(text)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        count += 1
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            faults.append(f"{requirement.name} is missing")
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            faults.append(f"{requirement.name} {version} is not {requirement.specifier}")
    if faults:
        return Check("libraries", "fail", "; ".join(faults) + ".", "Install again: pip install --upgrade bertft-tui")
    return Check("libraries", "ok", f"{count} installed, all within their bounds")


def _torch() -> Check:
    """Say which build of torch is installed, and whether the machine has a GPU that this build cannot use."""
    try:
        version = metadata.version("torch")
    except metadata.PackageNotFoundError:
        return Check("torch", "fail", "not installed.", "pip install torch")
    built = torch_has_cuda()
    if built:
        return Check("torch", "ok", f"{version}, built with CUDA")
    if NVIDIA_DRIVER.exists():
        hint = "Install a build of torch with CUDA: https://pytorch.org/get-started/locally/"
        return Check("torch", "warn", f"{version}, without CUDA, but there is an NVIDIA driver.", hint)
    return Check("torch", "ok", f"{version}, {'without CUDA' if built is False else 'CUDA unknown'}")


def _demo() -> Check:
    """Say whether the demo's model and corpus are there."""
    try:
        model, _ = demo_model_directory(), demo_corpus_directory()
    except BertftError as error:
        return Check("demo", "warn", f"{error.problem.title}.", error.problem.hint)
    return Check("demo", "ok", f"model and corpus are installed beside {model.parent.name}")
