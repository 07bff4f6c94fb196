"""Requests per second of the first and the last route, of gateways of few and of many routes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict

from benchmarks.edge.bench import Bench
from benchmarks.edge.cases import CASES, TYPED
from benchmarks.edge.gateways import GITHUB, GITHUB_SHORT, GRAPHS, gateway
from benchmarks.edge.load import Aim, UnexpectedAnswerError, measure, warm
from benchmarks.edge.probe import check
from benchmarks.edge.processes import Unavailable
from benchmarks.edge.results import Key, Part
from benchmarks.edge.subjects import Subject, included_gateway, served_gateway

PART = "routes"
CONNECTIONS = 32
FIRST, LAST = "first", "last"
INCLUDED = "-included"
"""Follows the name of a gateway whose routers a team's own application includes."""


def run(bench: Bench, part: Part, seconds: int) -> None:
    """All gateways are up and rest but for the one whose turn it is; `at` is the number of routes."""
    with ExitStack() as stack:
        turns = list(_turns(bench, part, stack))
        for number in range(bench.rounds):
            for key, aim in turns:
                if len(part.rounds.get(key, ())) > number:
                    continue
                sample = measure(aim, bench.load, connections=CONNECTIONS, seconds=seconds)
                bench.results.add(part, key, asdict(sample))
            sys.stderr.write(f"round {number + 1} of {bench.rounds} is done\n")


def _turns(bench: Bench, part: Part, stack: ExitStack) -> Iterator[tuple[Key, Aim]]:
    for name in (GITHUB_SHORT, GITHUB, *GRAPHS):
        if not bench.wants_gateway(name):
            continue
        for key, command in ((name, served_gateway), (name + INCLUDED, included_gateway)):
            part.skipped.pop(key, None)
            try:
                one = gateway(name).ensure()
                paths = {FIRST: one.first, LAST: one.last}
                subject = Subject(
                    key=key, label=key, paths=paths, command=command(one.folder), enriches=True
                )
                keys = {case: Key(subject=key, case=case, at=one.routes) for case in paths}
                if all(len(part.rounds.get(k, ())) >= bench.rounds for k in keys.values()):
                    continue
                port, process = stack.enter_context(bench.up(subject))
                aims = {
                    case: Aim(port=port, process=process, path=path, case=CASES[TYPED])
                    for case, path in paths.items()
                }
                for case, aim in aims.items():
                    check(subject, case, aim, bench.load, bench.downstream)
                warm(aims[FIRST], bench.load, every_token=True)
            except (Unavailable, UnexpectedAnswerError) as error:
                part.skipped[key] = str(error)
                sys.stderr.write(f"{key}: {error}\n")
                continue
            yield from ((keys[case], aims[case]) for case in paths)
