"""Finds a valid example for a schema: the document's, or one made from the schema; the same every time.

Nothing is used before a JSON Schema validator has accepted it; where nothing is accepted there is no example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from proxygen.lower.matching import string_for
from proxygen.lower.schemas import SchemaBook

Json = Any

DEEPEST: Final = 12
"""Levels of objects and arrays in a made example."""

LARGEST: Final = 10_000
"""Values in a made example."""

MOST_ALIKE: Final = 100
"""Items of an array and members of a map."""

OPTIONAL: Final = 3
"""How many optional properties a made object shows."""

_FORMATS: Final = {
    "uuid": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "date": "2026-01-15",
    "date-time": "2026-01-15T09:30:00Z",
    "time": "09:30:00Z",
    "duration": "PT5M",
    "email": "teacher@example.org",
    "hostname": "example.org",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.org/",
    "byte": "ZXhhbXBsZQ==",
}


class _Impossible(Exception):  # noqa: N818 - a signal inside this module, no error of anybody's
    """No example can be made of this schema."""


SEGMENT: Final = "segment"
"""A keyword of ours for a variable of a path, with the set of what it must not be: `not` with an `enum`
would be looked through for each example. The edge refuses dot segments, backslashes and controls."""


class Examples:
    """The examples of one book."""

    def __init__(self, book: SchemaBook) -> None:
        self._book = book
        self._left = LARGEST
        self._root = {"$defs": book.defs()}
        self._judge: Callable[[Json, Json], bool] | None = None

    def of(self, node: Json, given: Iterable[Json] = ()) -> tuple[Json, bool]:
        """An example and whether there is one; `given` are the document's, in order."""
        for example in given:
            if self.accepts(node, example):
                return example, True
        for trusting in (True, False):
            self._left = LARGEST
            try:
                made = self._make(node, 0, trusting=trusting)
            except _Impossible:
                continue
            if self.accepts(node, made):
                return made, True
        return None, False

    def accepts(self, node: Json, value: Json) -> bool:
        """Whether a JSON Schema validator accepts the value."""
        if self._judge is None:
            # JSON Schema takes a thirtieth of a second to import: only what is not kept pays for it.
            from proxygen.lower.accepting import judge_of

            self._judge = judge_of(self._root)
        return self._judge(node, value)

    def _make(self, node: Json, depth: int, *, trusting: bool) -> Json:
        self._take(1)
        node = self._book.resolved(node)
        if not isinstance(node, Mapping) or not node:
            return "example"
        if depth > DEEPEST:
            raise _Impossible
        if trusting:
            for value in (
                *node.get("examples", ()),
                *((node["default"],) if "default" in node else ()),
            ):
                if self.accepts(node, value):
                    return value
        if "const" in node:
            return node["const"]
        if "enum" in node:
            return next((one for one in node["enum"] if self.accepts(node, one)), None)
        for word in ("oneOf", "anyOf"):
            if word in node:
                return self._first(node[word], depth, trusting=trusting)
        if "allOf" in node or "properties" in node:
            return self._object(self._book.merged(node), depth, trusting=trusting)
        kind = node.get("type", "string")
        return self._typed(
            kind if isinstance(kind, str) else kind[0], node, depth, trusting=trusting
        )

    def _take(self, number: int) -> None:
        """So many values more are in the example; what refers to itself twice would have no end of them."""
        self._left -= number
        if self._left < 0:
            raise _Impossible

    def _typed(self, kind: str, node: Mapping[str, Json], depth: int, *, trusting: bool) -> Json:
        match kind:
            case "string":
                return _string(node)
            case "integer" | "number":
                return _number(kind, node)
            case "boolean":
                return True
            case "null":
                return None
            case "array":
                return self._array(node, depth, trusting=trusting)
        return self._object(node, depth, trusting=trusting)

    def _first(self, branches: list[Json], depth: int, *, trusting: bool) -> Json:
        for branch in branches:
            try:
                made = self._make(branch, depth + 1, trusting=trusting)
            except _Impossible:
                continue
            if self.accepts(branch, made):
                return made
        raise _Impossible

    def _array(self, node: Mapping[str, Json], depth: int, *, trusting: bool) -> Json:
        least, most = node.get("minItems", 0), node.get("maxItems", 1)
        if most < 1 or (depth > DEEPEST // 2 and least < 1):
            return []
        if least > MOST_ALIKE:
            raise _Impossible
        before = self._left
        item = self._make(node.get("items", {}), depth + 1, trusting=trusting)
        repeated = max(1, least)
        self._take((before - self._left) * (repeated - 1))
        return [item] * repeated

    def _object(self, node: Mapping[str, Json], depth: int, *, trusting: bool) -> Json:
        properties = node.get("properties", {})
        required = node.get("required", ())
        made: dict[str, Json] = {}
        shown = 0
        for name, one in properties.items():
            if name not in required:
                if depth > 1 or shown >= OPTIONAL:
                    continue
                shown += 1
            try:
                made[name] = self._make(one, depth + 1, trusting=trusting)
            except _Impossible:
                if name in required:
                    raise
        least = node.get("minProperties", 0)
        if least > MOST_ALIKE:
            raise _Impossible
        for number in range(len(made), least):
            more = node.get("additionalProperties", {})
            made[f"key{number + 1}"] = self._make(more, depth + 1, trusting=trusting)
        return made


def _string(node: Mapping[str, Json]) -> str:
    least, most = node.get("minLength", 0), node.get("maxLength")
    if "pattern" in node:
        made = string_for(node["pattern"], least)
        if made is None:
            raise _Impossible
        return made
    text = _FORMATS.get(node.get("format", ""), "example")
    if len(text) < least:
        text += "x" * min(least - len(text), 100_000)
    return text if most is None else text[:most]


def _number(kind: str, node: Mapping[str, Json]) -> int | float:
    step = node.get("multipleOf", 1)
    least = node.get("minimum", node.get("exclusiveMinimum"))
    most = node.get("maximum", node.get("exclusiveMaximum"))
    start = max(1, least) if least is not None else min(1, most) if most is not None else 1
    if most is not None and start > most:
        start = most
    value: int | float = int(start // step * step)
    while value < start or value == node.get("exclusiveMinimum"):
        value += step
    if value == node.get("exclusiveMaximum") or (most is not None and value > most):
        if kind == "integer" or least is None or most is None:
            raise _Impossible
        return float(least + most) / 2
    return value
