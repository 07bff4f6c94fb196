"""The whole application: guard, pages, error formats, and everything of a team's own that must still run."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from dishka import Provider, make_async_container
from dishka import Scope as Lifetime
from dishka.integrations.fastapi import setup_dishka
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from proxygen.runtime.app import EdgeApplication, create_edge, extend_openapi
from proxygen.runtime.errors import EdgeError, ErrorFormat
from proxygen.runtime.forwarder import Forwarder
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.kinds import Kind
from proxygen.runtime.providers import edge_providers
from proxygen.runtime.routing.route import ProxyRoute
from proxygen.runtime.settings import SettingsError
from tests.unit.runtime_core import mini_edge
from tests.unit.runtime_core.calling import Client
from tests.unit.runtime_core.conftest import (
    Plain,
    asks_for_nothing,
    team_app,
    transport_provider,
)
from tests.unit.runtime_core.scripted import Answer, Scripted, failure

Make = Callable[..., EdgeApplication]


@pytest.fixture(params=["direct", "through FastAPI"])
def edge(request: pytest.FixtureRequest, make: Make) -> Client:
    app = make()
    if request.param == "through FastAPI":
        app.add_middleware(Plain)
    return Client(app)


async def test_an_unknown_path_is_404_under_one_label(edge: Client) -> None:
    for number in range(3):
        result = await edge.call("GET", f"/nothing/{number}", (b"x-correlation-id", b"abc"))
        assert (result.status, result.json) == (404, {"detail": "Not Found"})
        assert result.values("x-correlation-id") == ["abc"]
    labels = {"method": "GET", "endpoint": "unmatched", "http_status": "404"}
    assert await edge.count("http_requests_total", **labels) == 3


async def test_a_method_that_a_path_has_not_is_405_under_one_label(edge: Client) -> None:
    result = await edge.call("PUT", "/v1/classes")
    assert (result.status, result.json) == (405, {"detail": "Method Not Allowed"})
    assert result.values("allow") == ["GET, HEAD"]
    labels = {"method": "PUT", "endpoint": "unmatched", "http_status": "405"}
    assert await edge.count("http_requests_total", **labels) == 1


async def test_no_slash_is_added_or_taken(edge: Client) -> None:
    assert (await edge.call("GET", "/v1/classes/")).status == 404


async def test_the_guard_is_before_everything(edge: Client, downstream: Scripted) -> None:
    result = await edge.call("GET", "/v1/classes/7", (b"host", b"other.test"), token=False)
    assert result.status == 400
    assert len(result.values("x-correlation-id")) == 1
    assert (await edge.call("FOO", "/v1/classes/7")).status == 405
    labels = {"method": "OTHER", "endpoint": "unmatched", "http_status": "405"}
    assert await edge.count("http_requests_total", **labels) == 1
    assert downstream.sent == []


async def test_pages_are_correlated_and_not_counted(edge: Client) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        result = await edge.call("GET", path, token=False)
        assert result.status == 200, path
        assert len(result.values("x-correlation-id")) == 1
    assert not any(name.startswith("http_requests_total{") for name in await edge.metrics())


async def test_a_scrape_shows_the_five_metrics_and_the_breakers(edge: Client) -> None:
    await edge.call("GET", "/v1/classes/7")
    text = (await edge.call("GET", "/metrics", token=False)).body.decode()
    names = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    assert names == {
        "http_requests_total",
        "http_request_duration_seconds",
        "downstream_service_calls_total",
        "downstream_service_call_duration_seconds",
        "api_errors_total",
        "circuit_breaker_state",
    }
    assert "_created" not in text


async def test_the_committed_contract_is_served_as_it_is(make: Make, tmp_path: Path) -> None:
    document = {"openapi": "3.1.0", "info": {"title": "edge", "version": "1"}, "paths": {"/x": {}}}
    contract = tmp_path / "openapi.json"
    contract.write_text(json.dumps(document))
    client = Client(make(contract=contract))
    assert (await client.call("GET", "/openapi.json", token=False)).json == document
    assert (await client.call("GET", "/docs", token=False)).status == 200


async def test_problem_details_have_the_same_text_and_the_canonical_id(
    make: Make, downstream: Scripted
) -> None:
    client = Client(make(error_format=ErrorFormat.PROBLEM))
    downstream.answers = [failure(Kind.READ_TIMEOUT)]
    result = await client.call("GET", "/v1/classes/7", (b"x-correlation-id", b"abc"))
    assert result.values("content-type") == ["application/problem+json"]
    problem = result.json
    assert problem.pop("correlation_id") != "abc"
    assert problem == {
        "type": "about:blank",
        "title": "Gateway Timeout",
        "status": 504,
        "detail": "Gateway timeout",
    }
    invalid = (await client.call("GET", "/v1/classes?limit=x")).json
    assert isinstance(invalid["detail"], str)
    assert invalid["errors"][0]["loc"] == ["query", "limit"]
    for target in ("/nothing", "/v1/classes/"):
        assert (await client.call("GET", target)).json["status"] == 404


async def test_a_prefix_is_put_before_the_five_names(make: Make) -> None:
    client = Client(make(metrics_prefix="edge_"))
    await client.call("GET", "/v1/classes/7")
    assert all(name.startswith("edge_") for name in await client.metrics())


async def test_an_unexpected_error_is_a_generic_503(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    provider = Provider(scope=Lifetime.REQUEST)

    def broken() -> Identity:
        raise ValueError(" ".join(("the", "secret", "of", "alice")))

    provider.provide(broken, provides=Identity)
    client = Client(make(provider))
    result = await client.call("GET", "/v1/classes/7")
    assert (result.status, result.json) == (503, {"detail": "Service unavailable"})
    labels = {"endpoint": "/v1/classes/{class-id}", "error_type": "proxy_error"}
    assert await client.count("api_errors_total", **labels) == 1
    assert "ValueError" in caplog.text
    assert "in broken" in caplog.text
    assert "the secret of alice" not in caplog.text


async def test_a_team_s_identity_and_its_refusal_are_honoured(
    make: Make, downstream: Scripted
) -> None:
    provider = Provider(scope=Lifetime.REQUEST)

    def own(request: Request) -> Identity:
        if "x-session" not in request.headers:
            raise HTTPException(403, "no session", headers={"X-Why": "session"})
        return Identity("bob")

    provider.provide(own, provides=Identity)
    client = Client(make(provider, settings={"token_secret": None}))
    refused = await client.call("GET", "/v1/classes/7", token=False)
    assert (refused.status, refused.json) == (403, {"detail": "no session"})
    assert refused.values("x-why") == ["session"]
    assert (
        await client.call("GET", "/v1/classes/7", (b"x-session", b"1"), token=False)
    ).status == 200
    assert downstream.only.values("x-user-id") == [b"bob"]


def test_an_edge_that_reads_tokens_does_not_start_without_a_key(make: Make) -> None:
    with pytest.raises(SettingsError, match="EDGE_TOKEN_SECRET"):
        make(settings={"token_secret": None})


async def test_the_identity_is_resolved_once(make: Make, downstream: Scripted) -> None:
    calls: list[int] = []
    provider = Provider(scope=Lifetime.REQUEST)

    def counted() -> Identity:
        calls.append(1)
        return Identity("alice")

    provider.provide(counted, provides=Identity)
    await Client(make(provider)).call("GET", "/v1/classes/7")
    assert calls == [1]


async def test_the_lifespan_opens_and_closes_what_the_edge_needs(
    make: Make, downstream: Scripted
) -> None:
    app = make()
    messages: list[Message] = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[str] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message["type"])

    await app({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert sorted(downstream.closed) == ["accounts", "batches", "classes", "teacher"]


class Team:
    """A team's application around the edge's routers."""

    def __init__(self, downstream: Scripted) -> None:
        self.app = FastAPI()
        self.downstream = downstream

    def included(self, **options: Any) -> Client:
        for router in mini_edge.ROUTERS:
            self.app.include_router(router, **options)
        return self.contained()

    def contained(self) -> Client:
        providers = edge_providers(mini_edge.edge(), mini_edge.settings())
        container = make_async_container(*providers, transport_provider(self.downstream))
        setup_dishka(container, self.app)
        return Client(self.app)


@pytest.fixture
def team(downstream: Scripted) -> Team:
    return Team(downstream)


async def test_a_prefix_is_part_of_the_edge_s_paths(team: Team, downstream: Scripted) -> None:
    client = team.included(prefix="/api/{tenant}")
    assert (await client.call("GET", "/api/t1/v1/classes/a%2Fb")).status == 200
    assert downstream.only.target == b"/base/v1/classes/a%2Fb"
    assert (await client.call("PUT", "/api/t1/bff/v1/teacher/x%2Fy/z")).status == 200
    assert downstream.sent[-1].target == b"/base/v1/teacher/x%2Fy/z"
    labels = {"method": "GET", "endpoint": "/api/{tenant}/v1/classes/{class-id}"}
    assert await client.count("http_requests_total", **labels, http_status="200") == 1


@pytest.mark.parametrize("path", ["/v1/classes/7", "/v1/greeting", "/bff/v1/teacher/x"])
async def test_no_route_of_an_included_router_is_asked_in_turn(
    team: Team, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """FastAPI's time for a request grows with the routes that it asks."""
    asked: list[str] = []
    monkeypatch.setattr(ProxyRoute, "matches", lambda route, scope: asked.append(route.path))
    assert (await team.included().call("GET", path)).status == 200
    assert asked == []


