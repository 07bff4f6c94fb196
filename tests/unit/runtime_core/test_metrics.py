"""The five metrics: names, labels, and what no label may ever be."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest

from proxygen.runtime.app import EdgeApplication
from proxygen.runtime.telemetry.metrics import CLIENT_GONE, CallMetrics, EdgeMetrics, WithoutCreated
from tests.unit.runtime_core.calling import Client
from tests.unit.runtime_core.scripted import Answer, Scripted


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> EdgeMetrics:
    return EdgeMetrics(registry, "edge_")


@pytest.mark.parametrize(
    ("method", "status", "labels"),
    [
        ("GET", 200, ("GET", "200")),
        ("PROPFIND", 404, ("OTHER", "404")),
        ("get", 404, ("OTHER", "404")),
        ("GET", 299, ("GET", "other")),
        ("GET", 599, ("GET", "other")),
        ("GET", -1, ("GET", "other")),
        ("GET", CLIENT_GONE, ("GET", "499")),
    ],
)
def test_a_request_is_counted_under_words_of_a_closed_list(
    registry: CollectorRegistry,
    metrics: EdgeMetrics,
    method: str,
    status: int,
    labels: tuple[str, str],
) -> None:
    for _ in range(2):
        metrics.endpoint("/x/{y}").finished(method, status, 0.5)
    ours = {"method": labels[0], "endpoint": "/x/{y}"}
    counted = {**ours, "http_status": labels[1]}
    assert registry.get_sample_value("edge_http_requests_total", counted) == 2
    assert registry.get_sample_value("edge_http_request_duration_seconds_sum", ours) == 1.0
    assert registry.get_sample_value("edge_http_request_duration_seconds_count", ours) == 2


@pytest.mark.parametrize(
    ("status", "label"), [(200, "200"), (404, "404"), (None, "none"), (0, "other"), (299, "other")]
)
def test_a_call_is_counted_under_the_status_of_its_answer(
    registry: CollectorRegistry, metrics: EdgeMetrics, status: int | None, label: str
) -> None:
    calls = CallMetrics(metrics, "classes", "/internal/{y}")
    for _ in range(2):
        calls.finished("GET", status, 0.25)
    theirs = {"service": "classes", "method": "GET", "endpoint": "/internal/{y}"}
    counted = {**theirs, "status_code": label}
    name = "edge_downstream_service_call_duration_seconds"
    assert registry.get_sample_value("edge_downstream_service_calls_total", counted) == 2
    assert registry.get_sample_value(f"{name}_sum", theirs) == 0.5
    assert registry.get_sample_value(f"{name}_count", theirs) == 2


def test_errors_are_counted_by_endpoint_and_type(
    registry: CollectorRegistry, metrics: EdgeMetrics
) -> None:
    for word in ("timeout", "timeout", "proxy_error"):
        metrics.endpoint("/x").failed(word)
    labels = {"endpoint": "/x", "error_type": "timeout"}
    assert registry.get_sample_value("edge_api_errors_total", labels) == 2


def test_an_endpoint_is_bound_once(metrics: EdgeMetrics) -> None:
    assert metrics.endpoint("/x") is metrics.endpoint("/x")
    assert metrics.endpoint("/x") is not metrics.endpoint("/y")


def test_creation_times_are_not_published(
    registry: CollectorRegistry, metrics: EdgeMetrics
) -> None:
    metrics.endpoint("/x").finished("GET", 200, 0.1)
    metrics.endpoint("/x").failed("timeout")
    CallMetrics(metrics, "classes", "/x").finished("GET", 200, 0.1)
    text = generate_latest(WithoutCreated(registry)).decode()
    assert "_created" in generate_latest(registry).decode()
    assert "_created" not in text
    assert 'edge_http_requests_total{endpoint="/x",http_status="200",method="GET"} 1.0' in text


async def test_durations_last_until_the_last_byte(
    make: Callable[..., EdgeApplication], downstream: Scripted
) -> None:
    client = Client(make())
    downstream.answers = [Answer(body=(b"a", 0.2, b"b"), at_hand=False)]
    assert (await client.call("GET", "/v1/classes/7")).body == b"ab"
    ours = {"method": "GET", "endpoint": "/v1/classes/{class-id}"}
    assert 0.2 <= await client.count("http_request_duration_seconds_sum", **ours) < 2
    theirs = {"service": "classes", "method": "GET", "endpoint": "/v1/classes/{class-id}"}
    name = "downstream_service_call_duration_seconds_sum"
    assert 0.2 <= await client.count(name, **theirs) < 2
