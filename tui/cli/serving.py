"""What `serve` does."""

import os
import sys

from bertft_tui.core.errors import InputError, Problem
from bertft_tui.core.store.database import Database
from bertft_tui.tui.cli.output import print_problem, say, tell

#: Names of this machine that nobody else reaches.
_OWN = ("127.0.0.1", "localhost", "::1")


def serve_app(db: Database, host: str, port: int) -> None:
    """Serve the app until ctrl-C. Raises InputError where that cannot be."""
    try:
        from bertft_tui.tui.web.server import WebServer
    except ModuleNotFoundError as error:
        raise InputError(
            "The app cannot be served yet",
            f"A package that this needs is not installed: {error.name}.",
            "Install it: pip install 'bertft-tui[serve]'.",
        ) from None
    if host not in _OWN:
        print_problem(
            Problem(
                f"Others can reach {host}",
                "Only the key in the address keeps them out, and the connection is not encrypted: whoever can listen"
                " on the network can take the key, and launch runs as you.",
                "Safer: serve on this machine alone, and go there through ssh -L.",
            ),
            label="Warning",
        )
    server = WebServer(db.path.file, host, port, _tell_address)
    try:
        server.run()
    except OSError as error:
        raise InputError(
            "The app cannot be served there",
            f"{host}, port {port}: {os.strerror(error.errno) if error.errno and error.errno > 0 else error}.",
            "Name another port with --port, or another address of this machine with --host.",
        ) from None
    tell("No longer served; training goes on.")


def _tell_address(address: str) -> None:
    """Say where the app is, at once, also into a pipe."""
    say(f"bertft-tui is at {address}")
    tell("Whoever has this address can use it. ctrl-C ends it.")
    sys.stdout.flush()
