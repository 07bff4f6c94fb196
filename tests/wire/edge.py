"""The production application under the pinned server command, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.wire.client import Answer, Connection, Lines, message
from tests.wire.downstream import PATIENCE
from tests.wire.ports import unassigned_port
from tests.wire.tokens import AUDIENCE, ISSUER, SECRET

ROOT = Path(__file__).parents[2]
_START = 20.0
"""Seconds in which an edge must be up, on a busy machine too."""

Labels = Mapping[str, str]


def settings(**overrides: str) -> dict[str, str]:
    """The environment of an edge that believes the tests' tokens."""
    return {
        "EDGE_HOST": "127.0.0.1",
        "EDGE_TOKEN_SECRET": SECRET,
        "EDGE_TOKEN_ISSUER": ISSUER,
        "EDGE_TOKEN_AUDIENCE": AUDIENCE,
        "EDGE_GRACE": "2",
        "EDGE_DRAIN_DELAY": "0",
        **overrides,
    }


def samples_of(scraped: bytes, name: str) -> list[tuple[Labels, float]]:
    """Every sample of this name in what `/metrics` has answered."""
    return [
        (sample.labels, sample.value)
        for family in text_string_to_metric_families(scraped.decode())
        for sample in family.samples
        if sample.name == name
    ]


class Edge:
    """A served edge: `python -m <package>` in `folder`, with its stderr in a file."""

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        log: Path,
        package: str = "generated",
        folder: Path = ROOT,
    ) -> None:
        self.port = unassigned_port()
        self.folder = folder
        self.log = log
        with log.open("wb") as stderr:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
                [sys.executable, "-m", package],
                cwd=folder,
                env=self.environment({**environment, "EDGE_PORT": str(self.port)}),
                stdin=subprocess.DEVNULL,
                stderr=stderr,
            )

    @staticmethod
    def environment(variables: Mapping[str, str]) -> dict[str, str]:
        """These, and of our own only what Python needs."""
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        return {**kept, **variables}

    def wait_until_up(self, path: str = "/healthz") -> None:
        """Returns when the edge answers; fails with its log where it does not."""
        until = time.monotonic() + _START
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if self.request("GET", path).status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"the edge did not come up:\n{self.log_text}")

    def connect(self) -> Connection:
        """A new connection."""
        return Connection(self.port)

    def raw(self, data: bytes, *, limit: float = PATIENCE, to_end: bool = False) -> Answer:
        """These bytes over a new connection, and what comes back."""
        with self.connect() as connection:
            connection.send(data)
            return connection.read(limit=limit, to_end=to_end)

    def request(
        self,
        method: str,
        target: str | bytes,
        lines: Lines = (),
        body: bytes | None = None,
        *,
        limit: float = PATIENCE,
    ) -> Answer:
        """One request over a new connection."""
        with self.connect() as connection:
            connection.send(message(method, target, lines, body))
            return connection.read(limit=limit, bodiless=method == "HEAD")

    def metric(self, name: str, **labels: str) -> float:
        """The sum of the samples of this name that have these labels."""
        return sum(value for found, value in self.samples(name) if labels.items() <= found.items())

    def samples(self, name: str) -> list[tuple[Labels, float]]:
        """Every sample of this name."""
        return samples_of(self.request("GET", "/metrics").body, name)

    def counts(self, expected: Callable[[], bool], limit: float = 2.0) -> bool:
        """Whether this comes true in time: a request is counted after its last byte went out."""
        until = time.monotonic() + limit
        while time.monotonic() < until:
            if expected():
                return True
            time.sleep(0.02)
        return expected()

    @property
    def log_text(self) -> str:
        """All that was written to stderr, where that can be read again."""
        if not self.log.is_file():
            return ""
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def events(self) -> list[dict[str, Any]]:
        """The log's events; every line must be one, but for the last while it is being written."""
        whole = self.log_text.rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def events_of(
        self, correlation: str, *, count: int = 1, limit: float = PATIENCE
    ) -> list[dict[str, Any]]:
        """The events with this canonical correlation id; waits for so many."""
        until = time.monotonic() + limit
        while True:
            found = [event for event in self.events if event.get("correlation_id") == correlation]
            if len(found) >= count or time.monotonic() > until:
                return found
            time.sleep(0.02)

    def finished(self, correlation: str, limit: float = PATIENCE) -> dict[str, Any]:
        """The event at the end of the request with this canonical correlation id."""
        until = time.monotonic() + limit
        while time.monotonic() < until:
            for event in self.events_of(correlation, count=0):
                if event["event"] == "request finished":
                    return event
            time.sleep(0.02)
        raise AssertionError(f"{correlation} has not finished in the log")

    def stop(self, limit: float = 10.0) -> float:
        """SIGTERM; seconds until the process ended, which it must by itself."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return time.monotonic() - started


@contextmanager
def serving(
    environment: Mapping[str, str],
    *,
    log: Path,
    package: str = "generated",
    folder: Path = ROOT,
    page: str = "/healthz",
) -> Iterator[Edge]:
    """An edge that is up, as `page` says, and killed at the end."""
    edge = Edge(environment, log=log, package=package, folder=folder)
    try:
        edge.wait_until_up(page)
        yield edge
    finally:
        edge.process.kill()
        edge.process.wait()
