"""Lines that wait in memory, in their order; a bound keeps them from filling it."""

from collections import Counter, deque

#: What a backlog holds at most before it drops what may be dropped.
MAX_BYTES = 64_000_000
MAX_LINES = 1_000_000


class Backlog:
    """A queue of lines. Beyond its bound the oldest of the kinds in `droppable` go, those of the first kind first."""

    def __init__(self, droppable: tuple[str, ...], *, max_bytes: int = MAX_BYTES, max_lines: int = MAX_LINES) -> None:
        self.dropped: Counter[str] = Counter()
        self._max_bytes, self._max_lines = max_bytes, max_lines
        self._droppable = droppable
        self._queues: dict[str, deque[tuple[int, bytes]]] = {kind: deque() for kind in (*droppable, "")}
        self._number = 0
        self._bytes = 0
        self._lines = 0

    def __len__(self) -> int:
        return self._lines

    def add(self, kind: str, line: bytes) -> int:
        """Put a line at the end; return its number: 1, 2, 3 …"""
        self._number += 1
        self._queues[kind if kind in self._droppable else ""].append((self._number, line))
        self._bytes += len(line)
        self._lines += 1
        while self._bytes > self._max_bytes or self._lines > self._max_lines:
            oldest = next((kind for kind in self._droppable if self._queues[kind]), None)
            if oldest is None:
                break  # what is left is little, and must not be lost
            self._pop(oldest)
            self.dropped[oldest] += 1
        return self._number

    def take(self, size: int) -> tuple[int, list[bytes]]:
        """Take lines from the front, about `size` bytes of them; return the last one's number (0: none) and them."""
        last, lines = 0, list[bytes]()
        while self._lines and size > 0:
            kind = min(
                (kind for kind, queue in self._queues.items() if queue), key=lambda kind: self._queues[kind][0]
            )
            last, line = self._pop(kind)
            lines.append(line)
            size -= len(line)
        return last, lines

    def _pop(self, kind: str) -> tuple[int, bytes]:
        number, line = self._queues[kind].popleft()
        self._bytes -= len(line)
        self._lines -= 1
        return number, line
