"""A downstream in memory: answers as it is told, and keeps what it was sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from proxygen.runtime.kinds import Kind
from proxygen.runtime.settings import ServiceSettings
from proxygen.runtime.transport.seam import HeaderList, Inbound, Outbound, TransportError

Step = bytes | float | TransportError
"""Of a body: bytes, a silence in seconds, or how it breaks off."""


@dataclass(slots=True)
class Answer:
    """What to answer: a head after `delay` seconds, then the steps of its body."""

    status: int = 200
    headers: HeaderList = field(default_factory=list)
    body: Sequence[Step] = ()
    delay: float = 0.0
    at_hand: bool = True
    closed: int = 0
    read: bool = False

    async def chunks(self) -> AsyncIterator[bytes]:
        for step in self.body:
            if isinstance(step, bytes):
                yield step
            elif isinstance(step, TransportError):
                raise step
            else:
                await asyncio.sleep(step)
        self.read = True

    async def aclose(self) -> None:
        self.closed += 1


def json_answer(
    content: bytes = b'{"ok":true}', status: int = 200, *lines: tuple[bytes, bytes]
) -> Answer:
    """A whole answer with its length."""
    headers = [
        (b"Content-Type", b"application/json"),
        (b"Content-Length", b"%d" % len(content)),
        *lines,
    ]
    return Answer(status, headers, (content,))


@dataclass(slots=True)
class Sent:
    """One request as the transport got it."""

    service: str
    outbound: Outbound
    body: bytes | None
    cancelled: bool = False

    @property
    def target(self) -> bytes:
        return self.outbound.target

    def values(self, name: str) -> list[bytes]:
        wanted = name.lower().encode()
        return [value for found, value in self.outbound.headers if found.lower() == wanted]


class Scripted:
    """All services of an edge; give it to dishka as the `TransportFactory`."""

    def __init__(self) -> None:
        self.answers: list[Answer | TransportError] = []
        self.sent: list[Sent] = []
        self.closed: list[str] = []

    def __call__(self, service: ServiceSettings) -> _Transport:
        return _Transport(self, service.origin.host.removesuffix(".test"))

    def next(self) -> Answer | TransportError:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def only(self) -> Sent:
        assert len(self.sent) == 1, f"{len(self.sent)} requests were sent"
        return self.sent[0]


class _Transport:
    def __init__(self, script: Scripted, service: str) -> None:
        self._script = script
        self._service = service

    async def send(self, request: Outbound) -> Inbound:
        sent = Sent(self._service, request, None)
        self._script.sent.append(sent)
        if isinstance(request.body, bytes):
            sent.body = request.body
        elif request.body is not None:
            sent.body = b"".join([chunk async for chunk in request.body])
        answer = self._script.next()
        if isinstance(answer, TransportError):
            raise answer
        try:
            await asyncio.sleep(answer.delay)
        except asyncio.CancelledError:
            sent.cancelled = True
            raise
        return answer

    async def aclose(self) -> None:
        self._script.closed.append(self._service)


def failure(kind: Kind, *, sent: bool = True, reused: bool = False) -> TransportError:
    """How a transport fails."""
    return TransportError(kind, "as the test says", sent=sent, reused=reused)
