"""A downstream that is a bare socket: it records every byte it gets, and answers with given bytes."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from tests.wire.ports import unassigned_port

OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"ok": "yes"}'
PATIENCE = 5.0
"""Seconds that anything here waits at most."""


def answer(status: str = "200 OK", body: bytes = b"", *lines: str) -> bytes:
    """The bytes of a whole answer with these header lines and a Content-Length."""
    head = "".join(f"{line}\r\n" for line in (f"Content-Length: {len(body)}", *lines))
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body


@dataclass(slots=True)
class Recorded:
    """One request as it came over the socket; `ended` says whether its framing was completed."""

    connection: int
    head: bytes = b""
    wire: bytearray = field(default_factory=bytearray)
    ended: bool = False
    closed: bool = False

    @property
    def body(self) -> bytes:
        """The body's bytes, without chunks, as far as they came."""
        if _is_chunked(self):
            return dechunk(bytes(self.wire))[0]
        return bytes(self.wire[: _length(self)])

    @property
    def method(self) -> str:
        return self.head.split(b" ", 1)[0].decode("latin-1")

    @property
    def target(self) -> bytes:
        return self.head.split(b" ", 2)[1]

    @property
    def lines(self) -> list[bytes]:
        """Header lines, without the request line."""
        return self.head.rstrip(b"\r\n").split(b"\r\n")[1:]

    def matching(self, pattern: str) -> list[bytes]:
        """Header lines that this expression matches at their start, whatever their case."""
        found = re.compile(pattern.encode("latin-1"), re.IGNORECASE)
        return [line for line in self.lines if found.match(line)]

    def values(self, name: str) -> list[bytes]:
        """Values of the lines of this name, whatever its case."""
        prefix = name.lower().encode("latin-1") + b":"
        return [
            line.split(b":", 1)[1].strip() for line in self.lines if line.lower().startswith(prefix)
        ]


