"""Which of several operations of one method and path a request is for, by a query parameter or a header."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

from proxygen.runtime.headers.names import fold_header, fold_name
from proxygen.runtime.operation import Condition, Operation, Passthrough, Place
from proxygen.runtime.parameters.pairs import decode_pairs, find_bound

Scope = MutableMapping[str, Any]


_Said = tuple[list[str], int]
"""The values under a name, and how many a lenient downstream would read as it."""


def met_by(scope: Scope) -> Callable[[tuple[Condition, ...]], bool]:
    """Tells whether this request says what conditions ask for, and nothing that could be read otherwise.

    Each name is read once: hundreds of operations may be told apart by one (`Action` of AWS).
    """
    known: dict[tuple[Place, str], _Said] = {}

    def is_met(condition: Condition) -> bool:
        key = condition.place, condition.name
        said = known.get(key)
        if said is None:
            read = _in_query if condition.place is Place.QUERY else _in_headers
            said = known[key] = read(scope, condition.name)
        return _meets(said, condition)

    return lambda conditions: all(map(is_met, conditions))


def conditions_of(operation: Operation | Passthrough) -> tuple[Condition, ...]:
    """The conditions of a route; a complete service proxy has none."""
    return operation.when if isinstance(operation, Operation) else ()


def _meets(said: _Said, condition: Condition) -> bool:
    """Of two values a downstream might read the other, and under a name that is spelled another way too."""
    exact, alike = said
    if condition.values is None:
        return bool(exact)
    if not condition.values:
        return not alike
    return len(exact) == alike == 1 and exact[0] in condition.values


def _in_query(scope: Scope, name: str) -> _Said:
    raw = scope["query_string"].decode("latin-1")
    exact = [pair.value for pair in decode_pairs(raw) if pair.name == name]
    return exact, sum(1 for _ in find_bound(raw, frozenset({fold_name(name)})))


def _in_headers(scope: Scope, name: str) -> _Said:
    lines = [(key.decode("latin-1").lower(), value) for key, value in scope["headers"]]
    folded = fold_header(name)
    exact = [_text(name, value) for key, value in lines if key == name.lower()]
    return exact, sum(1 for key, _ in lines if fold_header(key) == folded)


def _text(name: str, value: bytes) -> str:
    text = value.decode("latin-1").strip(" \t")
    if name.lower() == "content-type":
        return text.partition(";")[0].rstrip(" \t").lower()
    return text
