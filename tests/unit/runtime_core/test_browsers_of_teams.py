"""CORS of a team's own, by Starlette's middleware: the edge's stays out of its way, nothing is doubled."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from dishka import make_async_container
from dishka.integrations.fastapi import setup_dishka
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from proxygen.runtime.app import EdgeApplication
from proxygen.runtime.providers import edge_providers
from tests.unit.runtime_core import mini_edge
from tests.unit.runtime_core.calling import Client, Result
from tests.unit.runtime_core.conftest import transport_provider
from tests.unit.runtime_core.scripted import Scripted, json_answer

APP = b"https://app.example"
PREFLIGHT = ((b"origin", APP), (b"access-control-request-method", b"GET"))
OURS: dict[str, object] = {"cors": {"origins": (APP.decode(),), "expose": ("ETag",)}}


@pytest.fixture(params=["team's", "EdgeApplication"])
def served(
    request: pytest.FixtureRequest, make: Callable[..., EdgeApplication], downstream: Scripted
) -> Callable[[dict[str, object]], Client]:
    """Makes an application that has Starlette's middleware, with these settings of the edge."""

    def build(settings: dict[str, object]) -> Client:
        if request.param == "team's":
            app = FastAPI()
            for router in mini_edge.ROUTERS:
                app.include_router(router)
            providers = edge_providers(mini_edge.edge(), mini_edge.settings(**settings))
            setup_dishka(make_async_container(*providers, transport_provider(downstream)), app)
        else:
            app = make(settings=settings)
        app.add_middleware(
            CORSMiddleware, allow_origins=[APP.decode()], allow_headers=["authorization"]
        )
        return Client(app)

    return build


def lines(result: Result, name: str) -> list[str]:
    return result.values(f"access-control-{name}")


async def test_alone_the_teams_answers(
    served: Callable[[dict[str, object]], Client], downstream: Scripted
) -> None:
    client = served({})
    asked = await client.call("OPTIONS", "/v1/classes/7", *PREFLIGHT, token=False)
    assert (asked.status, asked.body) == (200, b"OK")
    assert lines(asked, "allow-origin") == [APP.decode()]
    assert downstream.sent == []
    downstream.answers = [json_answer(b"{}", 200, (b"Access-Control-Allow-Origin", b"*"))]
    answered = await client.call("GET", "/v1/classes/7", (b"origin", APP))
    assert lines(answered, "allow-origin") == [APP.decode()]
    assert answered.values("vary") == ["Origin"]


@pytest.mark.parametrize(("method", "token"), [("GET", True), ("GET", False), ("OPTIONS", False)])
async def test_beside_the_edges_nothing_is_doubled(
    served: Callable[[dict[str, object]], Client], downstream: Scripted, method: str, token: bool
) -> None:
    asks = PREFLIGHT if method == "OPTIONS" else PREFLIGHT[:1]
    answered = await served(OURS).call(method, "/v1/classes/7", *asks, token=token)
    assert lines(answered, "allow-origin") == [APP.decode()]
    assert len(answered.values("vary")) == 1
    for name in ("allow-methods", "allow-headers", "expose-headers", "max-age"):
        assert len(lines(answered, name)) <= 1
