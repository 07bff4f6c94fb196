"""The small edge before a downstream in memory, called as a server calls it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from dishka import Provider, make_async_container
from dishka import Scope as Lifetime
from dishka.integrations.fastapi import setup_dishka
from fastapi import Depends, FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from proxygen.runtime.app import EdgeApplication, create_edge
from proxygen.runtime.plan import TransportFactory
from proxygen.runtime.providers import edge_providers
from tests.unit.runtime_core import mini_edge
from tests.unit.runtime_core.calling import Client
from tests.unit.runtime_core.scripted import Scripted, json_answer


@pytest.fixture
def downstream() -> Scripted:
    script = Scripted()
    script.answers = [json_answer()]
    return script


def transport_provider(downstream: Scripted) -> Provider:
    provider = Provider(scope=Lifetime.APP)
    provider.provide(lambda: downstream, provides=TransportFactory)
    return provider


@pytest.fixture
def make(downstream: Scripted) -> Callable[..., EdgeApplication]:
    """Makes the edge with changes to its description or settings."""

    def build(
        *providers: Provider, settings: dict[str, object] | None = None, **changes: object
    ) -> EdgeApplication:
        edge = mini_edge.edge(**changes)  # type: ignore[arg-type]
        return create_edge(
            edge,
            mini_edge.settings(**(settings or {})),
            providers=(transport_provider(downstream), *providers),
        )

    return build


class Plain:
    """A middleware that does nothing, so that nothing is dispatched before it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def team_app(downstream: Scripted, *dependencies: Callable[..., object]) -> FastAPI:
    """A team's own application, with the edge's routers beside its own routes."""
    app = FastAPI()
    for router in mini_edge.ROUTERS:
        app.include_router(router, dependencies=[Depends(one) for one in dependencies])
    providers = edge_providers(mini_edge.edge(), mini_edge.settings())
    setup_dishka(make_async_container(*providers, transport_provider(downstream)), app)
    return app


def asks_for_nothing() -> None:
    """A dependency of a team's, so that FastAPI has something to solve."""


ENTRIES = ("direct", "through FastAPI", "in a team's app", "in a team's app, with a dependency")


@pytest.fixture(params=ENTRIES)
async def client(
    request: pytest.FixtureRequest, make: Callable[..., EdgeApplication], downstream: Scripted
) -> AsyncIterator[Client]:
    """The edge by each of its entries; what holds for one must hold for all."""
    if request.param == "in a team's app":
        app: FastAPI = team_app(downstream)
    elif request.param == "in a team's app, with a dependency":
        app = team_app(downstream, asks_for_nothing)
    else:
        app = make()
        if request.param == "through FastAPI":
            app.add_middleware(Plain)
    yield Client(app)
    await app.state.dishka_container.close()
