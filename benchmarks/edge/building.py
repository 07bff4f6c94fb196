"""Builds: cold, with nothing changed, with one description changed; each several times in turn."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict

from benchmarks.edge.bench import Bench
from benchmarks.edge.gateways import FIVE, GITHUB, GITHUB_SHORT, GRAPHS, Gateway, gateway
from benchmarks.edge.processes import Unavailable
from benchmarks.edge.results import Key, Part

PART = "build"
COLD, UNCHANGED, EDITED = "cold", "unchanged", "edited"
_LARGE = 2_000
"""Routes above which one cold build is enough: it takes minutes."""


def run(bench: Bench, part: Part, _: int) -> None:
    """The five services' and GitHub's in every way, the others cold."""
    for name in (FIVE, GITHUB_SHORT, GITHUB, *GRAPHS):
        if not bench.wants_gateway(name):
            continue
        part.skipped.pop(name, None)
        try:
            one = gateway(name)
            cases = (COLD, UNCHANGED, EDITED) if name in (FIVE, GITHUB) else (COLD,)
            _measure(bench, part, name, one, cases)
        except Unavailable as error:
            part.skipped[name] = str(error)
            sys.stderr.write(f"{name}: {error}\n")


def _measure(bench: Bench, part: Part, name: str, one: Gateway, cases: tuple[str, ...]) -> None:
    steps: Mapping[str, Callable[[], None]] = {
        COLD: one.forget,
        UNCHANGED: lambda: None,
        EDITED: lambda: change_a_description(one),
    }
    keys = {case: Key(subject=name, case=case, at=one.routes) for case in cases}
    wanted = 1 if one.routes > _LARGE else bench.rounds
    while any(len(part.rounds.get(key, ())) < wanted for key in keys.values()):
        for case, key in keys.items():
            steps[case]()
            bench.results.add(part, key, asdict(one.build()))


def change_a_description(one: Gateway) -> None:
    """One more letter in the first operation's description, in the text as it stands."""
    path = one.document if one.document.exists() else one.folder / "specs" / "class_management.json"
    text = path.read_text(encoding="utf-8")
    operations = (
        operation
        for item in json.loads(text)["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict) and operation.get("description")
    )
    for operation in operations:
        quoted = json.dumps(operation["description"], ensure_ascii=False)
        if text.count(quoted) == 1:
            path.write_text(text.replace(quoted, f'{quoted[:-1]}."'), encoding="utf-8")
            return
    raise Unavailable(f"{path.name}: no description of an operation is there once")
