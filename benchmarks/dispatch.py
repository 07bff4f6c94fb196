"""What it costs to bring a request to its handler: FastAPI's way, the edge's route in it, and before it.

Run `python benchmarks/dispatch.py`; no sockets, so that nothing but the dispatch and the rules is measured.
Every round calls each application in turn; the best rounds are compared, as a shared machine only adds.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import jwt
from dishka import Provider, Scope, make_async_container
from dishka.integrations.fastapi import FromDishka, setup_dishka
from fastapi import FastAPI, Request, Response

from proxygen.runtime.app import create_edge
from proxygen.runtime.edge import Edge
from proxygen.runtime.forwarder import Forwarder
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.operation import Operation
from proxygen.runtime.plan import TransportFactory
from proxygen.runtime.providers import edge_providers
from proxygen.runtime.routing.route import ProxyRouter
from proxygen.runtime.settings import EdgeSettings, Service, ServiceSettings
from proxygen.runtime.transport.seam import HeaderList, Outbound

SECRET = "a-secret-of-the-benchmark-32-bytes-or-more"  # noqa: S105 - signs nothing else
BODY = b'{"id": "7", "name": "Algebra"}'
ALTERNATIVES = ("ordinary", "included", "direct")


class Answering:
    """A downstream that answers at once."""

    status = 200
    at_hand = True
    headers: HeaderList = [(b"Content-Type", b"application/json"), (b"Content-Length", b"30")]  # noqa: RUF012 - the seam's type, and nobody writes to it

    async def send(self, request: Outbound) -> Answering:
        """The same answer to all."""
        return self

    async def chunks(self) -> AsyncIterator[bytes]:
        """Its body in one piece."""
        yield BODY

    async def aclose(self) -> None:
        """Nothing is open."""


def operations(count: int) -> list[Operation]:
    """As many operations, each with a path of its own."""
    return [
        Operation(
            service="classes",
            operation_id=f"getThing{number}",
            method="GET",
            edge_path=f"/v1/things{number}/{{id}}/parts/{{part}}",
            downstream_path=f"/v1/things{number}/{{id}}/parts/{{part}}",
        )
        for number in range(count)
    ]


def router_of(count: int) -> ProxyRouter:
    """Their routes, as the generator writes them."""
    router = ProxyRouter()
    for operation in operations(count):
        _add(router, operation)
    return router


def _add(router: ProxyRouter, operation: Operation) -> None:
    @router.operation(operation)
    async def handler(
        request: Request, identity: FromDishka[Identity], forward: FromDishka[Forwarder]
    ) -> Response:
        return await forward(operation, request, identity)


def ordinary(count: int) -> FastAPI:
    """FastAPI's own routes, which answer at once and check nothing."""
    app = FastAPI()
    for operation in operations(count):

        @app.get(operation.edge_path)
        async def answer(id: str, part: str) -> Response:  # noqa: A002 - the path's own name
            return Response(BODY, media_type="application/json")

    return app


def described(count: int) -> tuple[Edge, EdgeSettings, Provider]:
    """An edge of so many routes, before a downstream in memory."""
    edge = Edge(
        name="benchmark",
        services=(Service(name="classes", base_url_env="CLASSES_URL"),),
        routers=(router_of(count),),
        contract=Path("openapi.json"),
    )
    settings = EdgeSettings(
        token_secret=SECRET,  # type: ignore[arg-type]  # pydantic makes it a SecretStr
        services={"classes": ServiceSettings(base_url="http://classes.test")},
    )
    downstream = Provider(scope=Scope.APP)
    downstream.provide(lambda: lambda service: Answering(), provides=TransportFactory)
    return edge, settings, downstream


def included(count: int) -> FastAPI:
    """The edge's routers in a team's own application."""
    edge, settings, downstream = described(count)
    app = FastAPI()
    for router in edge.routers:
        app.include_router(router)
    setup_dishka(make_async_container(*edge_providers(edge, settings), downstream), app)
    return app


def direct(count: int) -> FastAPI:
    """The production application."""
    edge, settings, downstream = described(count)
    return create_edge(edge, settings, providers=(downstream,))


def scope_of(number: int) -> dict[str, Any]:
    """A request for the route of this number, as a server hands it over."""
    path = f"/v1/things{number}/7/parts/8"
    claims = {"sub": "alice", "exp": int(time.time()) + 3600}
    token = jwt.encode(claims, SECRET, algorithm="HS256").encode()
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"host", b"edge.test"),
            (b"authorization", b"Bearer " + token),
            (b"accept", b"application/json"),
            (b"user-agent", b"benchmark"),
        ],
        "client": ("192.0.2.1", 40000),
        "server": ("127.0.0.1", 80),
    }


async def seconds_per_request(app: FastAPI, scope: dict[str, Any], requests: int) -> float:
    """The mean over so many requests, each of which must be answered with the whole body."""
    got = bytearray()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        got.extend(message.get("body", b""))

    started = time.perf_counter()
    for _ in range(requests):
        await app(dict(scope), receive, send)
    elapsed = time.perf_counter() - started
    if bytes(got) != BODY * requests:
        raise AssertionError("an answer was not the downstream's")
    return elapsed / requests


async def measure(counts: Sequence[int], rounds: int, requests: int) -> dict[str, float]:
    """Microseconds in the best round, by alternative, number of routes, and first or last route."""
    makers = {"ordinary": ordinary, "included": included, "direct": direct}
    apps = {(name, count): makers[name](count) for name in ALTERNATIVES for count in counts}
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for (name, count), app in apps.items():
            for place, number in (("first", 0), ("last", count - 1)):
                taken = await seconds_per_request(app, scope_of(number), requests)
                times.setdefault(f"{name} {count} {place}", []).append(taken)
    return {key: min(values) * 1e6 for key, values in times.items()}


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--routes", type=int, nargs="+", default=[10, 1000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=300)
    arguments = parser.parse_args()
    logging.getLogger("proxygen.edge").setLevel(logging.INFO)
    logging.getLogger("proxygen.edge").addHandler(logging.NullHandler())
    logging.getLogger("proxygen.edge").propagate = False
    found = asyncio.run(measure(arguments.routes, arguments.rounds, arguments.requests))
    base = found[f"ordinary {arguments.routes[0]} first"]
    for key, microseconds in found.items():
        sys.stdout.write(f"{key:<22} {microseconds:8.0f} us   x{microseconds / base:6.2f}\n")


if __name__ == "__main__":
    main()
