"""Whose rate limit an operation has: its own, else its service's, else that of the running edge."""

from __future__ import annotations

from typing import Any

import pytest

from proxygen.config.model import RateLimitConfig
from proxygen.ir.gateway import RateLimit
from tests.unit.lower.lowering import document, lower, lower_all, operation

OF_SERVICE = RateLimitConfig(rate=10.0, burst=40)
OWN = RateLimitConfig(rate=2.5)
PATHS: dict[str, Any] = {"/notes": {"get": {"operationId": "listNotes"}}}


@pytest.mark.parametrize(
    ("own", "of_service", "expected"),
    [
        (None, None, None),
        (None, OF_SERVICE, RateLimit(rate=10.0, burst=40)),
        (OWN, None, RateLimit(rate=2.5, burst=3)),
        (OWN, OF_SERVICE, RateLimit(rate=2.5, burst=3)),
        (RateLimitConfig(rate=0.1), None, RateLimit(rate=0.1, burst=1)),
    ],
)
def test_the_nearest_saying_holds_as_a_whole(
    own: RateLimitConfig | None, of_service: RateLimitConfig | None, expected: RateLimit | None
) -> None:
    operations = operation("listNotes", rate_limit=own)
    lowered = lower(document(PATHS), operations=operations, rate_limit=of_service)
    assert lowered.operation.rate_limit == expected
    responses = lowered.gateway.edge_contract["paths"]["/notes"]["get"]["responses"]
    assert ("429" in responses) is (expected is not None)


def test_a_service_that_is_passed_through_has_its_own() -> None:
    services = {"bff": {"mode": "passthrough", "prefix": "/bff", "rate_limit": OF_SERVICE}}
    route = lower_all({"bff": None}, services=services).gateway.services[0].passthrough
    assert route is not None
    assert route.rate_limit == RateLimit(rate=10.0, burst=40)
