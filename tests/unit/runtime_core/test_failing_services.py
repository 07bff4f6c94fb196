"""A service that fails, by each entry of an edge with default settings: breaker, deadline, limits."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from proxygen.runtime.app import EdgeApplication
from proxygen.runtime.forwarder import Forwarder
from proxygen.runtime.headers.names import check_own_name
from proxygen.runtime.kinds import Kind
from proxygen.runtime.settings import EdgeSettings, ServiceSettings, SettingsError
from proxygen.runtime.transport.seam import TransportError
from tests.unit.runtime_core.calling import Client
from tests.unit.runtime_core.mini_edge import SECRET, SERVICES
from tests.unit.runtime_core.scripted import Answer, Scripted, failure, json_answer

DEADLINE = "x-request-timeout-ms"
CALLS = 20
"""After so many failures a breaker opens by default."""


@pytest.mark.parametrize(
    "happens",
    [
        failure(Kind.CONNECT_REFUSED, sent=False),
        failure(Kind.CONNECT_TIMEOUT, sent=False),
        failure(Kind.DNS, sent=False),
        failure(Kind.TLS, sent=False),
        failure(Kind.READ_TIMEOUT),
        failure(Kind.WRITE_TIMEOUT),
        failure(Kind.RESET_BEFORE_HEADERS),
        failure(Kind.PROTOCOL),
        failure(Kind.HEADERS_TOO_LARGE),
        json_answer(b"", 500),
        json_answer(b"", 503),
        json_answer(b"", 999),
    ],
    ids=str,
)
async def test_failures_open_the_breaker(
    client: Client, downstream: Scripted, happens: Answer | TransportError
) -> None:
    downstream.answers = [happens]
    for _ in range(CALLS):
        await client.call("POST", "/bff/v1/teacher/x")
    assert len(downstream.sent) == CALLS
    refused = await client.call("POST", "/bff/v1/teacher/x")
    assert (refused.status, refused.json) == (503, {"detail": "Service unavailable"})
    assert refused.values("retry-after") == ["5"]
    assert len(downstream.sent) == CALLS
    assert await client.count("circuit_breaker_state", service="teacher") == 2
    downstream.answers = [json_answer()]
    assert (await client.call("GET", "/v1/classes/7")).status == 200


@pytest.mark.parametrize(
    "happens",
    [
        failure(Kind.POOL_TIMEOUT, sent=False),
        json_answer(b"", 407),
        json_answer(b"", 404),
        json_answer(b"", 429),
    ],
    ids=str,
)
async def test_what_is_not_its_fault_does_not(
    client: Client, downstream: Scripted, happens: Answer | TransportError
) -> None:
    downstream.answers = [happens]
    for _ in range(2 * CALLS):
        await client.call("POST", "/bff/v1/teacher/x")
    assert len(downstream.sent) == 2 * CALLS
    assert await client.count("circuit_breaker_state", service="teacher") == 0


async def test_a_retry_is_not_made_where_the_first_attempt_opened_the_breaker(
    make: Callable[..., EdgeApplication], downstream: Scripted
) -> None:
    services = _services(breaker={"calls": 1, "failure_rate": 1.0})
    client = Client(make(settings={"services": services}))
    downstream.answers = [failure(Kind.CONNECT_REFUSED, sent=False)]
    assert (await client.call("GET", "/v1/classes/7")).status == 503
    assert len(downstream.sent) == 1


async def test_places_come_back_however_a_request_ends(
    make: Callable[..., EdgeApplication], downstream: Scripted
) -> None:
    services = _services(connections=1, waiting=0, breaker={"enabled": False})
    app = make(settings={"services": services})
    client = Client(app)
    for happens in (
        json_answer(),
        json_answer(b"", 500),
        json_answer(b"", 204),
        failure(Kind.PROTOCOL),
        Answer(200, [(b"Content-Length", b"9")], (b"short",)),
        Answer(200, [], (b"a", failure(Kind.BODY_TRUNCATED))),
        Answer(200, [(b"Location", b"http://[::bad")], ()),
    ):
        downstream.answers = [happens]
        for method, target in (("GET", "/v1/classes/7"), ("HEAD", "/bff/v1/teacher/x")):
            await client.call(method, target)
    downstream.answers = [Answer(delay=10)]
    await client.call("GET", "/v1/classes/7", leaves_after=0.05)
    downstream.answers = [Answer(body=(b"a", 10.0, b"b"), at_hand=False)]
    await client.call("GET", "/v1/classes/7", leaves_after=0.05)
    forwarder = await app.state.dishka_container.get(Forwarder)
    assert {name: one.bulkhead.calls for name, one in forwarder.downstreams.items()} == (
        dict.fromkeys(forwarder.downstreams, 0)
    )


async def test_each_attempt_says_how_much_time_it_has(
    make: Callable[..., EdgeApplication], downstream: Scripted
) -> None:
    client = Client(make(settings={"services": _services(timeouts={"total": 0.5})}))
    again = [(b"Retry-After", b"0"), (b"Content-Length", b"0")]
    downstream.answers = [Answer(503, again, delay=0.1)]
    await client.call("GET", "/v1/classes/7")
    left = [int(sent.values(DEADLINE)[0]) for sent in downstream.sent]
    assert len(left) == 3
    assert 450 < left[0] <= 500
    assert left[0] - 250 < left[1] + 50 < left[0]
    assert 0 < left[2] < left[1] - 50
    assert all(len(sent.values(DEADLINE)) == 1 for sent in downstream.sent)


@pytest.mark.parametrize(("name", "lines"), [("", 0), ("X-Envoy-Expected-Rq-Timeout-Ms", 1)])
async def test_the_deadline_has_the_name_that_is_set_or_none(
    make: Callable[..., EdgeApplication], downstream: Scripted, name: str, lines: int
) -> None:
    client = Client(make(settings={"deadline_header": name}))
    await client.call("GET", "/v1/classes/7")
    assert downstream.only.values(DEADLINE) == []
    assert len(downstream.only.values("x-envoy-expected-rq-timeout-ms")) == lines


@pytest.mark.parametrize(
    "name",
    ["Host", "content-length", "X-User-ID", "x_user_id", "X-Correlation-ID", "Accept-Language",
     "X-Forwarded-For", "a b", "a:b", "a\r\nb", "å", "Authorization", "X-Original-URL"],
)  # fmt: skip
def test_a_name_with_a_meaning_of_its_own_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with pytest.raises(ValueError, match=r"header"):
        check_own_name(name)
    monkeypatch.setenv("EDGE_TOKEN_SECRET", SECRET)
    monkeypatch.setenv("EDGE_DEADLINE_HEADER", name)
    for service in SERVICES:
        monkeypatch.setenv(service.base_url_env, "http://x.test")
    with pytest.raises(SettingsError, match="EDGE_DEADLINE_HEADER: is "):
        EdgeSettings.load(SERVICES)


def _services(**changes: object) -> dict[str, ServiceSettings]:
    return {
        service.name: ServiceSettings.model_validate(
            {"base_url": f"http://{service.name}.test/base", **changes}
        )
        for service in SERVICES
    }
