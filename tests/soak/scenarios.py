"""The long runs, by name: how large each is, and when it is given up."""

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
        counted="requests",
        count=1_000_000,
        quick=3_000,
        seconds=3600,
        run=identity.run,
    ),
    Scenario(
        name="cuts",
        counted="cut points of each framing",
        count=5_000,
        quick=12,
        seconds=1800,
        run=cuts.run,
    ),
    Scenario(
        name="churn",
        counted="clients that leave",
        count=50_000,
        quick=300,
        seconds=1200,
        run=churn.run,
    ),
    Scenario(
        name="series",
        counted="requests",
        count=100_000,
        quick=1_000,
        seconds=1200,
        run=series.run,
    ),
    Scenario(
        name="retries",
        counted="requests",
        count=40_000,
        quick=800,
        seconds=900,
        run=retries.run,
    ),
    Scenario(
        name="endings",
        counted="ends",
        count=20,
        quick=None,
        seconds=900,
        run=endings.run,
    ),
    Scenario(
        name="lateness",
        counted="time-outs of each kind",
        count=200,
        quick=None,
        seconds=900,
        run=lateness.run,
    ),
    Scenario(
        name="slow",
        counted="slow clients at once",
        count=200,
        quick=40,
        seconds=300,
        run=slow.run,
    ),
    Scenario(
        name="large",
        counted="megabytes each way",
        count=1_024,
        quick=48,
        seconds=300,
        run=large.run,
    ),
    Scenario(
        name="departures",
        counted="clients that leave in each state",
        count=200,
        quick=5,
        seconds=300,
        run=departures.run,
    ),
)
