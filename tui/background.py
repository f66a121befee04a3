"""Whether the terminal is dark or light: what it answers when it is asked.

The question (OSC 11) goes out when the app is on screen already, and the answer is taken out of what comes in before
keys are read from it: it delays nothing and is never mistaken for keys, however late it comes.
"""

import os
import re
import selectors
import time
from codecs import getincrementaldecoder

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from bertft_tui.tui.messages import BackgroundSeen

_QUESTION = "\x1b]11;?\x1b\\"
_ANSWER = re.compile(r"\x1b\]11;([^\x07\x1b]{0,60})(?:\x07|\x1b\\)")
_BEGUN = re.compile(r"\x1b\](?:1(?:1(?:;[^\x07\x1b]{0,60}\x1b?)?)?)?\Z")

#: Seconds after which an answer is no longer waited for: what looks like the beginning of one is keys then.
_PATIENCE = 10.0

#: Terminals that print what they do not understand.
_MUTE = ("linux", "dumb", "unknown", "")

_COLOUR = re.compile(r"rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})(?:/[0-9a-fA-F]{1,4})?\Z")


def background_answered(colour: str) -> str:
    """What an answer such as `rgb:1212/1212/1212` says: `dark`, `light`, or nothing."""
    found = _COLOUR.match(colour)
    if found is None:
        return ""
    red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in found.groups())
    return "light" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "dark"


class AnswerReader:
    """Takes the terminal's answers out of what it sends; the rest is left as it came."""

    def __init__(self) -> None:
        self._held = ""

    def read(self, data: str, *, waiting: bool) -> tuple[str, list[str]]:
        """Return the rest, and the colours answered. A part of an answer is kept back only while one is awaited."""
        data, self._held = self._held + data, ""
        colours = _ANSWER.findall(data)
        data = _ANSWER.sub("", data)
        if waiting and (begun := _BEGUN.search(data)):
            data, self._held = data[: begun.start()], begun.group()
        return data, colours


class AskingDriver(LinuxDriver):
    """Textual's driver, which also asks for the background."""

    _asked = -_PATIENCE

    def ask_background(self) -> None:
        """Ask the terminal; a `BackgroundSeen` is posted when it answers, and nothing when it does not."""
        if self.input_tty and os.environ.get("TERM", "") not in _MUTE:
            self._asked = time.monotonic()
            self.write(_QUESTION)

    def run_input_thread(self) -> None:
        """Read what the terminal sends, as Textual's driver does, less the answers."""
        parser, answers = XTermParser(self._debug), AnswerReader()
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(0.1):
                    waiting = time.monotonic() - self._asked < _PATIENCE
                    text, colours = answers.read(decode(os.read(self.fileno, 4096)), waiting=waiting)
                    for seen in filter(None, map(background_answered, colours)):
                        self.send_message(BackgroundSeen(seen))
                    for event in parser.feed(text) if text else ():
                        self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)