@pytest.mark.parametrize("place", [*range(5)])
async def test_a_team_s_route_has_the_place_among_routers_that_it_was_given(
    team: Team, downstream: Scripted, place: int
) -> None:
    """`/v1/classes` is of the second router."""
    for number, router in enumerate((*mini_edge.ROUTERS, None)):
        if number == place:

            @team.app.get("/v1/classes")
            async def own() -> dict[str, bool]:
                return {"own": True}

        if router is not None:
            team.app.include_router(router)
    client = team.contained()
    answer = (await client.call("GET", "/v1/classes")).json
    assert (answer == {"own": True}) is (place <= 1)
    assert (await client.call("GET", "/v1/classes/7")).status == 200


async def test_locations_are_those_of_the_prefix(team: Team, downstream: Scripted) -> None:
    client = team.included(prefix="/api")
    downstream.answers[0].headers.append((b"Location", b"http://classes.test/base/v1/classes/9"))  # type: ignore[union-attr]
    result = await client.call("GET", "/api/v1/classes/7")
    assert result.values("location") == ["/api/v1/classes/9"]


async def test_router_dependencies_run_after_identity_and_before_the_body(
    team: Team, downstream: Scripted
) -> None:
    seen: list[str] = []

    async def check(tenant: str) -> AsyncIterator[None]:
        seen.append(tenant)
        if tenant == "closed":
            raise HTTPException(402, "pay first")
        yield
        seen.append("done")

    client = team.included(dependencies=[Depends(check)])
    anonymous = await client.call("POST", "/v1/batches/register?tenant=a", token=False)
    assert (anonymous.status, seen) == (401, [])
    refused = await client.call("POST", "/v1/batches/register?tenant=closed", body=b"{")
    assert (refused.status, refused.json) == (402, {"detail": "pay first"})
    missing = await client.call("GET", "/v1/classes/7")
    assert (missing.status, missing.json["detail"][0]["loc"]) == (422, ["query", "tenant"])
    assert downstream.sent == []
    assert (await client.call("GET", "/v1/classes/7?tenant=a")).status == 200
    assert seen == ["closed", "a", "done"]


