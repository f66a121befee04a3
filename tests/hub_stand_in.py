"""A stand-in for the Hub's HTTP interface: serves folders as repositories to the libraries' own clients."""

import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

#: Parts of a second in which a slow file comes.
_TICK = 0.05

#: The one revision that a repository has unless it says otherwise, under the names `main` and itself.
COMMIT = "0123456789abcdef0123456789abcdef01234567"

_API = re.compile(
    r"/api/(?P<kind>models|datasets)/(?P<name>[^/]+/[^/]+)"
    r"(?:/(?P<what>revision|tree|paths-info)/(?P<revision>[^/]+)(?:/(?P<below>.*))?)?"
)
_FILE = re.compile(r"/(?P<kind>datasets/)?(?P<name>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<file>.+)")


@dataclass
class Repository:
    """A repository: its files, and what its owner allows."""

    folder: Path
    commit: str = COMMIT
    gated: bool = False
    sizes: dict[str, int] = field(default_factory=dict)  # what it claims of files, instead of their real sizes
    slow: dict[str, int] = field(default_factory=dict)  # bytes per second at which files come

    def files(self) -> list[str]:
        """The paths of all files, relative to the repository."""
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())

    def describe(self, name: str) -> dict[str, Any]:
        """A file as `tree` and `paths-info` list it."""
        content = (self.folder / name).read_bytes()
        oid = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        return {"type": "file", "oid": oid, "size": self.sizes.get(name, len(content)), "path": name}

    def tree(self, below: str, *, deep: bool) -> list[dict[str, Any]]:
        """What lies below a folder; folders too, and without `deep` nothing that is inside them."""
        root = self.folder / below
        paths = sorted(root.rglob("*") if deep else root.glob("*"))
        names = [(path.is_dir(), path.relative_to(self.folder).as_posix()) for path in paths]
        return [
            {"type": "directory", "oid": self.commit, "size": 0, "path": name} if folder else self.describe(name)
            for folder, name in names
        ]

    def info(self, name: str) -> dict[str, Any]:
        """The repository as `model_info` and `dataset_info` read it."""
        siblings = [{"rfilename": file, "size": self.describe(file)["size"]} for file in self.files()]
        return {
            "_id": self.commit[:24],
            "id": name,
            "modelId": name,
            "sha": self.commit,
            "private": False,
            "gated": "auto" if self.gated else False,
            "disabled": False,
            "tags": [],
            "downloads": 1,
            "likes": 0,
            "lastModified": "2024-01-01T00:00:00.000Z",
            "createdAt": "2024-01-01T00:00:00.000Z",
            "siblings": siblings,
        }


@dataclass
class Hub:
    """The running stand-in: its address, its repositories by `models/NAME` or `datasets/NAME`, what was asked."""

    endpoint: str
    repositories: dict[str, Repository]
    requests: list[str] = field(default_factory=list)  # "GET /api/models/…"


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        path = unquote(urlparse(self.path).path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.hub.requests.append(f"{self.command} {path}")
        if found := _API.fullmatch(path):
            repository = self._repository(f"{found['kind']}/{found['name']}", found["revision"], metadata=True)
            if repository is not None:
                self._json(self._document(repository, found, body.decode()))
        elif found := _FILE.fullmatch(path):
            self._file((found["kind"] or "models/") + found["name"], found["revision"], found["file"])
        elif path.startswith("/api/"):
            self._refuse(401, "RepoNotFound", "Repository not found")
        else:
            self._refuse(404, "", "not part of the stand-in")

    def _document(self, repository: Repository, asked: re.Match[str], body: str) -> Any:
        if asked["what"] == "tree":
            deep = "recursive=true" in urlparse(self.path).query.lower()
            return repository.tree(asked["below"] or "", deep=deep)
        if asked["what"] == "paths-info":
            paths = json.loads(body)["paths"] if body.startswith("{") else parse_qs(body).get("paths", [])
            return [repository.describe(file) for file in repository.files() if file in paths]
        return repository.info(asked["name"])

    def _repository(self, key: str, revision: str | None, *, metadata: bool = False) -> Repository | None:
        repository = self.hub.repositories.get(key)
        if repository is None:
            self._refuse(401, "RepoNotFound", "Repository not found")
        elif revision not in (None, "main", repository.commit):
            self._refuse(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        elif repository.gated and not metadata:
            self._refuse(403, "GatedRepo", "Access to this repository is restricted")
        else:
            return repository
        return None

    def _file(self, key: str, revision: str, name: str) -> None:
        repository = self._repository(key, revision)
        if repository is None:
            return
        if name not in repository.files():
            self._refuse(404, "EntryNotFound", "Entry not found")
            return
        content = (repository.folder / name).read_bytes()
        headers = {
            "ETag": f'"{repository.describe(name)["oid"]}"',
            "X-Repo-Commit": repository.commit,
            "Accept-Ranges": "bytes",
            "Content-Type": "application/octet-stream",
        }
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("range") or "")
        if wanted:
            start, end = int(wanted[1]), int(wanted[2] or len(content) - 1)
            headers["Content-Range"] = f"bytes {start}-{end}/{len(content)}"
            content = content[start : end + 1]
        self._send(206 if wanted else 200, headers, content, repository.slow.get(name, 0))

    def _json(self, document: Any) -> None:
        self._send(200, {"Content-Type": "application/json"}, json.dumps(document).encode())

    def _refuse(self, status: int, code: str, message: str) -> None:
        headers = {"X-Error-Code": code, "X-Error-Message": message} if code else {}
        self._send(status, headers | {"Content-Type": "application/json"}, json.dumps({"error": message}).encode())

    def _send(self, status: int, headers: dict[str, str], content: bytes, pace: int = 0) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "HEAD":
            return
        part = int(pace * _TICK) or max(1, len(content))
        for start in range(0, len(content), part):
            try:
                self.wfile.write(content[start : start + part])
            except ConnectionError:  # whoever asked has lost interest
                return
            if pace:
                time.sleep(_TICK)


@contextmanager
def hub_stand_in(repositories: dict[str, Repository]) -> Iterator[Hub]:
    """Serve repositories on a free port of this machine until the block ends."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    hub = Hub(f"http://127.0.0.1:{server.server_port}", repositories)
    handler.hub = hub
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
