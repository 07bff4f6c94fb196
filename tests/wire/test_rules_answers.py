"""Answers that point somewhere, the one context of a request, and the five metrics as they are scraped."""

from __future__ import annotations

import uuid

import pytest

from tests.wire.downstream import Downstream, answer
from tests.wire.edge import Edge
from tests.wire.tokens import bearer

FILE = "/v1/files/file-0001"


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("{url}/file-service/v1/files/file-0009", ["/v1/files/file-0009"]),
        ("{url}/file-service/v1/files/file-0009?a=1#b", ["/v1/files/file-0009?a=1#b"]),
        ("/file-service/v1/files/file-0009", ["/v1/files/file-0009"]),
        ("{url}/elsewhere/9", []),
        ("../v1/files/file-0009", ["../v1/files/file-0009"]),
    ],
)
def test_a_location_is_the_edges_path_for_it(
    edge: Edge, files: Downstream, location: str, expected: list[str]
) -> None:
    files.respond(answer("302 Found", b"", f"Location: {location.format(url=files.url)}"))
    got = edge.request("GET", FILE, [bearer()])
    assert got.status == 302
    assert got.values("location") == expected


def test_a_request_without_ids_has_one_context_all_the_way(edge: Edge, files: Downstream) -> None:
    got = edge.request("GET", FILE, [bearer()])
    (correlation,) = got.values("x-correlation-id")
    assert str(uuid.UUID(correlation)) == correlation
    assert files.only.values("x-correlation-id") == [correlation.encode()]
    (request_id,) = files.only.values("x-request-id")
    assert str(uuid.UUID(request_id.decode())) == request_id.decode()
    events = edge.events_of(correlation, count=2)
    assert [event["event"] for event in events] == ["request forwarded", "request finished"]


def test_exactly_five_metrics_are_published(edge: Edge, files: Downstream) -> None:
    assert edge.request("GET", FILE, [bearer()]).status == 200
    files.respond(answer("500 No"))
    assert edge.request("GET", FILE, [bearer()]).status == 503
    text = edge.request("GET", "/metrics").body.decode()
    samples = {line.partition("{")[0] for line in text.splitlines() if not line.startswith("#")}
    assert samples == {
        "http_requests_total",
        *(f"http_request_duration_seconds_{end}" for end in ("bucket", "count", "sum")),
        "downstream_service_calls_total",
        *(f"downstream_service_call_duration_seconds_{end}" for end in ("bucket", "count", "sum")),
        "api_errors_total",
    }
