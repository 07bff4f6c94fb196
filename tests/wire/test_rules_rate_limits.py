"""The rate limit over sockets: a bucket for each caller and operation, and whose address a caller has."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable, Iterator

import pytest

from proxygen.runtime.correlation import CorrelationContext
from tests.unit.runtime_core.mini_edge import SERVICES
from tests.wire.client import Answer
from tests.wire.downstream import Downstream, Exchange, answer
from tests.wire.edge import Edge, settings
from tests.wire.tokens import bearer

CLASS = "/v1/classes/7"
NOTES = "/bff/v1/teacher/notes"
LOGIN = "/v1/login"
BURST = 3
RATE = 0.5
"""Requests a second: the next one after a burst is two seconds away."""

Start = Callable[..., Edge]


@pytest.fixture(scope="module")
def behind() -> Iterator[Downstream]:
    made = Downstream()
    yield made
    made.close()


@pytest.fixture(scope="module")
def start(behind: Downstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Serves a limited edge, with these settings besides."""
    started: list[Edge] = []

    def begin(module: str, **changes: str) -> Edge:
        environment = settings(
            **{service.base_url_env: behind.url for service in SERVICES},
            EDGE_RATE_LIMIT__RATE=str(RATE),
            EDGE_RATE_LIMIT__BURST=str(BURST),
            **changes,
        )
        log = tmp_path_factory.mktemp("limited") / "stderr"
        started.append(Edge(environment, log=log, package=f"tests.wire.{module}"))
        started[-1].wait_until_up()
        return started[-1]

    yield begin
    for edge in started:
        edge.process.kill()
        edge.process.wait()


@pytest.fixture(scope="module", params=["hooked", "hooked_by_team"])
def limited(request: pytest.FixtureRequest, start: Start) -> Edge:
    """The production application, and a team's own under uvicorn."""
    return start(request.param)


@pytest.fixture(scope="module", params=[0, 1, 2])
def hops(request: pytest.FixtureRequest, start: Start) -> tuple[int, Edge]:
    """The production application behind so many trusted proxies."""
    return request.param, start("hooked", EDGE_TRUSTED_HOPS=str(request.param))


@pytest.fixture(autouse=True)
def _as_new(behind: Downstream) -> None:
    behind.reset()


@pytest.fixture
def somebody() -> str:
    """A user whom no other test has."""
    return f"user-{uuid.uuid4()}"


def statuses(edge: Edge, number: int, target: str, *lines: str, method: str = "GET") -> list[int]:
    return [edge.request(method, target, lines).status for _ in range(number)]


def left(got: Answer) -> int:
    """What `RateLimit` says of the requests that are left."""
    found = re.fullmatch(r'"[a-z]+(?:\.[A-Za-z]+)?";r=(\d+);t=(\d+)', got.values("ratelimit")[0])
    assert found is not None
    return int(found[1])


