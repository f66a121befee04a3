"""The server: one page, and a process of its own for each tab that shows it.

Whoever reaches the port could launch runs as the user who serves, so every address holds a key: the first request
brings it along and gets a cookie for the others. Pages of other sites cannot connect: the browser says where they
come from, and does not give them the cookie.
"""

import secrets
import shlex
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

#: What a page of ours may load: nothing from elsewhere, and nobody may put it into a frame.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self' ws: wss:; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_REFUSED = "This address needs a key: open the one that `bertft-tui serve` has printed.\n"

#: Seconds that tabs have to leave when the server ends.
_FAREWELL = 2.0


class WebServer(Server):  # type: ignore[misc]  # it comes without types where it is not installed
    """Shows one store to whoever has the key. `ready` is called with the address once it can be opened."""

    def __init__(self, file: Path, host: str, port: int, ready: Callable[[str], None]) -> None:
        # The page stands in the server's own folder; the command goes through a shell.
        command = shlex.join([sys.executable, "-P", "-m", "bertft_tui.tui.web.session", str(file.absolute())])
        super().__init__(command, host=host, port=port, title="bertft-tui", templates_path=Path(__file__).parent)
        self._key = secrets.token_urlsafe(16)
        self._cookie = f"bertft-tui-{port}"  # cookies do not know ports: two servers would take each other's
        self._ready = ready

    @property
    def address(self) -> str:
        """What is to be opened in a browser."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/?key={self._key}"

    def run(self) -> None:
        """Serve until ctrl-C. Raises OSError when nobody can listen there."""
        web.run_app(
            self._make_app(),
            host=self.host,
            port=self.port,
            print=lambda *words: self._ready(self.address),
            access_log=None,
            shutdown_timeout=_FAREWELL,
        )

    async def _make_app(self) -> web.Application:
        app: web.Application = await super()._make_app()

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._guard(request, handler)

        app.middlewares.append(guard)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing yet: nobody listens so far."""

    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let those in who have the key, from this very page."""
        asked = request.query.get("key") if request.path == "/" else None
        shown = request.cookies.get(self._cookie, "") if asked is None else asked
        if not secrets.compare_digest(shown.encode(), self._key.encode()) or not _is_own_page(request):
            return web.Response(status=403, text=_REFUSED, headers=_HEADERS)
        response = await handler(request)
        if not response.prepared:
            response.headers.update(_HEADERS)
            if asked is not None:
                response.set_cookie(self._cookie, self._key, httponly=True, samesite="Strict")
        return response


def _is_own_page(request: web.Request) -> bool:
    """Whether a connection comes from a page of this server; a browser names the page's origin, others none."""
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
