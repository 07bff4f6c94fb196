"""One served edge for all wire tests, before one bare downstream per service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.wire.client import Connection
from tests.wire.downstream import Downstream, Exchange
from tests.wire.edge import Edge, settings
from tests.wire.leaks import Secrets
from tests.wire.pinned_only import entries_for

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


SERVED = {
    "fast": ("generated", {"EDGE_TRANSPORT": "fast"}),
    "httpx": ("generated", {"EDGE_TRANSPORT": "httpx"}),
    "team": ("tests.wire.team", {"TEAM_HTTP": "httptools"}),
    "h11": ("tests.wire.team", {"TEAM_HTTP": "h11"}),
}
"""The module that is served, and with which settings: by the pinned server with each transport, and in a
team's own application under uvicorn."""
ONE_TRANSPORT = ("fast", "team")
"""What no transport can change is shown by one."""
EACH_SERVER = ("fast", "team", "h11")
"""What a server's parser decides is shown with each."""


@pytest.fixture(scope="session", autouse=True)
def no_log_has_a_secret(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """W120, for all that the suite has sent and all that its edges have logged; fails at the end."""
    secrets = Secrets()
    for observers in (Connection.observers, Exchange.observers):
        observers.append(secrets.note)
    yield
    for observers in (Connection.observers, Exchange.observers):
        observers.remove(secrets.note)
    logs = list(tmp_path_factory.getbasetemp().rglob("stderr"))
    leaked = {
        (log.parent.name, secret)
        for log in logs
        for secret in secrets.found_in(log.read_text(encoding="utf-8", errors="replace"))
    }
    assert leaked == set()


@pytest.fixture(scope="session", params=("fast", "httpx", "team"))
def platform(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    """Served in each way; what no transport can change asks for `ONE_TRANSPORT`."""
    package, own = SERVED[request.param]
    downstreams = {name: Downstream() for name in SERVICES}
    environment = settings(
        **{SERVICES[name]: downstream.url for name, downstream in downstreams.items()},
        **{
            f"EDGE_SERVICES__{name.upper()}__TIMEOUTS__READ": str(READ_TIMEOUT) for name in SERVICES
        },
        # Each failure is tested by itself; test_rules_breaker.py is about their number.
        **{f"EDGE_SERVICES__{name.upper()}__BREAKER__ENABLED": "false" for name in SERVICES},
        EDGE_SERVICES__RESULT_AGGREGATOR__TIMEOUTS__IDLE="1",
        **own,
        EDGE_HEADER_TIMEOUT="2",
        EDGE_LIMITS__IDLE_SECONDS="1",
    )
    edge = Edge(environment, log=tmp_path_factory.mktemp("edge") / "stderr", package=package)
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What only the pinned server gives must fail in a team's own application, or the list is wrong."""
    for item in items:
        platform = item.callspec.params.get("platform") if hasattr(item, "callspec") else None
        if platform in ("team", "h11"):
            node = re.sub(rf"(?<=\[){platform}-|-{platform}(?=\])|\[{platform}\]$", "", item.name)
            for entry in entries_for(node, platform):
                mark = pytest.mark.xfail(reason=entry.instead, strict=entry.always)
                item.add_marker(mark)
