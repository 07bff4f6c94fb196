"""Several workers: one `/metrics` of all, a lost worker replaced at no other's cost, nothing left behind."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.wire.client import Answer, Connection, message
from tests.wire.conftest import SERVICES
from tests.wire.downstream import Downstream
from tests.wire.edge import Edge, serving, settings
from tests.wire.tokens import bearer

GET = message("GET", "/v1/classes/9a", [bearer()])
COUNTED = {"method": "GET", "endpoint": "/v1/classes/{class_id}", "http_status": "200"}
WORKERS = 2
RESPAWN = 2.0
"""Seconds in which a killed worker must be replaced."""


@dataclass(frozen=True)
class Served:
    """An edge of two workers, what stands behind it, and where its temporary files are."""

    edge: Edge
    downstream: Downstream
    temporary: Path


@pytest.fixture
def downstream() -> Iterator[Downstream]:
    made = Downstream()
    yield made
    made.close()


@pytest.fixture
def served(downstream: Downstream, tmp_path: Path) -> Iterator[Served]:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    urls = dict.fromkeys(SERVICES.values(), downstream.url)
    environment = settings(**urls, EDGE_WORKERS=str(WORKERS), TMPDIR=str(temporary))
    with serving(environment, log=tmp_path / "stderr") as edge:
        assert started(edge, WORKERS)
        yield Served(edge, downstream, temporary)
        for worker in workers_of(edge):
            os.kill(worker, signal.SIGKILL)


def workers_of(edge: Edge) -> list[int]:
    """The processes whose parent is the edge's."""
    children = Path(f"/proc/{edge.process.pid}/task/{edge.process.pid}/children")
    return [int(child) for child in children.read_text().split()] if children.exists() else []


def started(edge: Edge, number: int, limit: float = 10.0) -> bool:
    """Whether so many workers have come up, in time."""
    return edge.counts(lambda: edge.log_text.count("Started worker-") == number, limit)


def connections_of(worker: int, connections: dict[int, Connection]) -> set[int]:
    """The client's ports of those connections that this process holds, by its file descriptors."""
    held = set()
    for link in Path(f"/proc/{worker}/fd").iterdir():
        try:
            held.add(str(link.readlink()))
        except OSError:
            continue
    ports = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        port = int(fields[2].rpartition(":")[2], 16)
        if port in connections and f"socket:[{fields[9]}]" in held:
            ports.add(port)
    return ports


def ask(edge: Edge, number: int) -> None:
    """So many requests, each over a connection of its own, so that every worker gets some."""
    for _ in range(number):
        assert edge.raw(GET).status == 200


def counted(edge: Edge, number: int) -> bool:
    """Whether so many were counted, in time: each is after its last byte went out."""
    return edge.counts(lambda: edge.metric("http_requests_total", **COUNTED) == number)


