"""Every fault of a downstream on both transports: the answer, its time, kind, event, and the five metrics."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from tests.wire.client import message
from tests.wire.downstream import Exchange
from tests.wire.edge import Edge
from tests.wire.faults import (
    HEAD,
    NARROW,
    ROWS,
    SECURED,
    Place,
    Row,
)
from tests.wire.faulty import Faulty, ask, faulty_edge, late_by, prepare
from tests.wire.tokens import bearer

SLACK = 0.25
"""Seconds by which an answer may be late."""
_TRIES = 3
"""A machine that is busy may be late; an edge that is late is so each time."""


@pytest.fixture(scope="module", params=["fast", "httpx"])
def faulty(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Faulty]:
    with faulty_edge(request.param, tmp_path_factory.mktemp("faulty")) as made:
        yield made


def _counts(edge: Edge, place: Place) -> dict[str, float]:
    """The five metrics of one route, by the label that a fault decides."""
    ours = {"method": place.method, "endpoint": place.endpoint}
    theirs = {"service": place.service, **ours, "endpoint": place.downstream}
    found: dict[str, float] = {}
    for name, labels, wanted in (
        ("http_requests_total", ours, "http_status"),
        ("http_request_duration_seconds_count", ours, ""),
        ("downstream_service_calls_total", theirs, "status_code"),
        ("downstream_service_call_duration_seconds_count", theirs, ""),
        ("api_errors_total", {"endpoint": place.endpoint}, "error_type"),
    ):
        for sample, value in edge.samples(name):
            if labels.items() <= sample.items():
                found[f"{name} {sample.get(wanted, '')}".strip()] = value
    return found


def _expected(row: Row) -> dict[str, float]:
    grown = {f"http_requests_total {row.status}": 1, "http_request_duration_seconds_count": 1}
    if row.calls:
        grown[f"downstream_service_calls_total {row.status_code}"] = row.calls
        grown["downstream_service_call_duration_seconds_count"] = row.calls
    if row.error_type is not None:
        grown[f"api_errors_total {row.error_type}"] = 1
    return {name: float(count) for name, count in grown.items()}


def _grown(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    return {name: n - before.get(name, 0) for name, n in after.items() if n != before.get(name, 0)}


@contextlib.contextmanager
def _busy(faulty: Faulty, row: Row) -> Iterator[None]:
    """As many other requests as the row says, the first of them with its downstream."""
    with contextlib.ExitStack() as stack:
        for number in range(row.busy):
            connection = stack.enter_context(faulty.edge.connect())
            connection.send(message("GET", row.place.target, [bearer()]))
            if number == 0:
                downstream = faulty.downstreams[row.place.service]
                assert downstream.wait(lambda it: len(it.requests) == 1)
        # The second waits inside the edge, where nothing of it can be seen.
        time.sleep(0.1 if row.busy > 1 else 0.0)
        yield
    # The edge looks every 0.1 s whether a client is still there; then it counts.
    time.sleep(0.3 if row.busy else 0.0)


def _check(faulty: Faulty, row: Row) -> float:
    """All of a row but its time, which is returned in seconds."""
    edge, correlation = faulty.edge, str(uuid.uuid4())
    prepare(faulty, row)
    with _busy(faulty, row):
        before = _counts(edge, row.place)
        got = ask(faulty, row, correlation)
        last = edge.finished(correlation)
        assert edge.counts(lambda: _grown(before, _counts(edge, row.place)) == _expected(row)), (
            _grown(before, _counts(edge, row.place))
        )
    assert got.status == row.status
    if row.detail is not None:
        assert got.json == {"detail": row.detail}
        assert b"psql" not in got.raw
    if row.payload is not None:
        assert got.body == row.payload
    assert got.complete is not row.broken
    assert not row.broken or got.closed
    assert bool(got.values("retry-after")) is row.retry_after
    kind, level = row.kind, row.level
    if faulty.transport == "httpx" and row.httpx is not None:
        assert row.why
        kind, level = row.httpx
    assert (last.get("kind"), last["level"], last["status"]) == (kind, level, row.status)
    assert last["service"] == row.place.service
    return got.seconds


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in ROWS])
def test_every_fault_has_its_answer_kind_event_and_counts(faulty: Faulty, row: Row) -> None:
    seconds = [_check(faulty, row)]
    while seconds[-1] >= row.after + SLACK and len(seconds) < _TRIES:
        seconds.append(_check(faulty, row))
    assert row.after - 0.02 <= seconds[-1] < row.after + SLACK, seconds


TIMED = [row for row in ROWS if row.name in ("connect black-holed", "no head", "slow body")]


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in TIMED])
def test_r8_every_time_out_fires_in_time(faulty: Faulty, row: Row) -> None:
    worst = [max(late_by(faulty, row, 20))]
    while worst[-1] >= SLACK and len(worst) < _TRIES:
        worst.append(max(late_by(faulty, row, 20)))
    assert worst[-1] < SLACK, worst


def test_a_certificate_that_is_right_is_taken(faulty: Faulty) -> None:
    """Else the three rows about TLS would prove nothing."""
    faulty.secured.shown = faulty.certificates["good"]
    assert faulty.edge.request("GET", SECURED.target, [bearer()]).status == 204


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A client that goes away: it has sent `lines` and `body` and has read as long as `reads` says."""

    name: str
    method: str = "GET"
    lines: tuple[str, ...] = ()
    body: bytes = b""
    answers: bytes = b""
    kind: str
    http_status: str
    status_code: str = "none"


