"""`python -m tests.mutants`: breaks each rule on purpose and fails where no test notices."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.catalogue import CATALOGUE
from tests.mutants.copies import ROOT, ToolError
from tests.mutants.mutant import Mutant, Verdict
from tests.mutants.operators import operator_mutants
from tests.mutants.results import DEFAULT, Results
from tests.mutants.run import require_green, run_mutants
from tests.mutants.survivors import EQUIVALENT


def main() -> int:
    """0 where every mutant was killed or is listed with a reason, 1 otherwise, 2 where the tool is broken."""
    arguments = _arguments()
    started = time.monotonic()
    results = Results(arguments.resume or DEFAULT)
    if arguments.resume:
        results.load()
    mutants = _chosen(arguments)
    known = [verdict for mutant in mutants if (verdict := results.verdict(mutant)) is not None]
    done = {verdict.mutant.id for verdict in known}
    left = [mutant for mutant in mutants if mutant.id not in done]

    def report(verdict: Verdict) -> None:
        results.add(verdict)
        _report(verdict)

    try:
        taken = require_green(left)
        verdicts = [
            *known,
            *run_mutants(left, workers=arguments.workers, report=report, taken=taken),
        ]
    except (ToolError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    code = _conclude(verdicts, complete=not arguments.only and arguments.operators < 0)
    print(f"{time.monotonic() - started:.0f} s")
    return code


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], help="ids of the catalogue to run")
    parser.add_argument(
        "--operators",
        type=int,
        default=60,
        help="how many operator mutants, the same ones each time; 0 none, -1 all",
    )
    parser.add_argument("--workers", type=int, default=2, help="how many run at a time")
    parser.add_argument(
        "--resume",
        type=Path,
        help=f"leave out what this file (usually {DEFAULT}) says was killed already",
    )
    return parser.parse_args()


def _chosen(arguments: argparse.Namespace) -> list[Mutant]:
    if arguments.only:
        wanted = set(arguments.only)
        every = [*CATALOGUE, *operator_mutants(ROOT)]
        return [mutant for mutant in every if mutant.id in wanted]
    operators = operator_mutants(ROOT)
    return [
        *CATALOGUE,
        *(operators if arguments.operators < 0 else operators[: arguments.operators]),
    ]


def _report(verdict: Verdict) -> None:
    word = "killed" if verdict.killed else "SURVIVED"
    mutant = verdict.mutant
    print(
        f"{word:9}{verdict.seconds:6.1f} s  {mutant.suite:10}{mutant.id}  ({mutant.rule})",
        flush=True,
    )


def _conclude(verdicts: Sequence[Verdict], *, complete: bool) -> int:
    survived = [v.mutant.id for v in verdicts if not v.killed]
    unexplained = [name for name in survived if name not in EQUIVALENT]
    stale = [v.mutant.id for v in verdicts if v.killed and v.mutant.id in EQUIVALENT]
    if complete:
        stale += sorted(EQUIVALENT.keys() - {v.mutant.id for v in verdicts})
    for name in unexplained:
        print(f"no test noticed {name}")
    for name in stale:
        print(f"{name} is listed as unnoticeable, and was noticed or is no mutant")
    for suite, count in sorted(Counter(v.mutant.suite for v in verdicts).items()):
        killed = sum(v.killed for v in verdicts if v.mutant.suite is suite)
        print(f"{suite}: {killed} of {count} killed")
    print(
        f"{len(verdicts) - len(unexplained) - len(stale)} passed, {len(unexplained) + len(stale)} failed"
    )
    return 1 if unexplained or stale else 0


if __name__ == "__main__":
    sys.exit(main())