async def test_a_dependency_may_read_the_body_before_the_edge(
    team: Team, downstream: Scripted
) -> None:
    seen: list[bytes] = []

    async def signed(request: Request) -> None:
        seen.append(await request.body())

    client = team.included(dependencies=[Depends(signed)])
    content = [b'{"expected_', b'essay_count": 1}']
    result = await client.call(
        "POST", "/v1/batches/register", (b"content-type", b"application/json"), body=content
    )
    assert result.status == 200
    assert seen == [b"".join(content)]
    assert downstream.only.body is not None
    assert downstream.only.body.endswith(b'"expected_essay_count": 1}')


async def test_a_broken_answer_looks_broken_through_a_base_http_middleware(
    team: Team, downstream: Scripted
) -> None:
    @team.app.middleware("http")
    async def passes(request: Request, call_next: Any) -> Any:
        return await call_next(request)

    client = team.included()
    downstream.answers = [Answer(200, [], (b"hello", failure(Kind.BODY_TRUNCATED)))]
    result = await client.call("GET", "/v1/classes/7")
    assert (result.body, result.complete) == (b"hello", False)
    assert result.raised is not None


async def test_dependency_overrides_hold(team: Team) -> None:
    def never() -> None:
        raise HTTPException(402)

    client = team.included(dependencies=[Depends(never)])
    assert (await client.call("GET", "/v1/classes/7")).status == 402
    team.app.dependency_overrides[never] = lambda: None
    assert (await client.call("GET", "/v1/classes/7")).status == 200


class TeamError(Exception):
    """A team's own, for which it has a handler."""


def fails() -> None:
    raise TeamError


