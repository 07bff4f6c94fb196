"""`python -m benchmarks.edge`: a served edge beside its peers; writes docs/performance.md."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.edge import building, bulk, half, profile, routes, starting, throughput
from benchmarks.edge.bench import Bench
from benchmarks.edge.downstream import downstream
from benchmarks.edge.gateways import FIVE, GITHUB, GITHUB_SHORT, GRAPHS, MANY, STRIPE
from benchmarks.edge.load import Load, UnexpectedAnswerError
from benchmarks.edge.processes import LOAD_CORE, SUBJECT_CORE, Unavailable
from benchmarks.edge.report import write_report
from benchmarks.edge.results import RESULTS, Part, Results
from benchmarks.edge.subjects import SUBJECTS

PARTS: Mapping[str, Callable[[Bench, Part, int], None]] = {
    throughput.PART: throughput.run,
    half.PART: half.run,
    bulk.PART: bulk.run,
    profile.PART: profile.run,
    building.PART: building.run,
    starting.PART: starting.run,
    routes.PART: routes.run,
}


def main() -> int:
    """0 when all that is installed was measured, 2 without wrk, nginx or two cores."""
    options = _options()
    if not {SUBJECT_CORE, LOAD_CORE} <= os.sched_getaffinity(0):
        sys.stderr.write("two cores are needed: one for the subject, one for the load\n")
        return 2
    os.sched_setaffinity(0, {LOAD_CORE})
    results = Results(options.output)
    try:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            folder.chmod(0o755)  # nginx, started by root, reads as somebody else
            with downstream(folder) as service:
                bench = Bench(
                    folder=folder,
                    downstream=service,
                    load=Load.prepare(folder),
                    results=results,
                    rounds=options.rounds,
                    only=options.only,
                    gateways=options.gateways,
                    builds=options.builds,
                )
                for name in options.parts or PARTS:
                    part = results.begin(
                        name, options.seconds, fresh=options.fresh, note=options.note
                    )
                    part.skipped.pop(name, None)
                    try:
                        PARTS[name](bench, part, options.seconds)
                    except UnexpectedAnswerError as error:
                        part.skipped[name] = str(error)
                        sys.stderr.write(f"{name} ends: {error}\n")
                    _print(name, part)
    except Unavailable as error:
        sys.stderr.write(f"{error}\n")
        return 2
    results.write()
    if options.output == RESULTS:
        write_report(results)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.edge", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="default: all")
    parser.add_argument("--rounds", type=int, default=5, help="kept ones are not measured again")
    parser.add_argument("--seconds", type=int, default=2, help="of each measurement")
    parser.add_argument("--only", nargs="*", default=[], choices=[s.key for s in SUBJECTS])
    parser.add_argument(
        "--gateways",
        nargs="*",
        default=[],
        choices=[FIVE, GITHUB_SHORT, GITHUB, STRIPE, MANY, *GRAPHS],
    )
    parser.add_argument("--builds", nargs="*", default=[], choices=building.KINDS)
    parser.add_argument("--note", default="", help="a sentence on how this run was not as usual")
    parser.add_argument("--fresh", action="store_true", help="forget what was measured before")
    parser.add_argument("--output", type=Path, default=RESULTS)
    return parser.parse_args()


def _print(name: str, part: Part) -> None:
    print(f"{name}, {part.seconds:g} s, code {part.source}, {part.when}")
    for key in part.rounds:
        medians = {
            value: part.median(key.subject, key.case, key.at, value)
            for value in part.rounds[key][0]
        }
        columns = "  ".join(f"{value} {median:.5g}" for value, median in medians.items())
        print(f"  {key.subject:18} {key.case:12} {key.at:6}  {columns}")
    for subject, why in part.skipped.items():
        print(f"  {subject}: skipped: {why}")


if __name__ == "__main__":
    sys.exit(main())
