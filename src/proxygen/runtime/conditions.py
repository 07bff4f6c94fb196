"""Which of several operations of one method and path a request is for, by a query parameter or a header."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import unquote_plus

from proxygen.runtime.operation import Condition, Operation, Passthrough, Place

Scope = MutableMapping[str, Any]


def meets(scope: Scope, conditions: tuple[Condition, ...]) -> bool:
    """Whether the request says each of these once: of two values, a downstream might read the other."""
    return all(_values(scope, one) == [one.value] for one in conditions)


def conditions_of(operation: Operation | Passthrough) -> tuple[Condition, ...]:
    """The conditions of a route; a complete service proxy has none."""
    return operation.when if isinstance(operation, Operation) else ()


def _values(scope: Scope, condition: Condition) -> list[str]:
    if condition.place is Place.QUERY:
        raw: bytes = scope["query_string"]
        pairs = (pair.partition("=") for pair in raw.decode("latin-1").split("&"))
        return [unquote_plus(value) for name, _, value in pairs if _is(name, condition)]
    wanted = condition.name.lower().encode("latin-1", "replace")
    return [
        value.decode("latin-1").strip(" \t")
        for name, value in scope["headers"]
        if name.lower() == wanted
    ]


def _is(name: str, condition: Condition) -> bool:
    return unquote_plus(name) == condition.name
