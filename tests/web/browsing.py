"""Headless Chromium, steered through its DevTools protocol: no driver is needed beside the browser itself."""

import asyncio
import base64
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

DEADLINE = 60.0
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--hide-scrollbars", "--window-size=1200,720",
    "--remote-debugging-port=0",
)  # fmt: skip
_CODES = {"Enter": (13, "\r"), "Escape": (27, "")}


def find_browser() -> str | None:
    """The program of a browser that can be steered; None where there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


class Page:
    """One tab: what its web sockets have brought, its keys, pictures of it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._calls = 0
        self.drawn = ""
        self.faults: list[str] = []

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol, and take in what is told meanwhile."""
        self._calls += 1
        await self._socket.send_json({"id": self._calls, "method": method, "params": parameters})
        while True:
            message = await self._socket.receive_json(timeout=DEADLINE)
            self._take_in(message)
            if message.get("id") == self._calls:
                found: dict[str, Any] = message["result"]
                return found

    async def shows(self, text: str) -> None:
        """Wait until the app has drawn a text since the last key."""
        async with asyncio.timeout(DEADLINE):
            while text not in self.drawn:
                self._take_in(await self._socket.receive_json())

    async def press(self, key: str) -> None:
        """Press a key: a letter, `Enter` or `Escape`."""
        self.drawn = ""
        code, text = _CODES.get(key, (0, key))
        words: dict[str, Any] = {"key": key, "windowsVirtualKeyCode": code} if code else {"key": key}
        await self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **words)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **words)

    async def picture(self) -> bytes:
        """What the tab shows, as PNG."""
        await asyncio.sleep(0.5)  # the page fades in, and draws with the screen's next frame
        return base64.b64decode((await self.call("Page.captureScreenshot", format="png"))["data"])

    def _take_in(self, message: dict[str, Any]) -> None:
        told = message.get("params", {})
        match message.get("method"):
            case "Network.webSocketFrameReceived":
                frame = told["response"]
                data = frame["payloadData"]
                self.drawn += base64.b64decode(data).decode() if frame["opcode"] == 2 else data
            case "Runtime.exceptionThrown" | "Network.loadingFailed":
                self.faults.append(str(told))


@asynccontextmanager
async def open_page(program: str, address: str, folder: Path) -> AsyncIterator[Page]:
    """Open an address in a browser of its own; it ends with the page."""
    arguments = (*_OPTIONS, f"--user-data-dir={folder}", "about:blank")
    quiet = asyncio.subprocess.DEVNULL
    browser = await asyncio.create_subprocess_exec(program, *arguments, stdout=quiet, stderr=quiet)
    try:
        port = await _port(folder / "DevToolsActivePort")
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                tab = next(each for each in await answer.json() if each["type"] == "page")
            async with session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Page(socket)
                for domain in ("Page", "Runtime", "Network"):
                    await page.call(f"{domain}.enable")
                await page.call("Emulation.setFocusEmulationEnabled", enabled=True)
                await page.call("Page.navigate", url=address)
                yield page
    finally:
        browser.terminate()
        await browser.wait()


async def _port(file: Path) -> str:
    async with asyncio.timeout(DEADLINE):
        while not (file.is_file() and file.read_text().count("\n")):
            await asyncio.sleep(0.05)
    return file.read_text().split()[0]