class TestBucket:
    def test_a_burst_goes_through_and_the_next_is_429(
        self, limited: Edge, behind: Downstream, somebody: str
    ) -> None:
        assert statuses(limited, BURST + 2, CLASS, bearer(somebody)) == [*[200] * BURST, 429, 429]
        assert len(behind.requests) == BURST

    def test_every_answer_says_what_is_left_and_the_last_when_there_is_more(
        self, limited: Edge, behind: Downstream, somebody: str
    ) -> None:
        answers = [limited.request("GET", CLASS, [bearer(somebody)]) for _ in range(BURST + 1)]
        assert [left(got) for got in answers] == [2, 1, 0, 0]
        policy = '"classes.getClass";q=3;w=6'
        assert [got.values("ratelimit-policy") for got in answers] == [[policy]] * (BURST + 1)
        assert [got.values("retry-after") for got in answers] == [[], [], [], ["2"]]
        assert answers[-1].values("ratelimit") == ['"classes.getClass";r=0;t=2']
        assert answers[-1].detail == "Too Many Requests"
        assert answers[-1].values("x-correlation-id") != []

    def test_who_waits_as_long_as_it_is_told_goes_on(
        self, limited: Edge, behind: Downstream, somebody: str
    ) -> None:
        statuses(limited, BURST, CLASS, bearer(somebody))
        refused = limited.request("GET", CLASS, [bearer(somebody)])
        time.sleep(int(refused.values("retry-after")[0]))
        assert statuses(limited, 2, CLASS, bearer(somebody)) == [200, 429]

    def test_each_caller_has_its_own(
        self, limited: Edge, behind: Downstream, somebody: str
    ) -> None:
        assert 429 in statuses(limited, BURST + 1, CLASS, bearer(somebody))
        assert statuses(limited, 1, CLASS, bearer(f"{somebody}-2")) == [200]

    def test_a_new_token_of_the_same_caller_has_none_of_its_own(
        self, limited: Edge, behind: Downstream, somebody: str
    ) -> None:
        tokens = [bearer(somebody, jti=str(number)) for number in range(BURST + 1)]
        answers = [limited.request("GET", CLASS, [token]).status for token in tokens]
        assert answers == [*[200] * BURST, 429]

    def test_each_operation_has_its_own_whatever_the_path(
        self, limited: Edge, behind: Downstream, somebody: str
    ) -> None:
        paths = [f"/v1/classes/{number}" for number in range(BURST + 1)]
        answers = [limited.request("GET", path, [bearer(somebody)]).status for path in paths]
        assert answers == [*[200] * BURST, 429]
        assert statuses(limited, 1, CLASS, bearer(somebody), method="DELETE") == [200]

    def test_a_service_that_is_passed_through_has_one(
        self, limited: Edge, behind: Downstream, somebody: str
    ) -> None:
        asked = [("GET", NOTES), ("DELETE", f"{NOTES}/1"), ("PUT", NOTES), ("GET", f"{NOTES}?a")]
        answers = [limited.request(*one, [bearer(somebody)]) for one in asked]
        assert [got.status for got in answers] == [200, 200, 200, 429]
        assert answers[-1].values("ratelimit-policy") == ['"teacher";q=3;w=6']

    def test_a_refused_request_takes_nothing(
        self, limited: Edge, behind: Downstream, somebody: str
    ) -> None:
        bad = statuses(limited, BURST + 1, "/v1/classes?limit=many", bearer(somebody))
        assert bad == [422] * (BURST + 1)
        assert left(limited.request("GET", "/v1/classes", [bearer(somebody)])) == BURST - 1

    def test_what_the_edge_sends_again_is_one_request(
        self, limited: Edge, behind: Downstream, somebody: str
    ) -> None:
        def once(exchange: Exchange) -> None:
            busy = answer("503 Busy", b"", "Retry-After: 0")
            exchange.send(answer() if len(behind.requests) > 1 else busy)

        behind.respond(once)
        got = limited.request("GET", CLASS, [bearer(somebody)])
        assert (got.status, left(got), len(behind.requests)) == (200, BURST - 1, 2)

    def test_the_edges_fields_take_the_place_of_a_downstreams(
        self, limited: Edge, behind: Downstream, somebody: str
    ) -> None:
        behind.respond(answer("200 OK", b"", 'RateLimit: "x";r=9;t=9', 'RateLimit-Policy: "x";q=9'))
        got = limited.request("GET", CLASS, [bearer(somebody)])
        assert (len(got.values("ratelimit")), left(got)) == (1, BURST - 1)
        assert got.values("ratelimit-policy") == ['"classes.getClass";q=3;w=6']


@pytest.mark.parametrize("limited", ["hooked"], indirect=True)
def test_429_is_counted_and_logged_as_a_clients_error(
    limited: Edge, behind: Downstream, somebody: str
) -> None:
    name = {"endpoint": "/v1/classes/{class-id}"}
    labels = {**name, "method": "GET", "http_status": "429"}
    before = limited.metric("http_requests_total", **labels)
    correlation = str(uuid.uuid4())
    statuses(limited, BURST, CLASS, bearer(somebody))
    limited.request("GET", CLASS, [bearer(somebody), f"X-Correlation-ID: {correlation}"])
    assert limited.counts(lambda: limited.metric("http_requests_total", **labels) == before + 1)
    assert limited.metric("api_errors_total") == 0
    event = limited.finished(str(CorrelationContext.of(correlation).canonical))
    assert (event["status"], event["level"], event.get("kind")) == (429, "info", None)
    assert somebody not in limited.log_text


