"""`make soak`: the long runs, one after another; what is kept in `docs/reliability.json` is not run again.

python -m tests.soak [NAME ...] [--again] [--part 0.1]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from dataclasses import replace

import uvloop

from tests.soak import report, results
from tests.soak.figure import Outcome, Progress, Scenario
from tests.soak.results import Result
from tests.soak.scenarios import SCENARIOS


def main() -> int:
    """Runs what is left or named; 1 where a figure does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = [scenario.name for scenario in SCENARIOS]
    parser.add_argument("name", nargs="*", help=f"of {', '.join(names)}; default: all")
    parser.add_argument("--again", action="store_true", help="also where a result is kept")
    parser.add_argument("--part", type=float, default=1.0, help="of each count")
    arguments = parser.parse_args()
    unknown = set(arguments.name) - set(names)
    if unknown:
        parser.error(f"no such run: {', '.join(sorted(unknown))}")
    kept = results.read()
    for scenario in SCENARIOS:
        if arguments.name and scenario.name not in arguments.name:
            continue
        count = max(1, int(scenario.count * arguments.part))
        if scenario.name in kept and kept[scenario.name].count >= count and not arguments.again:
            continue
        kept[scenario.name] = run(replace(scenario, count=count))
        results.keep(kept)
        report.write(kept)
    return 0 if all(holds(result.outcome) for result in kept.values()) else 1


def run(scenario: Scenario) -> Result:
    """One run, its progress on a terminal, given up when its time is over."""
    started = time.monotonic()

    async def bounded() -> Outcome:
        async with asyncio.timeout(scenario.seconds):
            return await scenario.run(scenario.count, _progress(scenario, started))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        outcome = runner.run(bounded())
    seconds = time.monotonic() - started
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    for figure in outcome.figures:
        mark = "held" if figure.held else "NOT HELD"
        sys.stdout.write(
            f"{scenario.name}: {figure.what}: {figure.measured:,} {figure.unit} "
            f"({'at least' if figure.least else 'at most'} {figure.limit:,}): {mark}\n"
        )
    for fault in outcome.faults:
        sys.stdout.write(f"{scenario.name}: {fault}\n")
    sys.stdout.flush()
    return Result(count=scenario.count, seconds=round(seconds, 1), outcome=outcome)


def holds(outcome: Outcome) -> bool:
    """Whether every figure keeps its limit."""
    return all(figure.held for figure in outcome.figures) and not outcome.faults


def _progress(scenario: Scenario, started: float) -> Progress:
    if not sys.stderr.isatty():
        return lambda _: None

    def show(done: int) -> None:
        part = min(1.0, done / scenario.count)
        left = (time.monotonic() - started) * (1 - part) / max(part, 0.001)
        sys.stderr.write(
            f"\r\033[K{scenario.name} [{'#' * int(30 * part):30}] {done:,} of {scenario.count:,} "
            f"{scenario.counted}, {left / 60:.0f} min left"
        )
        sys.stderr.flush()

    return show


if __name__ == "__main__":
    sys.exit(main())
