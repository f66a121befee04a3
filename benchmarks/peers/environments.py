"""The environments of the peers: each program in one of its own, with the versions that its requirements name."""

import subprocess
import sys
from pathlib import Path

from benchmarks.peers.programs import Program

_ROOT = Path(__file__).parents[2]

#: Where they are made; ignored by git.
FOLDER = _ROOT / "build" / "peers"

#: What an environment was made from, in it.
_MADE_FROM = "requirements.txt"


def requirements(program: Program) -> Path:
    """The file that names what is installed for a peer, version by version."""
    return Path(__file__).parent / "requirements" / f"{program.package}.txt"


def interpreter(program: Program) -> Path:
    """The Python that runs a program: this one for our own."""
    return FOLDER / program.package / "bin" / "python" if program.package else Path(sys.executable)


def is_ready(program: Program) -> bool:
    """Whether its environment is there, as its requirements want it."""
    if not program.package:
        return True
    made_from = FOLDER / program.package / _MADE_FROM
    return made_from.is_file() and made_from.read_bytes() == requirements(program).read_bytes()


def make(program: Program) -> None:
    """Make its environment, or bring it up to date. Raises CalledProcessError when something cannot be installed."""
    if is_ready(program):
        return
    wanted = requirements(program)
    folder = FOLDER / program.package
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    install = [interpreter(program), "-m", "pip", "install", "--quiet", "--no-deps", "--requirement", wanted]
    subprocess.run(install, check=True, stdout=sys.stderr)
    (folder / _MADE_FROM).write_bytes(wanted.read_bytes())


def version(program: Program) -> str:
    """The version of a program that its requirements name."""
    lines = requirements(program).read_text(encoding="utf-8").splitlines()
    return next(line.partition("==")[2] for line in lines if line.lower().startswith(f"{program.package}=="))
