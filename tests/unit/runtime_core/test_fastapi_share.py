"""What FastAPI runs between an included route and its handler: nothing, where it has nothing to do."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest
from dishka import make_async_container
from dishka.integrations.fastapi import setup_dishka
from fastapi import APIRouter, Depends, FastAPI, Request, routing
from fastapi.telemetry import TelemetryConfig
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.types import Receive, Scope, Send

from proxygen.runtime.providers import edge_providers
from tests.unit.runtime_core import mini_edge
from tests.unit.runtime_core.calling import Client
from tests.unit.runtime_core.conftest import transport_provider
from tests.unit.runtime_core.scripted import Scripted
from tests.unit.runtime_core.test_tracing import tracer_provider

PATH = "/v1/classes/7"


def contained(app: FastAPI, downstream: Scripted) -> Watched:
    providers = edge_providers(mini_edge.edge(), mini_edge.settings())
    setup_dishka(make_async_container(*providers, transport_provider(downstream)), app)
    return Watched(app)


def includes(app: FastAPI | APIRouter, **options: Any) -> None:
    for router in mini_edge.ROUTERS:
        app.include_router(router, **options)


class Watched(Client):
    """Calls an application, and sees of which requests FastAPI has solved the dependencies."""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(self._watched)
        self._app = app
        self.solved: list[str] = []

    async def _watched(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
        if "fastapi_function_astack" in scope:
            self.solved.append(scope["path"])


async def test_without_a_dependency_none_is_solved(downstream: Scripted) -> None:
    app = FastAPI()
    includes(app)
    client = contained(app, downstream)
    assert (await client.call("GET", PATH)).status == 200
    assert client.solved == []


@pytest.mark.parametrize("place", ["application", "inclusion", "outer router", "outer inclusion"])
async def test_a_dependency_of_any_router_around_it_is_solved(
    downstream: Scripted, place: str
) -> None:
    seen: list[str] = []

    async def notes(request: Request) -> None:
        seen.append(request.url.path)

    def here(name: str) -> dict[str, Any]:
        return {"dependencies": [Depends(notes)]} if name == place else {}

    app = FastAPI(**here("application"))
    outer = APIRouter(**here("outer router"))
    includes(outer, **here("inclusion"))
    app.include_router(outer, **here("outer inclusion"))
    client = contained(app, downstream)
    assert (await client.call("GET", PATH)).status == 200
    assert seen == client.solved == [PATH]
    assert (await client.call("GET", PATH, token=False)).status == 401
    assert seen == [PATH]


async def test_the_same_route_is_included_with_and_without_a_dependency(
    downstream: Scripted,
) -> None:
    app = FastAPI()
    includes(app)
    includes(app, prefix="/paid", dependencies=[Depends(lambda: None)])
    client = contained(app, downstream)
    for path in (PATH, f"/paid{PATH}"):
        assert (await client.call("GET", path)).status == 200
    assert client.solved == [f"/paid{PATH}"]


async def test_a_limit_of_bodies_holds(downstream: Scripted) -> None:
    app = FastAPI()
    includes(app, max_body_size=4)
    client = contained(app, downstream)
    assert (await client.call("POST", "/bff/v1/teacher/x", body=b"12345")).status == 413
    assert (await client.call("POST", "/bff/v1/teacher/x", body=b"1234")).status == 200


@pytest.mark.parametrize(
    "name", ["get_request_handler", "solve_dependencies", "run_endpoint_function"]
)
async def test_a_tracer_in_the_place_of_fastapi_s_function_is_called(
    downstream: Scripted, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    called: list[str] = []
    original: Callable[..., Any] = vars(routing)[name]

    @functools.wraps(original)
    def traced(*args: Any, **options: Any) -> Any:
        called.append(name)
        return original(*args, **options)

    monkeypatch.setattr(routing, name, traced)
    app = FastAPI()
    includes(app)
    client = contained(app, downstream)
    called.clear()
    assert (await client.call("GET", PATH)).status == 200
    assert called


async def test_spans_of_fastapi_s_own_are_all_there(downstream: Scripted) -> None:
    kept = InMemorySpanExporter()
    telemetry: TelemetryConfig = {"tracer_provider": tracer_provider(kept)}
    app = FastAPI(telemetry=telemetry)
    includes(app)
    assert (await contained(app, downstream).call("GET", PATH)).status == 200
    names = {span.name for span in kept.get_finished_spans()}
    assert names >= {"fastapi.dependencies", "fastapi.endpoint", "GET /v1/classes/{class-id}"}
