"""How the pinned server starts and stops: settings first, a drain last, a lost worker replaced."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.wire.client import Connection, message
from tests.wire.edge import ROOT, Edge
from tests.wire.ports import unassigned_port

Start = Callable[..., Edge]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Serves the bare application with these settings."""
    started: list[Edge] = []

    def begin(package: str = "tests.wire.bare", **environment: str) -> Edge:
        served = Edge(
            {"BARE_URL": "x", "EDGE_DRAIN_DELAY": "0", **environment},
            log=tmp_path / "stderr",
            package=package,
        )
        started.append(served)
        served.wait_until_up()
        return served

    yield begin
    for served in started:
        served.process.kill()
        served.process.wait()


def refused(**environment: str) -> subprocess.CompletedProcess[str]:
    """A start that must not get as far as a socket."""
    return subprocess.run(
        [sys.executable, "-m", "tests.wire.bare"],
        cwd=ROOT,
        env=Edge.environment(environment),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


class TestSettings:
    def test_all_that_is_wrong_is_named_and_nothing_is_bound(self) -> None:
        got = refused(EDGE_PORT="eighty", EDGE_GRACE="-1", EDGE_LOG_FORMAT="xml")
        assert got.returncode == 2
        assert got.stdout == ""
        for name in ("EDGE_PORT", "EDGE_GRACE", "EDGE_LOG_FORMAT", "BARE_URL"):
            assert f"{name}" in got.stderr
        assert "Traceback" not in got.stderr
        assert "Listening" not in got.stderr
        assert "eighty" not in got.stderr

    def test_a_missing_setting_of_the_application_is_named(self) -> None:
        got = refused()
        assert (got.returncode, got.stderr) == (2, "BARE_URL is not set\n")


class TestFiles:
    def test_as_many_may_be_open_as_the_system_allows(self, start: Start) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, hard, 512), hard))
        try:
            served = start()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        worker = int(served.request("GET", "/pid").body)
        assert resource.prlimit(worker, resource.RLIMIT_NOFILE) == (hard, hard)


class TestConnections:
    def test_those_beyond_the_limit_wait_and_the_operations_port_does_not(
        self, start: Start
    ) -> None:
        port = str(unassigned_port())
        served = start(EDGE_CONNECTIONS="1", EDGE_HEADER_TIMEOUT="1", EDGE_OPERATIONS_PORT=port)
        with served.connect() as idle, served.connect() as waiting, Connection(int(port)) as probe:
            idle.send(message("GET", "/pid"))
            assert idle.read().status == 200
            waiting.send(message("GET", "/pid"))
            probe.send(message("GET", "/healthz"))
            assert probe.read(limit=0.8).status == 200
            got = waiting.read(limit=4)
        assert got.status == 200
        assert got.seconds > 0.3


class TestStop:
    def test_sigterm_without_work_ends_at_once_and_cleanly(self, start: Start) -> None:
        served = start()
        assert served.stop() < 2.0
        assert served.process.returncode == 0

    def test_a_request_that_is_open_is_answered(self, start: Start) -> None:
        served = start()
        with served.connect() as connection:
            connection.send(message("GET", "/slow"))
            time.sleep(0.1)
            served.process.send_signal(signal.SIGTERM)
            got = connection.read()
        assert (got.status, got.body, got.complete) == (200, b"bare", True)

    def test_a_stream_is_cut_at_the_grace_and_looks_broken(self, start: Start) -> None:
        served = start(EDGE_GRACE="1")
        with served.connect() as connection:
            connection.send(message("GET", "/stream"))
            assert connection.read(limit=0.3).status == 200
            seconds = served.stop()
            rest = connection.read(limit=1, to_end=True)
        assert 0.9 < seconds < 2.0
        assert served.process.returncode == 0
        assert rest.closed
        assert b"0\r\n\r\n" not in rest.raw

    def test_readiness_says_so_while_requests_are_still_accepted(self, start: Start) -> None:
        served = start(EDGE_DRAIN_DELAY="1")
        assert served.request("GET", "/readyz").status == 200
        served.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert served.request("GET", "/readyz").status == 503
        assert served.request("GET", "/pid").status == 200
        assert served.process.wait(3) == 0

    def test_a_second_signal_ends_it_at_once(self, start: Start) -> None:
        served = start(EDGE_GRACE="20")
        with served.connect() as connection:
            connection.send(message("GET", "/stream"))
            assert connection.read(limit=0.3).status == 200
            served.process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
            assert served.stop() < 2.0


class TestWorkers:
    def test_a_killed_worker_is_replaced_within_two_seconds(self, start: Start) -> None:
        served = start()
        worker = int(served.request("GET", "/pid").body)
        os.kill(worker, signal.SIGKILL)
        killed = time.monotonic()
        while True:
            try:
                if int(served.request("GET", "/pid", limit=0.5).body or 0) not in (0, worker):
                    break
            except OSError:
                pass
            assert time.monotonic() - killed < 2.0
            time.sleep(0.02)
        assert served.stop() < 2.0

    def test_a_reload_replaces_all_and_ends_what_does_not_end(self, start: Start) -> None:
        served = start(EDGE_GRACE="1")
        worker = served.request("GET", "/pid").body
        with served.connect() as connection:
            connection.send(message("GET", "/stream"))
            assert connection.read(limit=0.3).status == 200
            served.process.send_signal(signal.SIGHUP)
            rest = connection.read(limit=8, to_end=True)
        assert rest.closed
        assert b"0\r\n\r\n" not in rest.raw
        assert served.counts(lambda: served.request("GET", "/pid").body != worker)

    @pytest.mark.parametrize("workers", ["1", "2"])
    def test_workers_that_are_spawned_and_not_forked_serve_too(
        self, start: Start, workers: str
    ) -> None:
        port = str(unassigned_port())
        served = start(
            "tests.wire.spawned", EDGE_WORKERS=workers, EDGE_OPERATIONS_PORT=port, EDGE_GRACE="1"
        )
        with Connection(int(port)) as connection:
            connection.send(message("GET", "/healthz"))
            assert connection.read(to_end=True).body == b"bare"
        with served.connect() as connection:
            connection.send(message("GET", "/stream"))
            assert connection.read(limit=0.3).status == 200
            assert served.stop() < 3.0
        assert served.process.returncode == 0

    def test_every_line_of_the_log_is_json(self, start: Start) -> None:
        served = start()
        served.stop()
        assert any(event["event"].startswith("Listening") for event in served.events)
