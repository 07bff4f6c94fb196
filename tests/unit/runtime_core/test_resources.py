"""When a request opens a scope of the container, and that a team's providers are always asked."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest
from dishka import AsyncContainer, Provider, decorate, provide
from dishka import Scope as Lifetime
from starlette.requests import Request

from proxygen.runtime.app import EdgeApplication
from proxygen.runtime.forwarder import Forwarder
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.identity.tokens import TokenPolicy, TokenVerifier
from tests.unit.runtime_core.calling import Client
from tests.unit.runtime_core.mini_edge import SECRET
from tests.unit.runtime_core.scripted import Scripted, json_answer

Make = Callable[..., EdgeApplication]
PATHS = ("/v1/classes/7", "/v1/greeting", "/bff/v1/teacher/x")


class OwnIdentity(Provider):
    """Replaces the edge's."""

    @provide(scope=Lifetime.REQUEST)
    def identity(self, request: Request) -> Identity:
        return Identity("bob")


class Renamed(Provider):
    """Decorates the edge's."""

    @decorate(scope=Lifetime.REQUEST)
    def identity(self, found: Identity) -> Identity:
        return Identity(f"{found.user_id}-2")


class OwnOptional(Provider):
    """Replaces what an optional route asks for."""

    @provide(scope=Lifetime.REQUEST)
    def identity(self, request: Request) -> Identity | None:
        return Identity("carol")


class OwnVerifier(Provider):
    """A verifier for each request."""

    @provide(scope=Lifetime.REQUEST)
    def verifier(self) -> TokenVerifier:
        return TokenVerifier(TokenPolicy(secret=SECRET, user_id=("name",)))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What scopes of a container have been opened with."""
    contexts: list[Any] = []
    original = AsyncContainer.__call__

    def counted(container: AsyncContainer, *args: Any, **options: Any) -> AsyncContainer:
        contexts.append(args)
        return original(container, *args, **options)

    monkeypatch.setattr(AsyncContainer, "__call__", counted)
    return contexts


@pytest.mark.parametrize("path", PATHS)
async def test_a_handler_as_generated_needs_no_scope(
    make: Make, downstream: Scripted, opened: list[Any], path: str
) -> None:
    assert (await Client(make()).call("GET", path)).status == 200
    assert downstream.only.values("x-user-id") == [b"alice"]
    assert opened == []


@pytest.mark.parametrize(
    ("provider", "path", "user"),
    [
        (OwnIdentity(), PATHS[0], b"bob"),
        (OwnIdentity(), PATHS[2], b"bob"),
        (Renamed(), PATHS[0], b"alice-2"),
        (Renamed(), PATHS[1], b"alice-2"),
        (OwnOptional(), PATHS[1], b"carol"),
    ],
)
async def test_a_team_s_provider_is_asked_in_a_scope_of_the_request(
    make: Make,
    downstream: Scripted,
    opened: list[Any],
    provider: Provider,
    path: str,
    user: bytes,
) -> None:
    assert (await Client(make(provider)).call("GET", path)).status == 200
    assert downstream.only.values("x-user-id") == [user]
    assert len(opened) == 1


async def test_a_verifier_of_each_request_is_asked(make: Make, opened: list[Any]) -> None:
    """The token has no `name`, which this verifier wants."""
    assert (await Client(make(OwnVerifier())).call("GET", PATHS[0])).status == 401
    assert len(opened) == 1


async def test_a_forwarder_of_each_request_is_asked(
    make: Make, downstream: Scripted, opened: list[Any]
) -> None:
    made: list[Forwarder] = []

    class Own(Provider):
        @decorate(scope=Lifetime.REQUEST)
        def forwarder(self, found: Forwarder, request: Request) -> Forwarder:
            made.append(found)
            return found

    client = Client(make(Own()))
    downstream.answers = [json_answer(), json_answer()]
    for count in (1, 2):
        assert (await client.call("GET", PATHS[0])).status == 200
        assert (len(made), len(opened)) == (count, count)


@pytest.mark.parametrize(
    "target", [*PATHS, "/v1/nowhere", "/v1/classes?limit=1000", "/v1/batches/register", "/a/../b"]
)
@pytest.mark.parametrize("token", [True, False])
async def test_a_request_leaves_no_cycles(
    make: Make, downstream: Scripted, target: str, *, token: bool
) -> None:
    """A worker lets the collector look rarely; what only it could free would stay for long."""
    client = Client(make())

    async def ask() -> None:
        downstream.answers = [json_answer()]
        await client.call("GET", target, token=token)

    await ask()
    gc.collect()
    gc.disable()
    try:
        await ask()
        assert gc.collect() == 0
    finally:
        gc.enable()
