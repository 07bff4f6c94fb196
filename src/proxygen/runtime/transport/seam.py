"""The one seam between the edge and a downstream: bytes out, a head and then chunks in.

A transport decodes, follows, remembers and invents nothing. It owns the framing and `Host`; every other
header is its caller's. Each failure is a `TransportError` with its `Kind`, whatever library raised it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from proxygen.runtime.kinds import Kind

HeaderList = list[tuple[bytes, bytes]]
"""Field lines in order, names as sent or received; repeated names stay separate lines (RFC 9110, 5.2)."""


class TransportError(Exception):
    """A downstream could not be reached, did not answer in time, or did not speak HTTP.

    `sent` is False where it is certain that no byte of the request reached the downstream; `reused` is True
    where the connection had served a request before, so that its other end may have closed it as idle.
    """

    def __init__(self, kind: Kind, detail: str, *, sent: bool = True, reused: bool = False) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.sent = sent
        self.reused = reused


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a service is: `base_path` (no final slash) is put before every target by `target.py`."""

    scheme: str
    host: str
    port: int
    base_path: str = ""

    @property
    def authority(self) -> str:
        """The value of `Host`: without the scheme's default port, IPv6 in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = 443 if self.scheme == "https" else 80
        return host if self.port == default else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for one attempt: to connect, to get a place in the pool, for each write and read, of silence
    in the body (None: any; `idle_of` tells what counts for an answer)."""

    connect: float
    pool: float
    write: float
    read: float
    idle: float | None


def idle_of(limits: Limits, headers: HeaderList) -> float | None:
    """The longest silence in the body of an answer with this head: an event stream may wait for its events.

    Only the answer tells: a client that asks for events does not lift the limit.
    """
    for name, value in headers:
        if name.lower() == b"content-type" and value.lower().startswith(b"text/event-stream"):
            return None
    return limits.idle


class Outbound(NamedTuple):
    """A request to send. `target` goes out byte for byte.

    `headers` have neither Host nor framing. `body` is None (no framing at all), bytes (Content-Length), or an
    iterator, sent as `length` bytes where that is known and chunked where it is None. An iterator that raises
    aborts the request unfinished: the connection is closed without a final chunk. `released` is called when
    nothing more of an iterator is read, although its end has not come.
    """

    method: str
    target: bytes
    headers: HeaderList
    body: bytes | AsyncIterator[bytes] | None
    limits: Limits
    length: int | None = None
    released: Callable[[], None] | None = None


class Inbound(Protocol):
    """A final answer's head (1xx are dropped), with its body still on the wire."""

    @property
    def status(self) -> int:
        """100 to 999 as received; 101 never gets here (a `TransportError`)."""
        ...

    @property
    def headers(self) -> HeaderList:
        """As received, framing and hop-by-hop fields included."""
        ...

    @property
    def at_hand(self) -> bool:
        """Whether the first of `chunks`, or their end, is there without waiting; False where not known."""
        ...

    def chunks(self) -> AsyncIterator[bytes]:
        """The body's bytes without transfer coding, as they arrive; once.

        Raises `TransportError` where the body breaks off, goes silent, or is framed wrongly.
        """
        ...

    async def aclose(self) -> None:
        """Frees the connection: reused if the body was read to its end, closed if not. Idempotent, and safe
        under cancellation."""
        ...


class Transport(Protocol):
    """One per service; `send` is safe to cancel at any point and then frees what it held."""

    async def send(self, request: Outbound) -> Inbound:
        """Sends, and returns when the final head is there, whether or not the request body has been sent."""
        ...

    async def aclose(self) -> None:
        """Closes idle connections at once, busy ones when they end."""
        ...
