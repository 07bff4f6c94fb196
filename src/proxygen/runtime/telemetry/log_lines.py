"""How the log of a served edge is written: the lines of one turn of the event loop together, at its end."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TextIO

_TOGETHER = 4096
"""Characters of one write at most (but for a longer line): more is not one piece to a pipe that several
workers share (POSIX, `PIPE_BUF`)."""
_KEPT = 256
"""Lines that wait at most."""


class LineHandler(logging.StreamHandler[TextIO]):
    """A `StreamHandler` for an event loop, which a system call for each line would hold up.

    A line that comes where no loop runs is written at once.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._lines: list[str] = []
        self._alone = self.lock if self.lock is not None else threading.RLock()
        self._waits_for: asyncio.AbstractEventLoop | None = None
        """The loop that will call `flush`; None where nobody will."""

    def emit(self, record: logging.LogRecord) -> None:
        """Formats now, and writes when the loop has done what is ready."""
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001 - as the library's own handlers do
            self.handleError(record)
            return
        self.write_line(line)

    def write_line(self, line: str) -> None:
        """As `handle` does with a record whose format is this line; of any thread, without a lock.

        A line is kept before anybody asks who will write it, and `flush` says that nobody will before it
        takes the lines: so whoever comes between the two is written by it, or asks for another.
        """
        self._lines.append(line + self.terminator)
        loop = self._waits_for
        if loop is not None and loop.is_running():
            if len(self._lines) >= _KEPT:
                self.flush()
            return
        try:
            loop = self._waits_for = asyncio.get_running_loop()
        except RuntimeError:
            self.flush()
        else:
            loop.call_soon(self.flush)

    def flush(self) -> None:
        """Writes what waits; what the stream does not take is lost, and stops nothing."""
        with self._alone:
            self._waits_for = None
            lines = self._lines[:]
            del self._lines[: len(lines)]
            if not lines:
                return
            whole = "".join(lines)
            pieces = [whole] if len(whole) <= _TOGETHER else _pieces(lines)
            try:
                for piece in pieces:
                    self.stream.write(piece)
                    self.stream.flush()
            except (OSError, ValueError):
                return


def _pieces(lines: list[str]) -> list[str]:
    """The lines, joined as far as they are one piece."""
    pieces: list[str] = []
    size, first = 0, 0
    for index, line in enumerate(lines):
        if size and size + len(line) > _TOGETHER:
            pieces.append("".join(lines[first:index]))
            size, first = 0, index
        size += len(line)
    pieces.append("".join(lines[first:]))
    return pieces
