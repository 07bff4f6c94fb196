"""R1 and R4: randomised requests of many users; each arrives as its token's user's, or not at all."""

from __future__ import annotations

import asyncio
import random
import statistics
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from proxygen.testing.edge import Sent, fold
from proxygen.testing.requests import fill
from proxygen.testing.written import written
from tests.soak.figure import Figure, Outcome, Progress
from tests.soak.load import Connection
from tests.soak.receiver import Arrived, Receiver
from tests.soak.stage import MEGABYTE, Worker, served
from tests.soak.variety import MALLORY, Shape, shapes, spoofed_lines, written_out
from tests.wire.client import Answer
from tests.wire.tokens import token

USERS: Final = 1_000
TOKENS: Final = 10_000
CONNECTIONS: Final = 32
SAMPLES: Final = 200
"""How often the memory is looked at."""
WARM_UP: Final = 0.2
"""The part of the samples before memory is judged."""
WARM: Final = 200_000
"""Requests below which memory is not judged: caches are still filling."""
CLEAN: Final = 0.75
"""The part of the requests in which no input is bound to identity; the others set one."""
SPOOFS: Final = 4_000
"""Different sets of spoofed header lines."""
_SCOPES = "classes.admin identity.users.read identity.users.write identity.audit.read"


@dataclass(frozen=True, slots=True)
class Caller:
    """A user by one of its tokens."""

    user: str
    organisation: str | None
    token: str

    @classmethod
    def numbered(cls, number: int) -> Caller:
        """One of `TOKENS`; every third has no organisation."""
        user = f"user-{number % USERS:04d}"
        organisation = None if number % 3 == 0 else f"org-{number % 7}"
        return cls(
            user,
            organisation,
            token(
                user,
                org_id=organisation,
                jti=str(number),
                scope=_SCOPES,
                exp=_LATER,
            ),
        )


_LATER = 4_000_000_000


@dataclass(slots=True)
class Ledger:
    """Who sent what: a request's correlation id names its caller and its shape."""

    callers: list[Caller]
    shapes: list[Shape]
    faults: Counter[str] = field(default_factory=Counter)
    arrived: int = 0

    def id_of(self, number: int, caller: int | None, shape: int) -> str:
        """The correlation id of a request."""
        return f"n{number}.{'none' if caller is None else caller}.{shape}"

    def receive(self, request: Arrived) -> bytes:
        """Judges a request that came, and answers with its id and with headers that must not get through."""
        self.arrived += 1
        ids = request.values(b"x-correlation-id")
        if len(ids) != 1:
            self.faults["without one correlation id"] += 1
            return b"HTTP/1.1 500 Fault\r\nContent-Length: 0\r\n\r\n"
        fault = self._fault(request, ids[0].decode())
        if fault is not None:
            self.faults[fault] += 1
        head = b"HTTP/1.1 200 OK\r\nX-User-ID: leaked\r\nContent-Length: %d\r\n\r\n" % len(ids[0])
        return head if request.method == b"HEAD" else head + ids[0]

    def _fault(self, request: Arrived, identifier: str) -> str | None:
        _, caller_number, shape_number = identifier.split(".")
        shape = self.shapes[int(shape_number)]
        caller = None if caller_number == "none" else self.callers[int(caller_number)]
        if not shape.reads_token:
            caller = None
        user = [] if caller is None else [caller.user]
        organisation = [] if caller is None or not caller.organisation else [caller.organisation]
        seen: dict[str, list[str]] = {}
        for name, value in request.lines:
            seen.setdefault(fold(name.decode("latin-1")), []).append(value.decode("latin-1"))
        if seen.get("xuserid", []) != user:
            return "with another X-User-ID than its token's"
        if seen.get("xorgid", []) != organisation:
            return "with another X-Org-ID than its token's"
        if seen.get("xproxiedby") != ["api-gateway-service"]:
            return "with another X-Proxied-By than the edge's"
        if {"authorization", "cookie", "xuserroles", "xforwardeduser", "remoteuser"} & seen.keys():
            return "with a header that must not get through"
        if any(MALLORY in value for values in seen.values() for value in values):
            return "with a spoofed value in a header"
        return self._fault_inside(request, shape, caller)

    def _fault_inside(self, request: Arrived, shape: Shape, caller: Caller | None) -> str | None:
        target = request.target.decode("latin-1")
        names = {} if caller is None else {"user_id": caller.user, "org_id": caller.organisation}
        if target.partition("?")[0] != fill(shape.path, {k: v for k, v in names.items() if v}):
            return "at another path"
        if MALLORY in target or MALLORY.encode() in request.body:
            return "with a spoofed value in query or body"
        sent = Sent(request.method.decode(), target, _text(request.lines), request.body)
        for place in shape.places:
            value = names.get(place.field)
            found = written(place, sent)
            expected = [value] if value or place.absent == "null" else []
            if found != expected:
                return f"with another {place.field} in its {place.place} than its token's"
        return None

    def judge(self, answer: Answer, identifier: str, shape: Shape, *, arrives: bool) -> None:
        """What the client saw must be the answer to its own request, forwarded only where it may be."""
        if answer.closed or answer.status == 0:
            self.faults["answers that broke off"] += 1
        elif (answer.status == 200) is not arrives:
            self.faults[
                f"answers {answer.status} to {shape.expected.method} {shape.expected.path}"
            ] += 1
        elif answer.values("x-correlation-id") != [identifier]:
            self.faults["answers with another correlation id"] += 1
        elif answer.values("x-user-id"):
            self.faults["answers with a downstream's identity header"] += 1
        elif answer.status == 200 and shape.method != "HEAD" and answer.body != identifier.encode():
            self.faults["answers to another's request"] += 1


