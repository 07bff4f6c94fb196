"""A clock that is set under a running edge: tokens are judged by it, and nothing else is."""

from __future__ import annotations

import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.wire.conftest import SERVICES
from tests.wire.downstream import Downstream, Exchange
from tests.wire.edge import Edge, serving, settings
from tests.wire.tokens import bearer

CLASS = "/v1/classes/9a"
READ_TIMEOUT = 0.6
TEN_MINUTES = 600


def library() -> str:
    """What `faketime` preloads; empty where it is not installed."""
    found = shutil.which("faketime")
    if found is None:
        return ""
    command = [found, "-m", "-f", "+0s", "printenv", "LD_PRELOAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip()


PRELOADED = library()
pytestmark = pytest.mark.skipif(not PRELOADED, reason="faketime (libfaketime) is not installed")


@dataclass(frozen=True)
class Set:
    """An edge whose wall clock is read from a file."""

    edge: Edge
    behind: Downstream
    offset: Path

    def clock(self, seconds: int) -> None:
        """Sets the edge's clock to ours and so many seconds."""
        self.offset.write_text(f"{seconds:+d}s\n")
        time.sleep(0.2)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Set]:
    folder = tmp_path_factory.mktemp("clock")
    offset = folder / "offset"
    offset.write_text("+0s\n")
    behind = Downstream()
    environment = settings(
        **dict.fromkeys(SERVICES.values(), behind.url),
        EDGE_SERVICES__CLASS_MANAGEMENT__TIMEOUTS__READ=str(READ_TIMEOUT),
        LD_PRELOAD=PRELOADED,
        FAKETIME_TIMESTAMP_FILE=str(offset),
        FAKETIME_CACHE_DURATION="0",
        FAKETIME_NO_CACHE="1",
        FAKETIME_DONT_FAKE_MONOTONIC="1",
        DONT_FAKE_MONOTONIC="1",
    )
    with serving(environment, log=folder / "stderr") as edge:
        yield Set(edge, behind, offset)
    behind.close()


@pytest.fixture(autouse=True)
def _as_ours(served: Set) -> Iterator[None]:
    served.behind.reset()
    yield
    served.clock(0)


def now() -> int:
    return int(time.time())


def test_a_token_that_was_believed_expires_when_the_clock_goes_forward(served: Set) -> None:
    line = bearer(exp=now() + 300)
    assert served.edge.request("GET", CLASS, [line]).status == 200
    served.clock(TEN_MINUTES)
    correlation = str(uuid.uuid4())
    got = served.edge.request("GET", CLASS, [line, f"X-Correlation-ID: {correlation}"])
    assert (got.status, got.detail) == (401, "Not authenticated")
    finished = served.edge.finished(correlation)
    assert (finished["kind"], finished["level"]) == ("auth_expired", "warning")
    assert served.edge.request("GET", CLASS, [bearer(exp=now() + 900)]).status == 200


def test_a_token_is_not_good_yet_when_the_clock_goes_back(served: Set) -> None:
    served.clock(-TEN_MINUTES)
    assert served.edge.request("GET", CLASS, [bearer()]).status == 401
    early = now() - TEN_MINUTES
    for iat, status in ((early + 5, 200), (early + 40, 401), (None, 200)):
        assert served.edge.request("GET", CLASS, [bearer(iat=iat)]).status == status


@pytest.mark.parametrize("seconds", [TEN_MINUTES, -TEN_MINUTES], ids=["+10min", "-10min"])
def test_time_outs_and_open_connections_do_not_see_the_clock(served: Set, seconds: int) -> None:
    line = bearer(iat=None, exp=now() + 2 * TEN_MINUTES)

    def set_the_clock(_: Exchange) -> None:
        served.clock(seconds)
        time.sleep(2 * READ_TIMEOUT)

    assert served.edge.request("GET", CLASS, [line]).status == 200
    served.behind.respond(set_the_clock)
    got = served.edge.request("GET", CLASS, [line])
    assert got.status == 504
    assert READ_TIMEOUT <= got.seconds < READ_TIMEOUT + 0.4
    served.behind.reset()
    assert served.edge.request("GET", CLASS, [line]).status == 200
