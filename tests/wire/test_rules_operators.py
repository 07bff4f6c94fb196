"""What operators do to an edge under load: a log that takes no more, and scrapes all the time."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wire.conftest import ONE_TRANSPORT, SERVICES
from tests.wire.downstream import Downstream
from tests.wire.edge import Edge, settings
from tests.wire.tokens import bearer

CLASS = "/v1/classes/9a"
FULL = Path("/dev/full")
"""Takes no byte: every write fails as on a full disk."""


@pytest.fixture
def behind() -> Iterator[Downstream]:
    made = Downstream()
    yield made
    made.close()


def children(edge: Edge) -> list[int]:
    """The workers' process ids."""
    parent = edge.process.pid
    return [*map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())]


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
def test_a_log_that_takes_no_more_stops_no_request_and_no_worker(behind: Downstream) -> None:
    edge = Edge(settings(**dict.fromkeys(SERVICES.values(), behind.url)), log=FULL)
    try:
        edge.wait_until_up()
        (worker,) = children(edge)
        os.kill(worker, signal.SIGKILL)
        while children(edge) in ([], [worker]):
            time.sleep(0.05)
        edge.wait_until_up()
        statuses = [edge.request("GET", CLASS, [bearer()]).status for _ in range(50)]
        assert statuses == [200] * 50
        assert edge.request("GET", CLASS).status == 401
        edge.stop()
    finally:
        edge.process.kill()
        edge.process.wait()


@pytest.mark.parametrize("platform", ONE_TRANSPORT, indirect=True)
def test_scrapes_during_load_are_whole_and_stop_no_request(edge: Edge, classes: Downstream) -> None:
    statuses: list[int] = []

    def load() -> None:
        with edge.connect() as connection:
            for _ in range(50):
                connection.send(
                    f"GET {CLASS} HTTP/1.1\r\nHost: edge.test\r\n{bearer()}\r\n\r\n".encode()
                )
                statuses.append(connection.read().status)

    clients = [threading.Thread(target=load) for _ in range(4)]
    for client in clients:
        client.start()
    while any(client.is_alive() for client in clients):
        scrape = edge.request("GET", "/metrics")
        assert (scrape.status, scrape.complete) == (200, True)
    for client in clients:
        client.join()
    assert statuses == [200] * 200
