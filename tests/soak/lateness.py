"""R8: every time-out fires in its time."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Final

from tests.soak.figure import Figure, Outcome, Progress
from tests.wire.faults import ROWS
from tests.wire.faulty import faulty_edge, late_by

TIMED: Final = tuple(
    row for row in ROWS if row.name in ("connect black-holed", "no head", "slow body")
)
"""A time-out to connect, one until the head, one within the body."""


async def run(count: int, progress: Progress) -> Outcome:
    """So many time-outs of each kind, five at a time; the latest of each."""
    return await asyncio.to_thread(_run, count, progress)


def _run(count: int, progress: Progress) -> Outcome:
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder, faulty_edge("fast", Path(folder)) as faulty:
        for number, row in enumerate(TIMED, 1):
            late = late_by(faulty, row, count)
            figures.append(
                Figure(
                    what=f"{row.name}: later than its {row.after} s, latest of {len(late)}",
                    measured=round(max(late), 3),
                    limit=0.25,
                    unit="s",
                    at_rest=True,
                )
            )
            figures.append(
                Figure(
                    what=f"{row.name}: before its time, earliest",
                    measured=round(max(0.0, -min(late)), 3),
                    limit=0.01,
                    unit="s",
                )
            )
            progress(count * number // len(TIMED))
    return Outcome(figures=tuple(figures))
