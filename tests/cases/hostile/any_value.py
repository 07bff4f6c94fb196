"""What must hold of a document that has any value at any place: it builds, or it is refused with its place.

`python -m tests.cases.hostile.any_value` checks all of them (half an hour); `test_any_value.py` has a sample.
"""

from __future__ import annotations

import copy
import json
import random
import sys
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from proxygen.diagnostics import Severity
from proxygen.pipeline import Refused
from proxygen.source.document import Pointer
from proxygen.source.pointers import child, split
from tests.cases.hostile.any_text import outcome_of, without_layout
from tests.unit.lower.everything import EVERYTHING

Json = Any

ODD: Final[tuple[Json, ...]] = (
    *(None, True, 7, -1, 1.5, 10**400, "", "x", "string", "#/info", "/a/{b}"),
    *([], [None], [7], [[]], ["a", "a"], [{}]),
    *({}, {"x": 7}, {"x": None}, {"x": {"y": []}}, {"type": "string"}),
    *({"$ref": "#/info"}, {"$ref": 7}, {"$ref": "#/paths"}),
)
"""Values of every kind, for which some reader somewhere is not made."""

_SWAGGER_ARRAY: Final = {
    "name": "q",
    "in": "query",
    "type": "array",
    "items": {"type": "string", "enum": ["a"]},
    "collectionFormat": "csv",
    "default": ["a"],
}
SWAGGER: Final[Json] = {
    "swagger": "2.0",
    "info": {"title": "Shop", "version": "1"},
    "host": "shop.example",
    "basePath": "/v1",
    "schemes": ["https"],
    "consumes": ["application/json"],
    "produces": ["application/json"],
    "tags": [{"name": "a"}],
    "paths": {
        "/items": {
            "parameters": [{"$ref": "#/parameters/P"}],
            "post": {
                "operationId": "create",
                "tags": ["a"],
                "parameters": [
                    {"name": "body", "in": "body", "schema": {"$ref": "#/definitions/Item"}},
                    _SWAGGER_ARRAY,
                ],
                "responses": {
                    "201": {
                        "description": "c",
                        "schema": {"$ref": "#/definitions/Item"},
                        "headers": {"X-A": {"type": "integer"}},
                        "examples": {"application/json": {"name": "x"}},
                    },
                    "default": {"$ref": "#/responses/R"},
                },
                "security": [{"k": []}],
            },
            "put": {
                "consumes": ["multipart/form-data"],
                "parameters": [
                    {"name": "f", "in": "formData", "type": "file"},
                    {"name": "t", "in": "formData", "type": "string", "required": True},
                ],
                "responses": {"200": {"description": "x"}},
            },
        }
    },
    "definitions": {
        "Item": {
            "type": "object",
            "discriminator": "name",
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "size": {"type": "integer", "minimum": 1, "exclusiveMinimum": True},
            },
        }
    },
    "parameters": {"P": {"name": "p", "in": "header", "type": "string"}},
    "responses": {"R": {"description": "r"}},
    "securityDefinitions": {"k": {"type": "apiKey", "name": "K", "in": "header"}},
}
DOCUMENTS: Final[Mapping[str, Json]] = {"OpenAPI 3.2": EVERYTHING, "Swagger 2.0": SWAGGER}

Case = tuple[str, Pointer, int]
"""The document, the place, and which of the values stands there."""


def every_case() -> list[Case]:
    """All of them, in an order that is the same every time and has no other rule."""
    found = [
        (name, place, number)
        for name, document in DOCUMENTS.items()
        for place in _places(document, "")
        for number in range(len(ODD))
    ]
    random.Random(0).shuffle(found)  # noqa: S311 - an order, no secret
    return found


def check(case: Case) -> bool:
    """Whether the document was built; raises where it was neither built nor refused with a place."""
    name, place, number = case
    outcome = outcome_of(_with_value(DOCUMENTS[name], place, ODD[number]))
    if not isinstance(outcome, Refused):
        return True
    errors = [item for item in outcome.diagnostics if item.severity is Severity.ERROR]
    assert errors
    for item in outcome.diagnostics:
        assert item.location.line > 0, item
        assert item.found.isprintable(), item
    return False


def _places(node: Json, place: Pointer) -> Iterator[Pointer]:
    members = node.items() if isinstance(node, dict) else enumerate(node)
    for key, member in members:
        below = child(place, key)
        yield below
        if isinstance(member, dict | list):
            yield from _places(member, below)


def _with_value(document: Json, place: Pointer, value: Json) -> Json:
    changed = copy.deepcopy(document)
    *parents, last = split(place)
    node = changed
    for token in parents:
        node = node[int(token)] if isinstance(node, list) else node[token]
    node[int(last) if isinstance(node, list) else last] = value
    return changed


def main() -> int:
    """Check every case; 1 where one failed, each failure with its number of cases and one of them."""
    outcomes: Counter[str] = Counter()
    shown: set[str] = set()
    with without_layout():
        for case in every_case():
            try:
                outcomes["built" if check(case) else "refused"] += 1
            except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding of this run
                where = traceback.extract_tb(error.__traceback__)[-1]
                key = f"{type(error).__name__} at {where.filename}:{where.lineno}"
                outcomes[key] += 1
                if key not in shown:
                    shown.add(key)
                    sys.stdout.write(f"{json.dumps(case)}: {error!r}\n")
    sys.stdout.write(f"{dict(outcomes)}\n")
    return 1 if shown else 0


if __name__ == "__main__":
    sys.exit(main())
