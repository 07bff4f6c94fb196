"""R7: SIGTERM under load, with 100 event streams open; nothing that was sent is lost."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from pathlib import Path
from typing import Final

from tests.soak.figure import Figure, Outcome, Progress
from tests.wire.draining import DELAY, GRACE, Run
from tests.wire.draining import run as end_once

STREAMS: Final = 100
ROOM: Final = 0.5
"""Seconds after the grace in which the process must be gone."""


async def run(count: int, progress: Progress) -> Outcome:
    """So many ends of an edge, each under load from clients with kept and with fresh connections."""
    runs: list[Run] = []
    for number in range(count):
        with tempfile.TemporaryDirectory() as folder:
            runs.append(await asyncio.to_thread(end_once, Path(folder), streams=STREAMS))
        progress(number + 1)
    outcomes = sum((run.outcomes for run in runs), Counter[str]())
    answered = outcomes.pop("answered", 0)
    slowest = max(run.ended_after for run in runs) - DELAY - GRACE
    whole = sum(STREAMS - run.broken for run in runs)
    return Outcome(
        figures=(
            Figure(what="ends under load", measured=len(runs), limit=count, least=True),
            Figure(what="requests answered", measured=answered, limit=count, least=True),
            Figure(what="requests lost or refused", measured=outcomes.total(), limit=0),
            Figure(what="cut event streams that looked whole", measured=whole, limit=0),
            Figure(
                what="end after the grace, slowest",
                measured=round(slowest, 2),
                limit=ROOM,
                unit="s",
                at_rest=True,
            ),
        ),
        faults=tuple(f"{times} {outcome}" for outcome, times in outcomes.most_common(5)),
    )