class Exchange:
    """One request that is being answered; a script writes to it, waits, or breaks it off.

    `observers` are told what is written to any.
    """

    observers: ClassVar[list[Callable[[bytes], None]]] = []

    def __init__(self, request: Recorded, connection: socket.socket) -> None:
        self.request = request
        self._connection = connection

    def send(self, data: bytes) -> None:
        """Bytes to the edge, as they are; nothing where it has gone."""
        for observe in self.observers:
            observe(data)
        with contextlib.suppress(OSError):
            self._connection.sendall(data)

    def close(self) -> None:
        """Ends the connection."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def reset(self) -> None:
        """Ends the connection with RST, as a process that dies does."""
        linger = struct.pack("ii", 1, 0)
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._connection.close()

    def seconds_until_closed(self, limit: float = PATIENCE) -> float | None:
        """How long the edge keeps the connection; None where longer than the limit."""
        started = time.monotonic()
        self._connection.settimeout(limit)
        try:
            while self._connection.recv(65536):
                pass
        except TimeoutError:
            return None
        except OSError:
            pass
        return time.monotonic() - started


Script = Callable[[Exchange], None]


@dataclass(slots=True)
class _State:
    script: Script
    early: bool = False
    """Run the script when the head is there, and not when the body is."""
    requests: list[Recorded] = field(default_factory=list)
    connections: int = 0


class Downstream:
    """Listens on the loopback, with TLS where it is given; requests of one test are in `requests`."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.port = unassigned_port()
        self._tls = tls
        self._lock = threading.Condition()
        self._open: set[socket.socket] = set()
        self._busy: set[socket.socket] = set()
        self._awaited: set[int] = set()
        self._state = _State(script=lambda exchange: exchange.send(OK))
        self.open()

    def open(self) -> None:
        """Listens; at the same port as before `close`."""
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    @property
    def url(self) -> str:
        """By host name, since cookie jars tell names from addresses."""
        return f"{'http' if self._tls is None else 'https'}://localhost:{self.port}"

    @property
    def requests(self) -> list[Recorded]:
        with self._lock:
            return list(self._state.requests)

    @property
    def connections(self) -> int:
        """How many were opened since the last `reset`."""
        with self._lock:
            return self._state.connections

    @property
    def only(self) -> Recorded:
        """The one request that came."""
        requests = self.requests
        assert len(requests) == 1, f"{len(requests)} requests came"
        return requests[0]

    def wait(self, condition: Callable[[Downstream], bool], limit: float = PATIENCE) -> bool:
        """Whether the condition came true in time."""
        until = time.monotonic() + limit
        while time.monotonic() < until:
            if condition(self):
                return True
            time.sleep(0.01)
        return condition(self)

    def respond(self, script: Script | bytes, *, early: bool = False) -> None:
        """What every request is answered with until the next `reset`."""
        with self._lock:
            self._state.script = _always(script) if isinstance(script, bytes) else script
            self._state.early = early

    def reset(self) -> None:
        """Forgets what came, and answers 200 again. Idle connections stay, as the edge may use them again;
        those without a request yet, or with an unfinished one, are closed."""
        self._catch_up()
        with self._lock:
            self._state = _State(script=lambda exchange: exchange.send(OK))
            busy = tuple(self._busy)
        _end(busy)

    def _catch_up(self) -> None:
        """Waits until every connection made before now has been accepted: one of our own comes after them."""
        with contextlib.suppress(OSError), socket.socket() as last, self._lock:
            last.bind(("127.0.0.1", 0))
            port = last.getsockname()[1]
            self._awaited.add(port)
            last.connect(("127.0.0.1", self.port))
            self._lock.wait_for(lambda: port not in self._awaited, timeout=PATIENCE)

    def close(self) -> None:
        """Stops listening, and closes every connection."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            connections = tuple(self._open)
        _end(connections)

    def _accept(self, listener: socket.socket) -> None:
        number = 0
        while True:
            try:
                connection, peer = listener.accept()
            except OSError:
                return
            if self._tls is not None:
                connection = self._tls.wrap_socket(
                    connection, server_side=True, do_handshake_on_connect=False
                )
            with self._lock:
                if peer[1] in self._awaited:
                    self._awaited.discard(peer[1])
                    self._lock.notify_all()
                    connection.close()
                    continue
                number += 1
                self._state.connections += 1
                self._open.add(connection)
                self._busy.add(connection)
            threading.Thread(target=self._serve, args=(connection, number), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        buffer = b""
        try:
            while True:
                state, request, buffer = self._read(connection, number, buffer)
                if request is None:
                    return
                if not state.early:
                    state.script(Exchange(request, connection))
                self._busy.discard(connection)
        except OSError:
            return
        finally:
            with self._lock:
                self._open.discard(connection)
                self._busy.discard(connection)
            connection.close()

    def _read(
        self, connection: socket.socket, number: int, buffer: bytes
    ) -> tuple[_State, Recorded | None, bytes]:
        buffer = buffer or connection.recv(65536)
        with self._lock:
            # A request is of the test in which its first bytes came.
            state = self._state
            self._busy.add(connection)
        while b"\r\n\r\n" not in buffer:
            data = connection.recv(65536) if buffer else b""
            if not data:
                return state, None, b""
            buffer += data
        head, _, rest = buffer.partition(b"\r\n\r\n")
        request = Recorded(connection=number, head=head + b"\r\n\r\n")
        with self._lock:
            state.requests.append(request)
        if state.early:
            state.script(Exchange(request, connection))
        request.wire += rest
        while not _finished(request):
            data = connection.recv(65536)
            if not data:
                request.closed = True
                return state, None, b""
            request.wire += data
        left = bytes(request.wire[_size(request) :])
        del request.wire[_size(request) :]
        request.ended = True
        return state, request, left


def _always(data: bytes) -> Script:
    return lambda exchange: exchange.send(data)


def _end(connections: tuple[socket.socket, ...]) -> None:
    for connection in connections:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()


_LAST_CHUNK = re.compile(rb"(?:^|\r\n)0\r\n\r\n")


def _is_chunked(request: Recorded) -> bool:
    return any(b"chunked" in value.lower() for value in request.values("transfer-encoding"))


def _length(request: Recorded) -> int:
    lengths = request.values("content-length")
    return int(lengths[0]) if lengths else 0


def _finished(request: Recorded) -> bool:
    """Whether the body has come to its end by its framing."""
    if not _is_chunked(request):
        return len(request.wire) >= _length(request)
    return b"0\r\n\r\n" in request.wire[-5:] and dechunk(bytes(request.wire))[1]


def _size(request: Recorded) -> int:
    if not _is_chunked(request):
        return _length(request)
    found = _LAST_CHUNK.search(request.wire)
    return found.end() if found else len(request.wire)


def dechunk(wire: bytes) -> tuple[bytes, bool]:
    """The bytes of a chunked body, and whether its last chunk came."""
    body, rest = b"", wire
    while b"\r\n" in rest:
        line, _, rest = rest.partition(b"\r\n")
        size = int(line.split(b";")[0], 16)
        if size == 0:
            return body, rest.startswith(b"\r\n")
        body += rest[:size]
        if len(rest) < size + 2:
            return body, False
        rest = rest[size + 2 :]
    return body, False