LEAVING = [
    Leaving(name="before the head", kind="client_disconnect", http_status="499"),
    Leaving(
        name="mid upload, length",
        method="PUT",
        lines=("Content-Length: 1000",),
        body=b"hello",
        kind="client_disconnect_upload",
        http_status="499",
    ),
    Leaving(
        name="mid upload, chunked",
        method="PUT",
        lines=("Transfer-Encoding: chunked",),
        body=b"5\r\nhello\r\n",
        kind="client_disconnect_upload",
        http_status="499",
    ),
    Leaving(
        name="mid download",
        answers=HEAD + b"Content-Length: 1000\r\n\r\nhello",
        kind="client_disconnect_download",
        http_status="200",
        status_code="200",
    ),
]


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in LEAVING])
def test_a_client_that_leaves_frees_the_downstream_and_is_no_fault_of_its(
    faulty: Faulty, row: Leaving
) -> None:
    edge, downstream = faulty.edge, faulty.downstreams[NARROW.service]
    freed: list[float | None] = []

    def play(exchange: Exchange) -> None:
        exchange.send(row.answers)
        freed.append(exchange.seconds_until_closed(3))

    downstream.reset()
    downstream.respond(play, early=True)
    place = replace(NARROW, method=row.method)
    before, correlation = _counts(edge, place), str(uuid.uuid4())
    with edge.connect() as connection:
        lines = [bearer(), f"X-Correlation-ID: {correlation}", *row.lines]
        connection.send(message(row.method, NARROW.target, lines) + row.body)
        if row.answers:
            assert connection.receive().startswith(b"HTTP/1.1 200")
        assert downstream.wait(lambda it: len(it.requests) == 1)
        time.sleep(0.1)
    last = edge.finished(correlation)
    assert (last["kind"], last["level"]) == (row.kind, "info")
    assert downstream.wait(lambda _: len(freed) == 1)
    assert freed[0] is not None
    assert freed[0] < 1.2
    assert not downstream.only.ended or row.method == "GET"
    expected = {
        f"http_requests_total {row.http_status}": 1.0,
        "http_request_duration_seconds_count": 1.0,
        f"downstream_service_calls_total {row.status_code}": 1.0,
        "downstream_service_call_duration_seconds_count": 1.0,
    }
    assert edge.counts(lambda: _grown(before, _counts(edge, place)) == expected), _grown(
        before, _counts(edge, place)
    )
