"""Starts: from the command to the first 200 of `/readyz`, and what is held in memory then."""

from __future__ import annotations

import http.client
import sys
import time

from benchmarks.edge.bench import Bench
from benchmarks.edge.gateways import FIVE, GITHUB, GITHUB_SHORT, GRAPHS, gateway
from benchmarks.edge.processes import (
    SUBJECT_CORE,
    Unavailable,
    free_port,
    largest_megabytes,
    proportional_megabytes,
    resident_megabytes,
    start,
    stop,
)
from benchmarks.edge.results import Key, Part
from benchmarks.edge.subjects import served_gateway

PART = "start"
READY = "ready"
_PATIENCE = 300.0


def run(bench: Bench, part: Part, _: int) -> None:
    """`python -m generated` of each gateway, on one core, in turn."""
    gateways = {}
    for name in (FIVE, GITHUB_SHORT, GITHUB, *GRAPHS):
        if bench.wants_gateway(name):
            try:
                gateways[name] = gateway(name).ensure()
            except Unavailable as error:
                part.skipped[name] = str(error)
    for number in range(bench.rounds):
        for name, one in gateways.items():
            key = Key(subject=name, case=READY, at=one.routes)
            if len(part.rounds.get(key, ())) > number:
                continue
            place = bench.place(free_port())
            command = served_gateway(one.folder)(place)
            started = time.perf_counter()
            process = start(command, SUBJECT_CORE)
            try:
                _wait_until_ready(place.port)
                values = {
                    "seconds": time.perf_counter() - started,
                    "megabytes": proportional_megabytes(process.pid),
                    "resident": resident_megabytes(process.pid),
                    "largest": largest_megabytes(process.pid),
                }
            except Unavailable as error:
                part.skipped[name] = str(error)
                sys.stderr.write(f"{name}: {error}\n")
            else:
                bench.results.add(part, key, values)
            finally:
                stop(process)


def _wait_until_ready(port: int) -> None:
    until = time.perf_counter() + _PATIENCE
    while time.perf_counter() < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.005)
    raise Unavailable(f"not ready in {_PATIENCE:g} s")
