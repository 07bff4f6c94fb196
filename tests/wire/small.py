"""The small edge of the unit tests, served before one downstream with settings of a test's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.unit.runtime_core.mini_edge import SERVICES
from tests.wire import edge
from tests.wire.downstream import Downstream
from tests.wire.edge import Edge, settings

PRODUCTION, TEAMS = "served", "served_by_team"
"""The production application under the pinned server, and a team's own under uvicorn."""


@contextmanager
def serving(behind: Downstream, folder: Path, package: str, **overrides: str) -> Iterator[Edge]:
    """That edge, up; killed at the end. Downstreams have half a second for their heads."""
    environment = settings(
        **{service.base_url_env: behind.url for service in SERVICES},
        **{f"EDGE_SERVICES__{s.name.upper()}__TIMEOUTS__READ": "0.5" for s in SERVICES},
        **overrides,
    )
    package = f"tests.unit.runtime_core.{package}"
    with edge.serving(environment, log=folder / "stderr", package=package) as served:
        yield served
