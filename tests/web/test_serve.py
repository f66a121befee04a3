"""`serve`: the app for a browser, for whoever has the key and comes from its own page; each tab has its own."""

import asyncio
import json
import socket
import subprocess
from pathlib import Path

import pytest
from acted_runs import ActedRun
from serving import Served, command, free_port, served, sessions, wait_until_none

from bertft_tui.core.store.database import Database

pytest.importorskip("textual_serve", reason="needs the extra `serve`")

import aiohttp

DEADLINE = 30.0


async def read_until(socket: aiohttp.ClientWebSocketResponse, text: str) -> str:
    """Read what the app draws until a text is in it."""
    drawn = ""
    while text not in drawn:
        message = await socket.receive(timeout=DEADLINE)
        assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), f"closed; drawn:\n{drawn}"
        drawn += message.data.decode() if isinstance(message.data, bytes) else message.data
    return drawn


async def _is_refused_without_the_key(server: Served) -> None:
    async with aiohttp.ClientSession() as stranger:
        for path in ("/", "/?key=guess", "/static/js/textual.js", "/ws"):
            async with stranger.get(server.origin + path) as answer:
                assert answer.status == 403
                assert "bertft-tui serve" in await answer.text()


async def _shows_the_app_in_tabs(server: Served, store: Path) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(server.address) as page:
            assert page.status == 200
            assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
            assert "://" not in (await page.text()).replace("http://www.w3.org", "")  # nothing comes from elsewhere
        async with browser.get(f"{server.origin}/static/js/textual.js") as script:
            assert script.status == 200
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await browser.ws_connect(f"{server.origin}/ws", origin="http://127.0.0.1:1")
        assert refused.value.status == 403
        async with browser.ws_connect(f"{server.origin}/ws?width=100&height=30", origin=server.origin) as tab:
            await read_until(tab, "served run")
            await tab.send_str(json.dumps(["stdin", "?"]))
            await read_until(tab, "Start a run from a preset.")
            async with browser.ws_connect(f"{server.origin}/ws", origin=server.origin) as other:
                await read_until(other, "served run")
                assert len(sessions(store)) == 2
        await asyncio.to_thread(wait_until_none, store)
        last = await browser.ws_connect(f"{server.origin}/ws", origin=server.origin)
        await read_until(last, "served run")
        assert await asyncio.to_thread(server.interrupt) == 0
        await asyncio.to_thread(wait_until_none, store)
        await last.close()


async def test_the_app_is_served(db: Database) -> None:
    """Without the key nothing is; with it each tab is an app over the store, which ends with it, or with ctrl-C."""
    ActedRun(db, "served run").start().train(2).finish()
    with served(db.path.file) as server:
        assert server.address.startswith("http://127.0.0.1:")
        await _is_refused_without_the_key(server)
        await _shows_the_app_in_tabs(server, db.path.file)


def test_a_port_that_is_taken_is_an_error_in_words(db: Database) -> None:
    """With what to do; and who lets others in is warned."""
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", port))
        taken.listen()
        done = subprocess.run(
            command(db.path.file, port, "--host", "0.0.0.0"), capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 2
    assert "Warning: Others can reach 0.0.0.0" in done.stderr
    assert "Error: The app cannot be served there" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr
