"""Builds: cold, with nothing changed, with one description changed, on one core; each several times in turn.

Beside a cold build stands what datamodel-code-generator takes by itself for the same document.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from benchmarks.edge.bench import Bench
from benchmarks.edge.costs import Cost
from benchmarks.edge.gateways import (
    FIVE,
    GITHUB,
    GITHUB_SHORT,
    GRAPHS,
    MANY,
    STRIPE,
    Gateway,
    gateway,
)
from benchmarks.edge.processes import Unavailable
from benchmarks.edge.results import Key, Part
from proxygen.source.load import load_document
from proxygen.source.pointers import join

PART = "build"
COLD, UNCHANGED, EDITED = "cold", "unchanged", "edited"
ONE_CORE, ALONE = "cold, on one core", "models alone"
KINDS = (COLD, UNCHANGED, EDITED, ONE_CORE, ALONE)
_CASES: Mapping[str, Sequence[str]] = {
    FIVE: (COLD, UNCHANGED, EDITED),
    GITHUB_SHORT: (COLD,),
    STRIPE: (COLD, ALONE),
    GITHUB: (COLD, UNCHANGED, EDITED, ALONE),
    MANY: (COLD, ONE_CORE),
    **dict.fromkeys(GRAPHS, (COLD, UNCHANGED, EDITED)),
}
_LARGE = 2_000
"""Routes above which one round is enough: it takes minutes."""


def run(bench: Bench, part: Part, _: int) -> None:
    """What `_CASES` has of each gateway."""
    for name, cases in _CASES.items():
        if not bench.wants_gateway(name):
            continue
        part.skipped.pop(name, None)
        try:
            _measure(bench, part, name, gateway(name), cases)
        except Unavailable as error:
            part.skipped[name] = str(error)
            sys.stderr.write(f"{name}: {error}\n")


def _measure(bench: Bench, part: Part, name: str, one: Gateway, cases: Sequence[str]) -> None:
    def nothing() -> None:
        """An earlier build is to be left as it is."""

    steps: Mapping[str, tuple[Callable[[], object], Callable[[], Cost]]] = {
        COLD: (one.forget, one.build),
        UNCHANGED: (one.ensure, one.build),
        EDITED: (lambda: change_a_description(one.ensure()), one.build),
        ONE_CORE: (one.forget, one.build_on_one_core),
        ALONE: (nothing, one.models_alone),
    }
    keys = {
        case: Key(subject=name, case=case, at=one.routes)
        for case in cases
        if not bench.builds or case in bench.builds
    }
    wanted = 1 if name in GRAPHS and one.routes > _LARGE else bench.rounds
    while any(len(part.rounds.get(key, ())) < wanted for key in keys.values()):
        for case, key in keys.items():
            if len(part.rounds.get(key, ())) >= wanted:
                continue
            prepare, measured = steps[case]
            prepare()
            bench.results.add(part, key, asdict(measured()))


def change_a_description(one: Gateway) -> None:
    """One more letter in the first operation's description (or summary), in the text as it stands."""
    path = one.document if one.document.exists() else one.folder / "specs" / "class_management.json"
    document = load_document(path, root=path.parent)
    said = next(
        (
            (join(("paths", route, method, word)), operation[word])
            for word in ("description", "summary")
            for route, item in document.value["paths"].items()
            for method, operation in item.items()
            if isinstance(operation, dict) and operation.get(word)
        ),
        None,
    )
    if said is None:
        raise Unavailable(f"{path.name}: no operation has a description")
    place, text = document.locate(said[0]), path.read_text(encoding="utf-8")
    before = "\n".join(text.split("\n")[: place.line - 1])
    quoted = json.dumps(said[1], ensure_ascii=False)
    changed = text[len(before) :].replace(quoted, f'{quoted[:-1]}."', 1)
    path.write_text(before + changed, encoding="utf-8")
