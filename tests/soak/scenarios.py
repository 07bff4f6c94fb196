"""The long runs, by name: how large each is, what it proves, and when it is given up."""

from __future__ import annotations

from typing import Final

from tests.soak import (
    churn,
    cuts,
    departures,
    endings,
    identity,
    large,
    lateness,
    retries,
    series,
    slow,
)
from tests.soak.figure import Scenario

SCENARIOS: Final = (
    Scenario(
        name="identity",
        rows=("R1", "R4", "W01-W20", "W53"),
        counted="requests",
        count=1_000_000,
        quick=3_000,
        seconds=3600,
        run=identity.run,
    ),
    Scenario(
        name="cuts",
        rows=("R2", "W116", "W117"),
        counted="cut points of each framing",
        count=5_000,
        quick=12,
        seconds=1800,
        run=cuts.run,
    ),
    Scenario(
        name="churn",
        rows=("R3", "W129"),
        counted="clients that leave",
        count=50_000,
        quick=300,
        seconds=1200,
        run=churn.run,
    ),
    Scenario(
        name="series",
        rows=("R5", "W121"),
        counted="requests",
        count=100_000,
        quick=1_000,
        seconds=1200,
        run=series.run,
    ),
    Scenario(
        name="retries",
        rows=("R6", "W131-W133"),
        counted="requests",
        count=40_000,
        quick=800,
        seconds=900,
        run=retries.run,
    ),
    Scenario(
        name="endings",
        rows=("R7",),
        counted="ends",
        count=20,
        quick=None,
        seconds=900,
        run=endings.run,
    ),
    Scenario(
        name="lateness",
        rows=("R8",),
        counted="time-outs of each kind",
        count=200,
        quick=None,
        seconds=900,
        run=lateness.run,
    ),
    Scenario(
        name="slow",
        rows=("R9", "W130"),
        counted="slow clients at once",
        count=200,
        quick=40,
        seconds=300,
        run=slow.run,
    ),
    Scenario(
        name="large",
        rows=("W112", "W130"),
        counted="megabytes each way",
        count=1_024,
        quick=48,
        seconds=300,
        run=large.run,
    ),
    Scenario(
        name="departures",
        rows=("W126-W128", "W134"),
        counted="clients that leave in each state",
        count=200,
        quick=5,
        seconds=300,
        run=departures.run,
    ),
)
