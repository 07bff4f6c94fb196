"""The edge and a bare FastAPI route at one fixed rate: half of what the edge can do at most."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import asdict

from benchmarks.edge.bench import Bench
from benchmarks.edge.cases import ANSWER, CASES, TYPED
from benchmarks.edge.load import Aim, UnexpectedAnswerError, measure, warm
from benchmarks.edge.paced import paced
from benchmarks.edge.processes import Unavailable
from benchmarks.edge.results import Key, Part
from benchmarks.edge.subjects import SUBJECTS

PART = "half"
CONNECTIONS = 64
"""More than half of saturation ever needs, so that no request waits for one while all goes well."""
HALF = "half"
_SUBJECTS = {"proxygen": TYPED, "fastapi": ANSWER}
_SHORTEST = 5
"""Seconds of a round: a hundredth of its requests must be more than a few."""


def run(bench: Bench, part: Part, seconds: int) -> None:
    """In every round the edge is saturated anew, and then both are sent half of that."""
    with ExitStack() as stack:
        aims: dict[str, Aim] = {}
        try:
            for subject in SUBJECTS:
                if subject.key in _SUBJECTS:
                    port, process = stack.enter_context(bench.up(subject))
                    case = _SUBJECTS[subject.key]
                    aims[subject.key] = Aim(
                        port=port, process=process, path=subject.paths[case], case=CASES[case]
                    )
                    warm(aims[subject.key], bench.load, every_token=subject.enriches)
        except (Unavailable, UnexpectedAnswerError) as error:
            part.skipped["half"] = str(error)
            sys.stderr.write(f"half: {error}\n")
            return
        keys = {name: Key(subject=name, case=HALF, at=CONNECTIONS) for name in aims}
        while any(len(part.rounds.get(key, ())) < bench.rounds for key in keys.values()):
            most = measure(aims["proxygen"], bench.load, connections=32, seconds=seconds).rate
            for name, aim in aims.items():
                found = paced(
                    aim,
                    bench.load,
                    rate=most / 2,
                    seconds=max(_SHORTEST, seconds),
                    connections=CONNECTIONS,
                )
                bench.results.add(part, keys[name], asdict(found))
