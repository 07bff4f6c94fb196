"""How long a downstream may take: the operation's own times, less what the settings say for its service."""

from __future__ import annotations

from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry

from proxygen.runtime.calls.breaker import AlwaysClosed
from proxygen.runtime.calls.bulkhead import Bulkhead
from proxygen.runtime.calls.retry import RetryBudget
from proxygen.runtime.headers.writer import HeaderPolicy
from proxygen.runtime.hooks.order import Hooks
from proxygen.runtime.hooks.token_bucket import TokenBuckets
from proxygen.runtime.operation import Operation, Passthrough, Timeouts
from proxygen.runtime.plan import Downstream, Plan, Routed, plan_of
from proxygen.runtime.routing.edge_paths import EdgePaths
from proxygen.runtime.settings import ServiceSettings, TimeoutOverrides
from proxygen.runtime.telemetry.metrics import EdgeMetrics
from proxygen.runtime.transport.seam import HeaderList, Limits, idle_of
from tests.unit.runtime_core.scripted import Scripted

TIMES = Timeouts(connect=1.0, pool=2.0, write=3.0, read=4.0, idle=5.0, total=6.0)
TYPED = Operation(
    service="s",
    operation_id="o",
    method="GET",
    edge_path="/o",
    downstream_path="/o",
    timeouts=TIMES,
)
PROXY = Passthrough(service="s", prefix="/s", timeouts=TIMES)


def plan(operation: Routed, **overrides: float) -> Plan:
    service = ServiceSettings(base_url="http://s.test")
    downstream = Downstream(
        origin=service.origin,
        transport=Scripted()(service),
        timeouts=TimeoutOverrides(**overrides),
        budget=RetryBudget(),
        breaker=AlwaysClosed(),
        bulkhead=Bulkhead(1),
    )
    return plan_of(
        operation,
        downstream=downstream,
        siblings=[],
        edge_paths=EdgePaths([]),
        policy=HeaderPolicy(),
        hooks=Hooks(of_team=(), rate_limit=None, buckets=TokenBuckets(1)),
        metrics=EdgeMetrics(CollectorRegistry()),
    )


@pytest.mark.parametrize("operation", [TYPED, PROXY], ids=["typed", "passthrough"])
def test_the_operations_own_times_hold(operation: Routed) -> None:
    found = plan(operation)
    assert found.limits == Limits(connect=1.0, pool=2.0, write=3.0, read=4.0, idle=5.0)
    assert found.total == 6.0


@pytest.mark.parametrize("name", ["connect", "pool", "write", "read", "idle"])
def test_each_is_overridden_by_the_settings_alone(name: str) -> None:
    found = plan(TYPED, **{name: 9.0})
    assert found.limits == replace(plan(TYPED).limits, **{name: 9.0})
    assert found.total == 6.0


def test_the_total_is_overridden_by_the_settings_alone() -> None:
    found = plan(TYPED, total=9.0)
    assert (found.limits, found.total) == (plan(TYPED).limits, 9.0)


def test_an_event_stream_may_be_silent() -> None:
    assert plan(replace(TYPED, event_stream=True)).limits == replace(plan(TYPED).limits, idle=None)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([(b"Content-Type", b"text/event-stream")], None),
        ([(b"content-type", b"Text/Event-Stream; charset=utf-8")], None),
        ([(b"content-type", b"text/plain")], 5.0),
        ([(b"x-content-type", b"text/event-stream")], 5.0),
        ([], 5.0),
    ],
)
def test_an_answer_that_is_an_event_stream_may_be_silent_on_any_route(
    headers: HeaderList, seconds: float | None
) -> None:
    assert idle_of(plan(PROXY).limits, headers) == seconds