def _text(lines: list[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in lines)


class Crowd:
    """Clients that take their requests from one random sequence."""

    def __init__(self, ledger: Ledger, port: int, count: int, progress: Progress) -> None:
        self._ledger = ledger
        self._port = port
        self._count = count
        self._progress = progress
        self._chance = random.Random(20260301)  # noqa: S311 - the same requests in every run
        self._spoofs = [spoofed_lines(self._chance) for _ in range(SPOOFS)]
        numbers = range(len(ledger.shapes))
        self._clean = [number for number in numbers if ledger.shapes[number].clean]
        self._spoiled = [number for number in numbers if not ledger.shapes[number].clean]
        self.sent = 0
        self.left = 0
        self.unanswered = 0

    async def run(self) -> None:
        """Sends them all."""
        await asyncio.gather(*(self._client() for _ in range(CONNECTIONS)))

    async def _client(self) -> None:
        connection, refused = await Connection.open(self._port), False
        chance = self._chance
        while self.sent < self._count:
            if connection.closed:
                connection, refused = await Connection.open(self._port), False
            batch = [self._request() for _ in range(chance.choice((1, 1, 1, 2, 3)))]
            if chance.random() < 0.01:
                data = batch[0][0]
                connection.send(data[: chance.randrange(1, len(data) + 1)])
                await asyncio.sleep(chance.random() * 0.01)
                connection.abort()
                connection.closed = True
                self.left += len(batch)
                continue
            answers = await connection.ask(*(data for data, _, _, _ in batch))
            for answer, (_, identifier, shape, arrives) in zip(answers, batch, strict=True):
                if refused and not answer.raw:
                    # A body that nobody reads ends its connection, and with it what was sent behind.
                    self.unanswered += 1
                    continue
                self._ledger.judge(answer, identifier, shape, arrives=arrives)
                refused = answer.status != 200 and shape.body is not None
        connection.abort()

    def _request(self) -> tuple[bytes, str, Shape, bool]:
        chance, ledger = self._chance, self._ledger
        self.sent += 1
        if self.sent % 100 == 0:
            self._progress(self.sent)
        number = chance.choice(self._clean if chance.random() < CLEAN else self._spoiled)
        shape = ledger.shapes[number]
        caller = None if chance.random() < 0.05 else chance.randrange(len(ledger.callers))
        identifier = ledger.id_of(self.sent, caller, number)
        lines = [f"X-Correlation-ID: {identifier}", *chance.choice(self._spoofs)]
        if caller is not None:
            lines.append(f"Authorization: Bearer {ledger.callers[caller].token}")
        member = caller is not None and ledger.callers[caller].organisation is not None
        data = written_out(
            shape,
            tuple(lines),
            chunked=chance.random() < 0.4,
            trailer=chance.random() < 0.3,
            pieces=chance.randrange(1, 5),
        )
        arrives = shape.arrives(token=caller is not None, organisation=member)
        return data, identifier, shape, arrives


async def run(count: int, progress: Progress) -> Outcome:
    """Randomised requests; their identity, and what the edge's memory and tasks do meanwhile."""
    ledger = Ledger([Caller.numbered(number) for number in range(TOKENS)], shapes())
    samples: list[tuple[int, int]] = []
    async with (
        Receiver.listening(ledger.receive) as port,
        served(port, EDGE_TOKEN_LEEWAY="30") as edge,
    ):
        worker = Worker(edge)
        tasks = worker.tasks

        def looked(done: int) -> None:
            progress(done)
            if done // max(1, count // SAMPLES) >= len(samples):
                samples.append((done, worker.memory))

        crowd = Crowd(ledger, edge.port, count, looked)
        await crowd.run()
        await worker.settled(worker.descriptors, tasks)
        more_tasks = worker.tasks - tasks
    figures = [
        Figure(what="requests sent", measured=crowd.sent, limit=count, least=True),
        Figure(what="of them forwarded", measured=ledger.arrived, limit=count // 2, least=True),
        Figure(
            what="with a wrong, missing or second identity, or another's answer",
            measured=ledger.faults.total(),
            limit=0,
        ),
        Figure(what="tasks more than before", measured=more_tasks, limit=0),
    ]
    if count >= WARM:
        growth = round(slope(samples) * 100_000 / MEGABYTE, 3)
        what = "memory for 100,000 requests more, after warming up"
        figures.append(Figure(what=what, measured=growth, limit=1, unit="MB"))
    return Outcome(
        figures=tuple(figures),
        samples=tuple(samples),
        faults=tuple(f"{times} {fault}" for fault, times in ledger.faults.most_common(5)),
    )


def slope(samples: list[tuple[int, int]]) -> float:
    """Bytes per request, by least squares over the samples behind the warm-up."""
    judged = samples[int(len(samples) * WARM_UP) :]
    if len(judged) < 2:
        return 0.0
    requests, memory = zip(*judged, strict=True)
    return statistics.linear_regression(requests, memory).slope
