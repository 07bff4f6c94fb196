"""Which of several operations of one method and path a request is for, by a query parameter or a header."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from proxygen.runtime.headers.names import fold_header, fold_name
from proxygen.runtime.operation import Condition, Operation, Passthrough, Place
from proxygen.runtime.parameters.pairs import decode_pairs, find_bound
from proxygen.runtime.routing.dispatch import Conditions, Judge

Scope = MutableMapping[str, Any]


_CONTENT_TYPE = "content-type"
_Said = tuple[list[str], int]
"""The values under a name, and how many a lenient downstream would read as it."""


def met_by(scope: Scope) -> Judge:
    """Tells whether this request says what conditions ask for, and nothing that could be read otherwise.

    Each name is read once: hundreds of operations may be told apart by one (`Action` of AWS).
    """
    known: dict[tuple[Place, str], _Said] = {}

    def said(condition: Condition) -> _Said:
        key = condition.place, condition.name
        found = known.get(key)
        if found is None:
            read = _in_query if condition.place is Place.QUERY else _in_headers
            found = known[key] = read(scope, condition.name)
        return found

    def meets(conditions: Conditions) -> bool:
        return all(_meets(said(one), one) for one in conditions)

    def lacks_only_the_media_type(conditions: Conditions) -> bool:
        others = tuple(one for one in conditions if not _asks_for_a_media_type(one))
        return len(others) < len(conditions) and meets(others) and _has_one_media_type(scope)

    return Judge(meets, lacks_only_the_media_type)


def _asks_for_a_media_type(condition: Condition) -> bool:
    return condition.name == _CONTENT_TYPE and bool(condition.values)


def _has_one_media_type(scope: Scope) -> bool:
    """Without one, or with several, a body reader might take the request that a downstream takes for another
    operation's."""
    exact, alike = _in_headers(scope, _CONTENT_TYPE)
    return len(exact) == alike == 1


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
    if name.lower() == _CONTENT_TYPE:
        return text.partition(";")[0].rstrip(" \t").lower()
    return text