class TestMetrics:
    def test_any_worker_has_the_counts_of_all(self, served: Served) -> None:
        ask(served.edge, 40)
        assert counted(served.edge, 40)
        seen = {served.edge.metric("http_requests_total", **COUNTED) for _ in range(10)}
        assert seen == {40}
        durations = "http_request_duration_seconds"
        labels = {"method": "GET", "endpoint": COUNTED["endpoint"]}
        assert served.edge.metric(f"{durations}_count", **labels) == 40
        assert served.edge.metric(f"{durations}_bucket", **labels, le="+Inf") == 40
        assert len(list(served.temporary.glob("*/counter_*.db"))) == WORKERS

    def test_no_sample_tells_of_a_process(self, served: Served) -> None:
        ask(served.edge, 4)
        assert b"pid=" not in served.edge.request("GET", "/metrics").body

    def test_a_dead_workers_counts_are_kept(self, served: Served) -> None:
        ask(served.edge, 20)
        assert counted(served.edge, 20)
        for worker in workers_of(served.edge):
            os.kill(worker, signal.SIGKILL)
        served.edge.wait_until_up()
        ask(served.edge, 5)
        assert counted(served.edge, 25)

    def test_no_file_is_left(self, served: Served) -> None:
        ask(served.edge, 4)
        assert list(served.temporary.iterdir()) != []
        served.edge.stop()
        assert list(served.temporary.iterdir()) == []

    def test_what_a_killed_edge_left_is_removed_by_the_next(
        self, served: Served, tmp_path: Path
    ) -> None:
        ask(served.edge, 4)
        served.edge.process.kill()
        served.edge.process.wait()
        (left,) = served.temporary.iterdir()
        gone_within(served.edge, 3)
        urls = dict.fromkeys(SERVICES.values(), served.downstream.url)
        environment = settings(**urls, EDGE_WORKERS="2", TMPDIR=str(served.temporary))
        with serving(environment, log=tmp_path / "following") as following:
            assert not left.exists()
            following.stop()

    def test_a_folder_that_an_operator_names_is_emptied_and_used(
        self, downstream: Downstream, tmp_path: Path
    ) -> None:
        folder = tmp_path / "shared"
        folder.mkdir()
        (folder / "counter_1.db").write_bytes(b"left by another")
        urls = dict.fromkeys(SERVICES.values(), downstream.url)
        environment = settings(**urls, EDGE_WORKERS="2", PROMETHEUS_MULTIPROC_DIR=str(folder))
        with serving(environment, log=tmp_path / "stderr") as edge:
            ask(edge, 10)
            assert counted(edge, 10)
            edge.stop()
        assert list(folder.iterdir()) == []

    def test_one_worker_writes_no_files(self, downstream: Downstream, tmp_path: Path) -> None:
        temporary = tmp_path / "temporary"
        temporary.mkdir()
        environment = settings(
            **dict.fromkeys(SERVICES.values(), downstream.url), TMPDIR=str(temporary)
        )
        with serving(environment, log=tmp_path / "stderr") as edge:
            ask(edge, 2)
            assert list(temporary.iterdir()) == []


class TestLostWorkers:
    def test_a_killed_worker_comes_back_and_hurts_only_its_own_requests(
        self, served: Served
    ) -> None:
        edge = served.edge
        connections = {}
        for _ in range(24):
            connection = edge.connect()
            connections[connection.port] = connection
            connection.send(GET)
            assert connection.read().status == 200
        lost, kept = workers_of(edge)
        theirs = connections_of(kept, connections)
        assert 0 < len(theirs) < len(connections)
        assert theirs | connections_of(lost, connections) == set(connections)

        answers: list[Answer] = []
        end = threading.Event()

        def go_on(connection: Connection) -> None:
            while not end.is_set():
                connection.send(GET)
                answers.append(connection.read())

        threads = [threading.Thread(target=go_on, args=(connections[port],)) for port in theirs]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        os.kill(lost, signal.SIGKILL)
        killed = time.monotonic()
        while len(workers_of(edge)) < WORKERS or lost in workers_of(edge):
            assert time.monotonic() - killed < RESPAWN
            time.sleep(0.02)
        assert started(edge, WORKERS + 1, limit=killed + RESPAWN - time.monotonic())
        fresh = [edge.raw(GET).status for _ in range(20)]
        end.set()
        for thread in threads:
            thread.join()
        for connection in connections.values():
            connection.close()
        assert fresh == [200] * 20
        assert len(answers) > len(theirs)
        assert {answer.status for answer in answers} == {200}

    def test_workers_whose_parent_was_killed_end_and_free_the_port(self, served: Served) -> None:
        ask(served.edge, 4)
        served.edge.process.kill()
        served.edge.process.wait()
        gone_within(served.edge, 3)


def gone_within(edge: Edge, seconds: float) -> None:
    """Fails where somebody listens at the edge's port still."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            edge.connect().close()
        except OSError:
            return
        time.sleep(0.05)
    raise AssertionError(f"port {edge.port} is taken still")
