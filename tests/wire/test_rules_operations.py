"""What an operator asks: where the pages of operation are, and what readiness says of each part."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.wire.client import Answer, Connection, message
from tests.wire.conftest import SERVICES
from tests.wire.downstream import Downstream
from tests.wire.edge import ROOT, Edge, samples_of, serving, settings
from tests.wire.ports import unassigned_port
from tests.wire.tokens import bearer

PAGES = ("/healthz", "/readyz", "/metrics")


@dataclass(frozen=True)
class Apart:
    """An edge with an operations port."""

    edge: Edge
    port: int

    def ask(self, data: bytes) -> Answer:
        """These bytes to the operations port."""
        with Connection(self.port) as connection:
            connection.send(data)
            return connection.read(limit=6, to_end=True)

    def get(self, path: str) -> Answer:
        return self.ask(message("GET", path))


@pytest.fixture(scope="module")
def downstream() -> Iterator[Downstream]:
    made = Downstream()
    yield made
    made.close()


@pytest.fixture(scope="module", params=[1, 2], ids=["one worker", "two workers"])
def apart(
    request: pytest.FixtureRequest,
    downstream: Downstream,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Apart]:
    port = unassigned_port()
    urls = dict.fromkeys(SERVICES.values(), downstream.url)
    environment = settings(**urls, EDGE_OPERATIONS_PORT=str(port), EDGE_WORKERS=str(request.param))
    log = tmp_path_factory.mktemp("edge") / "stderr"
    with serving(environment, log=log, page="/docs") as edge:
        yield Apart(edge, port)
        edge.stop()


class TestPort:
    @pytest.mark.parametrize("path", PAGES)
    def test_clients_find_no_page_of_operation(self, apart: Apart, path: str) -> None:
        got = apart.edge.request("GET", path)
        assert (got.status, got.json) == (404, {"detail": "Not Found"})

    @pytest.mark.parametrize("path", PAGES)
    def test_operators_do(self, apart: Apart, path: str) -> None:
        got = apart.get(path)
        assert (got.status, got.closed, got.complete) == (200, True, True)
        assert len(got.values("x-correlation-id")) == 1

    def test_what_clients_did_is_counted_there(self, apart: Apart) -> None:
        for _ in range(6):
            assert apart.edge.request("GET", "/v1/classes/9a", [bearer()]).status == 200
        labels = {"method": "GET", "endpoint": "/v1/classes/{class_id}", "http_status": "200"}

        def counted() -> bool:
            scraped = apart.get("/metrics").body
            return (labels, 6.0) in samples_of(scraped, "http_requests_total")

        assert apart.edge.counts(counted)

    @pytest.mark.parametrize(
        "data",
        [
            b"hello\r\n\r\n",
            b"GET /metrics HTTP/1.1\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
            b"GET /metrics HTTP/1.1\r\nHost: a\r\nX-Half",
        ],
        ids=["no HTTP", "20 KB", "half a head"],
    )
    def test_what_is_no_request_is_closed(self, apart: Apart, data: bytes) -> None:
        got = apart.ask(data)
        assert (got.raw, got.closed) == (b"", True)
        assert apart.get("/healthz").status == 200

    def test_a_host_that_is_malformed_is_refused_there_too(self, apart: Apart) -> None:
        assert apart.ask(b"GET /metrics HTTP/1.1\r\nHost: a/b\r\n\r\n").status == 400

    @pytest.mark.parametrize("path", ["/v1/classes/9a", "/docs", "/openapi.json", "/metrics/"])
    def test_nothing_else_is_there(self, apart: Apart, path: str) -> None:
        got = apart.get(path)
        assert (got.status, got.payload, got.closed) == (404, b"", True)


class TestReadiness:
    def test_every_part_has_its_state(self, apart: Apart) -> None:
        found = apart.get("/readyz").json
        assert found["status"] == "ready"
        checks = found["checks"]
        assert checks["settings"] == "loaded"
        assert checks["server"] == "serving"
        assert checks["keys"] == "usable"
        assert set(checks["breakers"]) == set(SERVICES)

    def test_keys_that_cannot_be_fetched_and_a_drain_keep_requests_away(
        self, downstream: Downstream, tmp_path: Path
    ) -> None:
        environment = settings(
            **dict.fromkeys(SERVICES.values(), downstream.url),
            EDGE_TOKEN_JWKS_URL="http://127.0.0.1:1/jwks.json",
            EDGE_DRAIN_DELAY="3",
        )
        del environment["EDGE_TOKEN_SECRET"]
        with serving(environment, log=tmp_path / "stderr") as edge:
            got = edge.request("GET", "/readyz")
            assert (got.status, got.json["status"], got.json["for"]) == (503, "waiting", ["keys"])
            assert got.json["checks"]["keys"] == "missing"
            edge.process.send_signal(signal.SIGTERM)
            # A request may be there before the process is woken for the signal.
            assert edge.counts(lambda: edge.request("GET", "/readyz").json["for"] != ["keys"])
            got = edge.request("GET", "/readyz")
            assert (got.status, got.json["for"]) == (503, ["server", "keys"])
            assert got.json["checks"]["server"] == "draining"


def refused(**environment: str) -> subprocess.CompletedProcess[str]:
    urls = dict.fromkeys(SERVICES.values(), "http://localhost:1")
    return subprocess.run(
        [sys.executable, "-m", "generated"],
        cwd=ROOT,
        env=Edge.environment(settings(**urls, **environment)),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


class TestSettings:
    def test_the_two_ports_must_differ(self) -> None:
        got = refused(EDGE_PORT="8123", EDGE_OPERATIONS_PORT="8123")
        assert got.returncode == 2
        assert got.stderr.startswith("EDGE_OPERATIONS_PORT: ")

    def test_a_port_that_is_taken_is_named(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            got = refused(EDGE_OPERATIONS_PORT=str(taken.getsockname()[1]))
        assert got.returncode == 2
        assert got.stderr.startswith("EDGE_OPERATIONS_PORT: cannot listen there: ")
        assert "Traceback" not in got.stderr
