"""A client that is a bare socket: what a test writes is what goes out, and it sees the answer's bytes."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, ClassVar, Self

from tests.wire.downstream import PATIENCE, dechunk

Lines = Iterable[str | bytes]


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes that came back; `closed` says whether the edge ended the connection, `seconds` how long all
    of it took."""

    raw: bytes
    closed: bool
    seconds: float

    @property
    def head(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[0]

    @property
    def status(self) -> int:
        """0 where no head came."""
        return int(self.raw.split(b" ", 2)[1]) if self.raw else 0

    @property
    def lines(self) -> list[bytes]:
        return self.head.split(b"\r\n")[1:]

    def values(self, name: str) -> list[str]:
        """Values of the lines of this name, whatever its case."""
        prefix = name.lower().encode("latin-1") + b":"
        return [
            line.split(b":", 1)[1].strip().decode("latin-1")
            for line in self.lines
            if line.lower().startswith(prefix)
        ]

    @property
    def payload(self) -> bytes:
        """What follows the head, as it came."""
        return self.raw.partition(b"\r\n\r\n")[2]

    @property
    def body(self) -> bytes:
        """The body's bytes, without chunks."""
        return dechunk(self.payload)[0] if self._chunked else self.payload

    @property
    def complete(self) -> bool:
        """Whether the framing says that all of it came."""
        if self._chunked:
            return dechunk(self.payload)[1]
        lengths = self.values("content-length")
        return bool(self.raw) and (not lengths or len(self.payload) >= int(lengths[0]))

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def detail(self) -> Any:
        return self.json["detail"]

    @property
    def _chunked(self) -> bool:
        return "chunked" in ",".join(self.values("transfer-encoding")).lower()


class Connection:
    """One connection to the edge; `observers` are told what goes over any of them."""

    observers: ClassVar[list[Callable[[bytes], None]]] = []

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._left = b""

    def __enter__(self) -> Self:
        return self

    @property
    def port(self) -> int:
        """The client's own."""
        port: int = self._socket.getsockname()[1]
        return port

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def send(self, data: bytes) -> None:
        """These bytes; an edge that has gone already is found when the answer is read."""
        for observe in self.observers:
            observe(data)
        try:
            self._socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return

    def close(self) -> None:
        self._socket.close()

    def read(
        self, *, limit: float = PATIENCE, bodiless: bool = False, to_end: bool = False
    ) -> Answer:
        """The next final answer, by its framing; with `to_end`, all that comes until the edge closes."""
        started = time.monotonic()
        raw, self._left, closed = self._left, b"", False
        while to_end or not _is_whole(raw, bodiless=bodiless):
            self._socket.settimeout(max(0.01, started + limit - time.monotonic()))
            try:
                data = self._socket.recv(65536)
            except TimeoutError:
                break
            except OSError:
                closed = True
                break
            if not data:
                closed = True
                break
            raw += data
        if not to_end:
            size = answer_size(raw, bodiless=bodiless)
            if size is not None:
                raw, self._left = raw[:size], raw[size:]
        return Answer(raw, closed, time.monotonic() - started)

    def receive(self, limit: float = PATIENCE) -> bytes:
        """The next bytes, whatever they are; fails where none come."""
        self._socket.settimeout(limit)
        data = self._socket.recv(65536)
        assert data, "the edge has closed"
        return data

    def count(self, *, until: int, limit: float = 4 * PATIENCE) -> int:
        """Reads and forgets bytes until there were so many, or the edge closes."""
        size, end = 0, time.monotonic() + limit
        self._socket.settimeout(limit)
        while size < until and time.monotonic() < end:
            data = self._socket.recv(1 << 20)
            if not data:
                break
            size += len(data)
        return size

    def is_closed_within(self, seconds: float) -> bool:
        """Whether the edge ends the connection in this time; bytes that come meanwhile are kept."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                data = self._socket.recv(65536)
            except TimeoutError:
                return False
            except OSError:
                return True
            if not data:
                return True
            self._left += data
        return False


def message(
    method: str | bytes, target: str | bytes, lines: Lines = (), body: bytes | None = None
) -> bytes:
    """A request with Host, these lines, and a Content-Length where there is a body."""
    head = [_bytes(method) + b" " + _bytes(target) + b" HTTP/1.1", b"Host: edge.test"]
    head += [_bytes(line) for line in lines]
    if body is not None:
        head.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(head) + b"\r\n\r\n" + (body or b"")


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1")


def _is_whole(raw: bytes, *, bodiless: bool) -> bool:
    return answer_size(raw, bodiless=bodiless) is not None


def answer_size(raw: bytes, *, bodiless: bool) -> int | None:
    """Length of the first answer in these bytes; None while it is not all there."""
    if b"\r\n\r\n" not in raw:
        return None
    answer = Answer(raw, closed=False, seconds=0)
    start = len(answer.head) + 4
    if bodiless or answer.status in (204, 304) or 100 <= answer.status < 200:
        return start
    if "chunked" in ",".join(answer.values("transfer-encoding")).lower():
        if not answer.complete:
            return None
        end = raw.find(b"\r\n0\r\n\r\n", start - 2)
        return None if end < 0 else end + 7
    lengths = answer.values("content-length")
    if not lengths:
        return None
    size = start + int(lengths[0])
    return size if len(raw) >= size else None