ADDRESSES = (
    pytest.param(["203.0.113.9"], ["127.0.0.1", "203.0.113.9", "203.0.113.9"], id="W20-one-entry"),
    pytest.param(
        ["203.0.113.9, 198.51.100.7, 192.0.2.5"],
        ["127.0.0.1", "192.0.2.5", "198.51.100.7"],
        id="W20-a-chain-that-a-client-began",
    ),
    pytest.param(
        ["203.0.113.9", "198.51.100.7", "192.0.2.5"],
        ["127.0.0.1", "192.0.2.5", "198.51.100.7"],
        id="W20-the-same-in-three-lines",
    ),
    pytest.param(
        ["127.0.0.1, 127.0.0.1, not-an-address"],
        ["127.0.0.1"] * 3,
        id="W20-no-address-behind-a-hop",
    ),
    pytest.param(
        ["203.0.113.9, evil, 192.0.2.5"],
        ["127.0.0.1", "192.0.2.5", "192.0.2.5"],
        id="W20-no-address-before-the-last-hop",
    ),
    pytest.param(
        ["203.0.113.9, 198.51.100.7:4711, 192.0.2.5:80"],
        ["127.0.0.1", "192.0.2.5", "198.51.100.7"],
        id="W20-with-ports",
    ),
    pytest.param(
        ["[2001:db8::9], [2001:DB8::7]:4711, 2001:db8::5"],
        ["127.0.0.1", "2001:db8::5", "2001:db8::7"],
        id="W20-of-version-6",
    ),
    pytest.param(
        ['fe80::1%";host="evil, [fe80::2%eth0]'],
        ["127.0.0.1", "fe80::2", "fe80::1"],
        id="W20-with-zones",
    ),
)


class TestAddress:
    """Defect 21: a limit by an address that the client says, or that is the proxy's."""

    @pytest.mark.parametrize(("chain", "expected"), ADDRESSES)
    def test_is_the_one_that_the_outermost_trusted_hop_saw(
        self, hops: tuple[int, Edge], behind: Downstream, chain: list[str], expected: list[str]
    ) -> None:
        trusted, edge = hops
        lines = [f"X-Forwarded-For: {value}" for value in chain]
        others = [
            "Forwarded: for=203.0.113.1",
            "X-Real-IP: 203.0.113.2",
            "X_Forwarded_For: 203.0.113.3",
        ]
        got = edge.request("GET", CLASS, [bearer(f"user-{uuid.uuid4()}"), *lines, *others])
        assert json.loads(got.values("x-told")[0])["client"] == expected[trusted]
        sent = behind.only.values("x-forwarded-for")
        assert [value.split(b",")[0].decode() for value in sent] == [expected[trusted]]
        assert b"evil" not in behind.only.head

    def test_a_client_cannot_choose_the_bucket_of_a_public_route(
        self, hops: tuple[int, Edge], behind: Downstream
    ) -> None:
        trusted, edge = hops
        added = ["198.51.100.20", "192.0.2.20"][2 - trusted :]
        chains = [", ".join([f"203.0.113.{number}", *added]) for number in range(BURST + 1)]
        answers = [
            edge.request("POST", LOGIN, [f"X-Forwarded-For: {chain}"]).status for chain in chains
        ]
        assert answers == [*[200] * BURST, 429]

    def test_clients_of_one_proxy_are_told_apart_where_it_is_trusted(
        self, hops: tuple[int, Edge], behind: Downstream
    ) -> None:
        trusted, edge = hops
        proxies = ["192.0.2.30"][: trusted - 1] if trusted else []
        chains = [", ".join([f"198.51.100.{number}", *proxies]) for number in range(60, 65)]
        answers = [
            edge.request("POST", LOGIN, [f"X-Forwarded-For: {chain}"]).status for chain in chains
        ]
        assert (429 in answers) is (trusted == 0)

    def test_an_optional_route_counts_a_token_by_its_user(
        self, hops: tuple[int, Edge], behind: Downstream, somebody: str
    ) -> None:
        edge = hops[1]
        assert 429 in statuses(edge, BURST + 1, "/v1/greeting")
        assert statuses(edge, 1, "/v1/greeting", bearer(somebody)) == [200]
        assert 429 in statuses(edge, BURST + 1, "/v1/greeting", bearer(somebody))
