"""Finds what a document says and nobody heard: nodes whose change changes nothing, and that nobody set aside.

A node is a field of an object of OpenAPI, a keyword of a schema. It is accounted for where it stands in what
the ledger sets aside as a whole, or where the edge, the ledger or a diagnostic is another one without it, or
with another value. Nothing here knows which keywords are read.
"""

from __future__ import annotations

import copy
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from proxygen.config.model import Config, ServiceConfig
from proxygen.diagnostics import InputRefused
from proxygen.ir.gateway import Gateway
from proxygen.lower.gateway import lower_gateway
from proxygen.openapi.grammar import OPENAPI, SCHEMA, SWAGGER, walk
from proxygen.openapi.parse import parse_contract
from proxygen.source.document import Pointer
from proxygen.source.load import load_document
from proxygen.source.pointers import child
from tests.unit.lower.lowering import PLACE, Memory

Json = Any
Node = tuple[dict[str, Json], str, Pointer]

_PLAIN: Final = Config(
    folder=Path("specs"),
    file=None,
    output=Path("generated"),
    services=(ServiceConfig(name="shop", location=PLACE),),
)
_NOT_WHOLE: Final = frozenset({"scope", "security"})
"""Constructs whose lines are at an operation that is read; all others name what is not."""


def nodes(value: Json) -> Iterator[Node]:
    """Every field of every object of a document: the object, the field's name and its place."""
    grammar = SWAGGER if "swagger" in value else OPENAPI
    for kind, node, place in walk(value, grammar, closed={"webhook", "callback", "link"}):
        if not isinstance(node, dict):
            continue
        names = ["$ref"] if "$ref" in node and kind != SCHEMA else list(node)
        for name in names:
            yield node, name, child(place, name)


def unheard(
    value: Json, config: Config = _PLAIN, most: int | None = None, only: Pointer = ""
) -> list[Pointer]:
    """The places of nodes below `only` that are not accounted for; `most` takes a sample, always the same.

    openapi-spec-validator has no say: that it judges a value does not mean that anybody reads it.
    """
    value = copy.deepcopy(value)
    with patch("proxygen.openapi.validate.validate_document", lambda *_: None):
        before = _outcome(value, config)
        assert isinstance(before, tuple), before
        assert isinstance(before[0], Gateway), before
        aside = _set_aside(before[0])
        below = [node for node in nodes(value) if node[2].startswith(f"{only}/")]
        left = [node for node in below if not _within(node[2], aside)]
        if most is not None and most < len(left):
            left = random.Random(most).sample(left, most)  # noqa: S311 - a sample, no secret
        return [
            place
            for node, name, place in left
            if all(_outcome(value, config) == before for _ in _changes(node, name))
        ]


def load(path: Path) -> Json:
    """A document from its file."""
    return load_document(path, root=path.parent).value


def _outcome(value: Json, config: Config) -> object:
    """All that a build makes of a document, or what it is refused for."""
    try:
        contract, warnings = parse_contract(Memory(value, "shop.yaml"))
    except InputRefused as refused:
        return refused.diagnostics
    gateway, found = lower_gateway(config, {config.services[0].name: contract})
    return gateway, found, warnings


def _set_aside(gateway: Gateway) -> frozenset[Pointer]:
    lines = (
        entry.location.pointer for entry in gateway.ledger if entry.construct not in _NOT_WHOLE
    )
    return frozenset((*lines, *(place for count in gateway.counts for place in count.places)))


def _within(place: Pointer, aside: frozenset[Pointer]) -> bool:
    while place:
        if place in aside:
            return True
        place = place.rpartition("/")[0]
    return False


def _changes(node: dict[str, Json], name: str) -> Iterator[None]:
    """The document without the node, and with others in its place; as it was when the iteration ends."""
    kept = dict(node)
    try:
        del node[name]
        yield
        for other in _others(kept[name]):
            node.clear()
            node.update({key: other if key == name else one for key, one in kept.items()})
            yield
    finally:
        node.clear()
        node.update(kept)


def _others(value: Json) -> Iterator[Json]:
    match value:
        case bool():
            yield not value
        case int() | float():
            yield value + 1
        case str():
            yield f"{value}x"
            yield "string"
            yield "integer"
        case list():
            yield [*value, "another"]
            yield ["another", *value]
            yield value[1:]
        case dict():
            yield {}
            yield {**value, "another": {"type": "string"}}


def main() -> None:
    """Print what of these documents is not accounted for: `python -m tests.unit.lower.influence 500 FILE`."""
    most, *files = sys.argv[1:]
    for file in files:
        found = unheard(load(Path(file)), most=int(most))
        sys.stdout.write(f"{file}: {json.dumps(found)}\n")


if __name__ == "__main__":
    main()
