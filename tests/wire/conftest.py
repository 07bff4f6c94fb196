"""One served edge for all wire tests, before one bare downstream per service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.wire.downstream import Downstream
from tests.wire.edge import Edge, settings

SERVICES = {
    "batch_orchestrator": "BATCH_ORCHESTRATOR_URL",
    "class_management": "CLASS_MANAGEMENT_URL",
    "file_service": "FILE_SERVICE_URL",
    "result_aggregator": "RESULT_AGGREGATOR_URL",
    "identity": "IDENTITY_URL",
    "bff_teacher": "BFF_TEACHER_URL",
}
READ_TIMEOUT = 0.6
"""Seconds that a downstream of these tests has for its head."""


@dataclass(frozen=True)
class Platform:
    """The edge and what stands behind it."""

    edge: Edge
    downstreams: dict[str, Downstream]


@pytest.fixture(scope="session", params=["fast", "httpx"])
def platform(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    """Served once with each transport; what no transport can change asks for the fast one only."""
    downstreams = {name: Downstream() for name in SERVICES}
    environment = settings(
        **{SERVICES[name]: downstream.url for name, downstream in downstreams.items()},
        **{
            f"EDGE_SERVICES__{name.upper()}__TIMEOUTS__READ": str(READ_TIMEOUT) for name in SERVICES
        },
        # Each failure is tested by itself; test_rules_breaker.py is about their number.
        **{f"EDGE_SERVICES__{name.upper()}__BREAKER__ENABLED": "false" for name in SERVICES},
        EDGE_SERVICES__RESULT_AGGREGATOR__TIMEOUTS__IDLE="1",
        EDGE_TRANSPORT=request.param,
        EDGE_HEADER_TIMEOUT="2",
        EDGE_LIMITS__IDLE_SECONDS="1",
    )
    edge = Edge(environment, log=tmp_path_factory.mktemp("edge") / "stderr")
    try:
        edge.wait_until_up()
        yield Platform(edge, downstreams)
        edge.stop()
    finally:
        edge.process.kill()
        edge.process.wait()
        for downstream in downstreams.values():
            downstream.close()


@pytest.fixture
def edge(platform: Platform) -> Iterator[Edge]:
    """The edge, with every downstream as new."""
    yield platform.edge
    for downstream in platform.downstreams.values():
        downstream.reset()


def _downstream(platform: Platform, name: str) -> Downstream:
    downstream = platform.downstreams[name]
    downstream.reset()
    return downstream


@pytest.fixture
def batches(platform: Platform) -> Downstream:
    return _downstream(platform, "batch_orchestrator")


@pytest.fixture
def classes(platform: Platform) -> Downstream:
    return _downstream(platform, "class_management")


@pytest.fixture
def files(platform: Platform) -> Downstream:
    return _downstream(platform, "file_service")


@pytest.fixture
def results(platform: Platform) -> Downstream:
    return _downstream(platform, "result_aggregator")


@pytest.fixture
def accounts(platform: Platform) -> Downstream:
    return _downstream(platform, "identity")


@pytest.fixture
def bff(platform: Platform) -> Downstream:
    return _downstream(platform, "bff_teacher")
