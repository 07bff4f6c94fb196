"""The production application of a generated edge, with only its settings and its transport replaced.

Requests enter through the ASGI interface (`asgi`); the downstream is a respx router behind the shared
`httpx.AsyncClient`, so these tests run on the httpx adapter. What only a socket shows is not tested here.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
import jwt
import pytest
import respx
from dishka import Provider, Scope
from prometheus_client import CollectorRegistry

from proxygen.runtime import Edge, EdgeApplication, EdgeSettings, Forwarder, create_edge
from proxygen.runtime.hooks.token_bucket import TokenBuckets
from proxygen.runtime.target import PathTemplate
from proxygen.runtime.telemetry.metrics import EdgeMetrics
from proxygen.testing.asgi import answer_of
from proxygen.testing.counted import Samples, counted

SECRET = "a secret that only these tests know, of more than 32 bytes"
ALICE = "alice"
ORGANISATION = "org-7"
HeaderLines = Sequence[tuple[str, str]]
_EARNED = 100
"""More calls than any reserve of retries needs to be full."""
_MIXED = re.compile(r"[^/{}]\{|\}[^/{}]")
"""A variable that has its segment not for itself."""
_AGE = 1e12
"""Seconds in which any bucket fills."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What the downstream received."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    content: bytes

    def lines(self, name: str) -> list[str]:
        """Every value of a header, folded as a careless reader would: case and separators do not count."""
        return [value for key, value in self.headers if fold(key) == fold(name)]


def fold(name: str) -> str:
    """A field's name without case and separators: `userId`, `user-id` and `USER_ID` are one."""
    return "".join(char for char in name.lower() if char not in "-_. ")


def base_url_of(service: str) -> str:
    """Where the settings of these tests say that a service is."""
    return f"http://{service.replace('_', '-')}.test"


class EdgeUnderTest:
    """The application, the downstreams behind it, and a client in front.

    `literals` are the segments of the edge's paths: such a value of a variable may be another operation's.
    """

    def __init__(self, edge: Edge) -> None:
        self.edge = edge
        self.registry = CollectorRegistry()
        self.downstream = respx.Router(assert_all_called=False)
        self._everything = respx.Route()
        self._runner = asyncio.Runner()
        self.settings = _settings(edge)
        self.app: EdgeApplication = create_edge(
            edge, self.settings, providers=[_replacements(self.downstream, self.registry)]
        )
        self.contract: Mapping[str, Any] = self.app.openapi()
        templates = {path.partition("#")[0] for path in self.contract["paths"]}
        self.literals = frozenset(
            segment.lower() for path in templates for segment in path.split("/")
        )
        self._mixed = [PathTemplate.parse(path) for path in templates if _MIXED.search(path)]

    def close(self) -> None:
        """Ends the event loop that the requests ran on."""
        self._runner.close()

    def answers(self, reply: httpx.Response | Exception) -> respx.Route:
        """Every downstream answers so from now on; calls before are forgotten."""
        self.downstream.clear()
        self.downstream.reset()
        self._everything.reset()
        route = self.downstream.routes.add(self._everything)
        failure = reply if isinstance(reply, Exception) else None
        return route.mock(None if isinstance(reply, Exception) else reply, side_effect=failure)

    def sent(self) -> list[Sent]:
        """What has reached a downstream since it was last told how to answer."""
        return [_sent(call.request) for call in self.downstream.calls]

    def send(
        self, method: str, target: str, headers: HeaderLines = (), content: bytes | None = None
    ) -> httpx.Response:
        """One request of a client's; header lines are sent as they are, in order."""
        request = httpx.Request(
            method, f"http://edge.test{target}", headers=headers, content=content
        )
        return self._runner.run(answer_of(self.app, request))

    def token(
        self,
        *,
        user_id: str = ALICE,
        org_id: str | None = None,
        scopes: Sequence[str] = (),
        **claims: object,
    ) -> str:
        """A token that the edge accepts, for the first claim that it reads each field from."""
        names = self.edge.claims
        payload: dict[str, object] = {
            "exp": int(time.time()) + 300,
            names.user_id[0]: user_id,
            names.scopes[0]: " ".join(scopes),
        }
        if org_id is not None:
            payload[names.org_id[0]] = org_id
        return jwt.encode({**payload, **claims}, SECRET, algorithm="HS256")

    def samples(self, *endpoints: str) -> Samples:
        """What has been counted so far under these templates, of the edge or of a downstream."""
        metrics = self._runner.run(self.app.state.dishka_container.get(EdgeMetrics))
        return counted(metrics, frozenset(endpoints))

    def may_be_others(self, path: str, template: str) -> bool:
        """Whether a path of this template may be read as one of another, `/{id}.{ext}` for `/{id}`."""
        return any(one.text != template and one.match(path) is not None for one in self._mixed)

    def earn_retries(self) -> None:
        """Every service may be asked again as often as an operation allows, whatever was before."""
        forwarder = self._runner.run(self.app.state.dishka_container.get(Forwarder))
        for downstream in forwarder.downstreams.values():
            for _ in range(_EARNED):
                downstream.budget.first()


def edge_fixture(edge: Edge) -> Callable[..., Iterator[EdgeUnderTest]]:
    """The `edge` fixture of a generated `conftest.py`: one application for the whole run."""

    @pytest.fixture(scope="session", name="edge")
    def edge_under_test() -> Iterator[EdgeUnderTest]:
        under_test = EdgeUnderTest(edge)
        yield under_test
        under_test.close()

    return edge_under_test


def respx_transport(router: respx.Router) -> httpx.MockTransport:
    """A respx router as a transport whose answers can be streamed: respx has read them to record them.

    A `ConnectError` of its own says that nobody listens.
    """

    async def answer(request: httpx.Request) -> httpx.Response:
        try:
            recorded = await router.async_handler(request)
        except httpx.ConnectError as error:
            raise error from ConnectionRefusedError()
        return httpx.Response(
            recorded.status_code,
            headers=recorded.headers,
            stream=httpx.ByteStream(await recorded.aread()),
        )

    return httpx.MockTransport(answer)


def _settings(edge: Edge) -> EdgeSettings:
    # Each failure is tested by itself; their number must not open a breaker for the tests that follow.
    services = {
        service.name: {"base_url": base_url_of(service.name), "breaker": {"enabled": False}}
        for service in edge.services
    }
    return EdgeSettings.model_validate(
        {"token_secret": SECRET, "transport": "httpx", "services": services}
    )


def _replacements(downstream: respx.Router, registry: CollectorRegistry) -> Provider:
    client = httpx.AsyncClient(transport=respx_transport(downstream))
    provider = Provider(scope=Scope.APP)
    provider.provide(lambda: client, provides=httpx.AsyncClient)
    provider.provide(lambda: registry, provides=CollectorRegistry)
    # Alice calls an operation far more often than its rate limit may allow her; here an age lies between.
    buckets = TokenBuckets(1, count(0.0, _AGE).__next__)
    provider.provide(lambda: buckets, provides=TokenBuckets)
    return provider


def _sent(request: httpx.Request) -> Sent:
    target = request.extensions.get("target", request.url.raw_path)
    return Sent(
        method=request.method,
        target=target.decode("latin-1"),
        headers=tuple(
            (key.decode("latin-1"), value.decode("latin-1")) for key, value in request.headers.raw
        ),
        content=request.content,
    )
