"""Which of several operations of one method and path a request is for, by a query parameter or a header."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from proxygen.runtime.headers.names import fold_header, fold_name
from proxygen.runtime.operation import Condition, Operation, Passthrough, Place
from proxygen.runtime.parameters.pairs import decode_pairs, find_bound

Scope = MutableMapping[str, Any]


def meets(scope: Scope, conditions: tuple[Condition, ...]) -> bool:
    """Whether the request says what each of these asks for, and nothing that could be read otherwise."""
    return all(_is_met(scope, one) for one in conditions)


def conditions_of(operation: Operation | Passthrough) -> tuple[Condition, ...]:
    """The conditions of a route; a complete service proxy has none."""
    return operation.when if isinstance(operation, Operation) else ()


def _is_met(scope: Scope, condition: Condition) -> bool:
    """Of two values a downstream might read the other, and under a name that is spelled another way too."""
    in_query = condition.place is Place.QUERY
    exact, alike = (_in_query if in_query else _in_headers)(scope, condition.name)
    if condition.values is None:
        return bool(exact)
    if not condition.values:
        return not alike
    return len(exact) == alike == 1 and exact[0] in condition.values


def _in_query(scope: Scope, name: str) -> tuple[list[str], int]:
    """The decoded values under this name, and how many pairs a lenient downstream would read as it."""
    raw = scope["query_string"].decode("latin-1")
    exact = [pair.value for pair in decode_pairs(raw) if pair.name == name]
    return exact, sum(1 for _ in find_bound(raw, frozenset({fold_name(name)})))


def _in_headers(scope: Scope, name: str) -> tuple[list[str], int]:
    lines = [(key.decode("latin-1").lower(), value) for key, value in scope["headers"]]
    folded = fold_header(name)
    exact = [_text(name, value) for key, value in lines if key == name.lower()]
    return exact, sum(1 for key, _ in lines if fold_header(key) == folded)


def _text(name: str, value: bytes) -> str:
    text = value.decode("latin-1").strip(" \t")
    if name.lower() == "content-type":
        return text.partition(";")[0].rstrip(" \t").lower()
    return text