@pytest.mark.parametrize("solves", [True, False])
async def test_a_team_s_exception_handlers_hold(
    downstream: Scripted, monkeypatch: pytest.MonkeyPatch, *, solves: bool
) -> None:
    """Whether FastAPI solves a dependency before the handler, or has nothing to do there."""
    app = team_app(downstream, *([asks_for_nothing] if solves else []))

    @app.exception_handler(TeamError)
    async def handle(_: Request, __: Exception) -> JSONResponse:
        return JSONResponse({"own": True}, status_code=418)

    @app.exception_handler(EdgeError)
    async def handle_edge(_: Request, error: EdgeError) -> JSONResponse:
        return JSONResponse({"code": error.status}, status_code=error.status)

    @app.exception_handler(402)
    async def handle_status(_: Request, __: Exception) -> JSONResponse:
        return JSONResponse({"paid": False}, status_code=402)

    client = Client(app)
    assert (await client.call("GET", "/v1/classes/7", token=False)).json == {"code": 401}
    assert (await client.call("GET", "/v1/classes?limit=x")).json == {"code": 422}
    for raised, status, said in (
        (TeamError(), 418, {"own": True}),
        (HTTPException(402), 402, {"paid": False}),
        (HTTPException(409, "no"), 409, {"code": 409}),
        (ValueError("s3cret"), 503, {"detail": "Service unavailable"}),
    ):
        monkeypatch.setattr(Forwarder, "__call__", raising(raised))
        result = await client.call("GET", "/v1/classes/7")
        assert (result.status, result.json) == (status, said)
        assert len(result.values("x-correlation-id")) == 1
        labels = {"endpoint": "/v1/classes/{class-id}", "http_status": str(status)}
        assert await client.count("http_requests_total", method="GET", **labels) == 1


def raising(error: Exception) -> Callable[..., Awaitable[None]]:
    """In the place of the `Forwarder`."""

    async def forward(*_: object, **__: object) -> None:
        raise error

    return forward


async def test_an_exception_of_a_dependency_has_a_team_s_handler(team: Team) -> None:
    @team.app.exception_handler(TeamError)
    async def handle(_: Request, __: Exception) -> JSONResponse:
        return JSONResponse({"own": True}, status_code=418)

    result = await team.included(dependencies=[Depends(fails)]).call("GET", "/v1/classes/7")
    assert (result.status, result.json) == (418, {"own": True})
    assert len(result.values("x-correlation-id")) == 1


async def test_a_team_s_middlewares_always_run(make: Make) -> None:
    seen: list[str] = []

    class Seeing:
        def __init__(self, app: Any) -> None:
            self._app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            seen.append(scope["path"])
            await self._app(scope, receive, send)

    app = make()
    app.add_middleware(Seeing)
    assert (await Client(app).call("GET", "/v1/classes/7")).status == 200
    assert seen == ["/v1/classes/7"]


async def test_dependencies_of_an_included_router_make_the_edge_s_own_app_solve_them(
    make: Make,
) -> None:
    async def never() -> None:
        raise HTTPException(402)

    app = make()
    for router in mini_edge.ROUTERS:
        app.include_router(router, prefix="/paid", dependencies=[Depends(never)])
    assert (await Client(app).call("GET", "/paid/v1/classes/7")).status == 402
    assert (await Client(app).call("GET", "/v1/classes/7")).status == 200


async def test_a_team_s_own_routes_stand_beside_the_edge_s(make: Make) -> None:
    app = make()
    own = APIRouter()

    @own.get("/own")
    async def page() -> dict[str, bool]:
        return {"own": True}

    app.include_router(own)
    assert (await Client(app).call("GET", "/own")).json == {"own": True}


async def test_the_edge_contract_is_added_to_a_team_s_own(team: Team, tmp_path: Path) -> None:
    contract = tmp_path / "openapi.json"
    contract.write_text(
        json.dumps({"paths": {"/v1/classes": {"get": {}}}, "components": {"schemas": {"A": {}}}})
    )

    @team.app.get("/own")
    async def page() -> dict[str, bool]:
        return {"own": True}

    client = team.included(prefix="/api")
    extend_openapi(team.app, mini_edge.edge(contract))
    document = (await client.call("GET", "/openapi.json")).json
    assert set(document["paths"]) == {"/own", "/api/v1/classes"}
    assert document["components"]["schemas"]["A"] == {}


async def test_requests_do_not_share_what_a_server_shares(make: Make) -> None:
    """Granian gives every request the one dict of the lifespan's state."""
    app = make()
    shared: dict[str, Any] = {"kept": 1}
    seen: list[Any] = []

    async def server(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": shared}, receive, send)
        seen.append(dict(shared))

    assert (await Client(server).call("GET", "/v1/classes/7")).status == 200
    assert seen == [{"kept": 1}]


async def test_settings_of_the_environment_are_read_where_none_are_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for service in mini_edge.SERVICES:
        monkeypatch.delenv(service.base_url_env, raising=False)
    with pytest.raises(SettingsError) as raised:
        create_edge(mini_edge.edge())
    assert len(raised.value.problems) == 1 + len(mini_edge.SERVICES)
