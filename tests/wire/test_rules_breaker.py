"""A service that fails is left alone for a while: the circuit breaker, over sockets."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.wire.client import Answer, message
from tests.wire.conftest import SERVICES
from tests.wire.downstream import OK, Downstream, Exchange, Script, answer
from tests.wire.edge import Edge, settings
from tests.wire.tokens import bearer

CALLS = 6
PAUSE = 0.5
WINDOW = 0.5
TYPED = ("class_management", "/v1/classes/9a")
PASSED = ("bff_teacher", "/bff/v1/teacher/x")
STATE = "circuit_breaker_state"
FAILING = answer("500 No")


class Guarded:
    """An edge whose breakers open soon, and the two services that it is asked for."""

    def __init__(self, edge: Edge, downstreams: dict[str, Downstream]) -> None:
        self.edge = edge
        self.downstreams = downstreams

    def ask(self, target: str, *lines: str) -> Answer:
        return self.edge.request("GET", target, [bearer(), *lines])

    def state(self, service: str) -> float:
        return self.edge.metric(STATE, service=service)

    def close(self, service: str, target: str) -> None:
        """Waits until a probe has closed the breaker of a service that is well again."""
        self.downstreams[service].reset()
        assert self.edge.counts(lambda: self.ask(target).status == 200, limit=2 * PAUSE + 1)
        self.downstreams[service].reset()

    def open(self, service: str, target: str, failing: Script | bytes = FAILING) -> None:
        """Lets the service fail until its breaker is open."""
        self.close(service, target)
        self.downstreams[service].respond(failing)
        time.sleep(WINDOW)
        with ThreadPoolExecutor(CALLS) as pool:
            asked = [pool.submit(self.ask, target) for _ in range(CALLS)]
        assert {each.result().status for each in asked} <= {503, 504}
        assert self.state(service) == 2
        self.downstreams[service].reset()


@pytest.fixture(scope="module", params=["fast", "httpx"])
def guarded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Guarded]:
    names = (TYPED[0], PASSED[0])
    downstreams = {name: Downstream() for name in names}
    urls = {SERVICES[name]: downstreams.get(name, downstreams[names[0]]).url for name in SERVICES}
    variables = {
        "BREAKER__CALLS": CALLS,
        "BREAKER__PAUSE": PAUSE,
        "BREAKER__WINDOW": WINDOW,
        "TIMEOUTS__READ": 0.3,
    }
    environment = settings(
        **urls,
        **{
            f"EDGE_SERVICES__{name.upper()}__{variable}": str(value)
            for name in names
            for variable, value in variables.items()
        },
        EDGE_TRANSPORT=request.param,
    )
    edge = Edge(environment, log=tmp_path_factory.mktemp("guarded") / "stderr")
    edge.wait_until_up()
    yield Guarded(edge, downstreams)
    edge.stop()
    for downstream in downstreams.values():
        downstream.close()


def _closing(exchange: Exchange) -> None:
    exchange.close()


def _silent(exchange: Exchange) -> None:
    exchange.seconds_until_closed(2)


@pytest.mark.parametrize("route", [TYPED, PASSED], ids=["typed", "passthrough"])
@pytest.mark.parametrize(
    "failing",
    [FAILING, _closing, b"garbage\r\n\r\n", _silent],
    ids=["5xx", "reset", "protocol", "time-out"],
)
def test_an_open_breaker_answers_at_once_without_a_connection(
    guarded: Guarded, route: tuple[str, str], failing: Script | bytes
) -> None:
    service, target = route
    guarded.open(service, target, failing)
    correlation = str(uuid.uuid4())
    got = guarded.ask(target, f"X-Correlation-ID: {correlation}")
    assert (got.status, got.json) == (503, {"detail": "Service unavailable"})
    assert got.values("retry-after") == ["1"]
    assert got.seconds < 0.25
    downstream = guarded.downstreams[service]
    assert (downstream.requests, downstream.connections) == ([], 0)
    last = guarded.edge.finished(correlation)
    assert (last["kind"], last["level"]) == ("breaker_open", "warning")
    events = [e for e in guarded.edge.events_of(correlation) if e["event"] == "request forwarded"]
    assert events == []


def test_readiness_reports_an_open_breaker_and_stays_ready(guarded: Guarded) -> None:
    service, target = TYPED
    guarded.open(service, target)
    got = guarded.edge.request("GET", "/readyz")
    assert (got.status, got.json["checks"]["breakers"][service]) == (200, "open")
    guarded.close(service, target)
    got = guarded.edge.request("GET", "/readyz")
    assert (got.status, got.json["checks"]["breakers"][service]) == (200, "closed")


def test_the_state_is_in_a_metric_and_each_change_in_the_log(guarded: Guarded) -> None:
    service, target = TYPED
    guarded.open(service, target)
    guarded.close(service, target)
    assert guarded.state(service) == 0
    changes = [e for e in guarded.edge.events if e["event"] == "breaker changed"]
    ours = [e["state"] for e in changes if e["service"] == service]
    assert ours[-3:] == ["open", "half_open", "closed"]
    assert {e["level"] for e in changes} == {"info"}
    assert {frozenset(labels) for labels, _ in guarded.edge.samples(STATE)} == {
        frozenset({"service"})
    }
    assert {labels["service"] for labels, _ in guarded.edge.samples(STATE)} == set(SERVICES)


@pytest.mark.parametrize(
    "harmless",
    [answer("404 No"), answer("429 No"), answer("400 No"), answer("302 No"), answer("407 No"), OK],
    ids=["404", "429", "400", "302", "407", "200"],
)
def test_what_is_no_failure_opens_nothing(guarded: Guarded, harmless: bytes) -> None:
    service, target = TYPED
    guarded.close(service, target)
    guarded.downstreams[service].respond(harmless)
    for _ in range(3 * CALLS):
        guarded.ask(target)
    assert guarded.state(service) == 0
    assert len(guarded.downstreams[service].requests) == 3 * CALLS


def test_clients_that_leave_open_nothing(guarded: Guarded) -> None:
    service, target = PASSED
    guarded.close(service, target)
    downstream = guarded.downstreams[service]
    downstream.reset()
    downstream.respond(_silent)
    for number in range(2 * CALLS):
        with guarded.edge.connect() as connection:
            connection.send(message("GET", target, [bearer()]))
            wanted = number + 1
            assert downstream.wait(lambda it: len(it.requests) == wanted)  # noqa: B023 - called here
    time.sleep(0.4)
    assert guarded.state(service) == 0


def test_another_services_breaker_stays_closed(guarded: Guarded) -> None:
    guarded.close(*PASSED)
    guarded.open(*TYPED)
    assert (guarded.state(TYPED[0]), guarded.state(PASSED[0])) == (2, 0)
    assert guarded.ask(PASSED[1]).status == 200


def test_one_probe_is_let_through_however_many_ask(guarded: Guarded) -> None:
    service, target = TYPED
    guarded.open(service, target)
    downstream = guarded.downstreams[service]
    answered = threading.Event()

    def play(exchange: Exchange) -> None:
        answered.wait(0.25)
        exchange.send(OK)

    downstream.respond(play)
    time.sleep(PAUSE)
    with ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(guarded.ask, target) for _ in range(20)]
        assert downstream.wait(lambda it: len(it.requests) == 1)
        time.sleep(0.1)
        assert guarded.state(service) == 1
        assert len(downstream.requests) == 1
        answered.set()
        statuses = sorted(each.result().status for each in asked)
    assert statuses.count(200) >= 1
    assert statuses.count(200) == len(downstream.requests)
    assert guarded.state(service) == 0


def test_a_probe_whose_client_leaves_frees_the_place(guarded: Guarded) -> None:
    service, target = TYPED
    guarded.open(service, target)
    downstream = guarded.downstreams[service]
    downstream.respond(_silent)
    time.sleep(PAUSE)
    with guarded.edge.connect() as connection:
        connection.send(message("GET", target, [bearer()]))
        assert downstream.wait(lambda it: len(it.requests) == 1)
        assert guarded.state(service) == 1
    assert guarded.edge.counts(lambda: guarded.state(service) == 2, limit=1.0)
    downstream.reset()
    assert guarded.ask(target).status == 200
    assert guarded.state(service) == 0


def test_a_probe_that_fails_opens_again(guarded: Guarded) -> None:
    service, target = TYPED
    guarded.open(service, target)
    downstream = guarded.downstreams[service]
    downstream.respond(FAILING)
    time.sleep(PAUSE)
    assert [guarded.ask(target).status for _ in range(5)] == [503] * 5
    assert len(downstream.requests) == 1
    assert guarded.state(service) == 2
