"""Runs mutants: each in a copy of the project, by the suite that it names, in parallel."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from types import MappingProxyType

from tests.mutants.copies import ROOT, TIMEOUT, ToolError, make_copy, run_pytest
from tests.mutants.mutant import Mutant, Suite, Verdict

Stage = tuple[str, ...]
"""What one run of pytest is given."""
_PATIENCE = 1800.0
"""Seconds for a suite without a mutant."""
_MARGIN = 3.0
"""How much longer a suite may take with a mutant than without, before it counts as hanging."""

UNIT: Stage = ("tests/unit/runtime", "tests/unit/runtime_core", "tests/unit/runtime_server")
GENERATED: Stage = ("generated/tests",)
TRANSPORT: Stage = ("tests/wire/transport",)
WIRE: Stage = ("tests/wire", "--ignore=tests/wire/transport")
SUITES: dict[Suite, tuple[Stage, ...]] = {
    Suite.GENERATED: (GENERATED,),
    Suite.WIRE: (WIRE,),
    Suite.UNIT: (UNIT,),
    Suite.ANY: (UNIT, GENERATED, WIRE),
}


def stages_of(mutant: Mutant) -> tuple[Stage, ...]:
    """What is run for a mutant, in this order, until a test fails."""
    if mutant.select:
        return (mutant.select,)
    if mutant.suite is Suite.ANY and "/transport/" in mutant.file:
        return (TRANSPORT, GENERATED, WIRE)
    return SUITES[mutant.suite]


def require_green(mutants: Sequence[Mutant], copy: Path = ROOT) -> dict[Stage, float]:
    """How many seconds each suite takes; raises where a test that must kill fails already or is missing."""
    stages = {stage for mutant in mutants for stage in stages_of(mutant)}
    selected = {argument for stage in stages for argument in stage}
    whole = [stage for stage in (UNIT, GENERATED, TRANSPORT, WIRE) if stage in stages]
    # A file that is named besides its folder would be collected once, in an order of its own.
    rest = tuple(
        sorted(
            argument
            for argument in selected - {argument for stage in whole for argument in stage}
            if not any(_is_below(argument, folder) for stage in whole for folder in stage)
        )
    )
    taken: dict[Stage, float] = {}
    for stage in [*whole, rest] if rest else whole:
        started = time.monotonic()
        run = run_pytest(copy, stage, seconds=_PATIENCE)
        if not run.passed:
            raise ToolError(f"{' '.join(stage)} fails without a mutant:\n{run.said}")
        taken[stage] = time.monotonic() - started
    return taken


def _is_below(argument: str, folder: str) -> bool:
    return "::" not in argument and argument.startswith(folder + "/")


def run_mutants(
    mutants: Sequence[Mutant],
    *,
    workers: int,
    report: Callable[[Verdict], None],
    taken: Mapping[Stage, float] = MappingProxyType({}),
) -> list[Verdict]:
    """A verdict for each, in order; `report` is called as each is done, `taken` is of `require_green`."""
    copies: SimpleQueue[Path] = SimpleQueue()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        for number in range(workers):
            copies.put(make_copy(Path(folder).resolve() / str(number)))

        def run(mutant: Mutant) -> Verdict:
            copy = copies.get()
            try:
                verdict = judge(mutant, copy, taken)
            finally:
                copies.put(copy)
            report(verdict)
            return verdict

        with ThreadPoolExecutor(workers) as pool:
            try:
                return list(pool.map(run, mutants))
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise


def judge(
    mutant: Mutant, copy: Path, taken: Mapping[Stage, float] = MappingProxyType({})
) -> Verdict:
    """The verdict on one mutant, in a copy that is as it was afterwards."""
    original = mutant.apply(copy)
    started = time.monotonic()
    by, said = "", ""
    try:
        for stage in stages_of(mutant):
            seconds = max(TIMEOUT, _MARGIN * taken.get(stage, 0.0))
            run = run_pytest(copy, stage, seconds=seconds)
            said = run.said
            if not run.passed:
                by = " ".join(stage)
                break
    finally:
        (copy / mutant.file).write_text(original, encoding="utf-8")
    elapsed = time.monotonic() - started
    return Verdict(mutant=mutant, killed=bool(by), seconds=elapsed, said=said, by=by)
