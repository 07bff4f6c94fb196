"""Remembers which examples were found for what, so that each is looked for but once.

What was found is kept under a hash of all that it rests on: the schema, every definition that it leads to,
the examples that the document gives, in order, and the generator. One entry of the cache holds those of one
service and direction; each build leaves in it what it has used. An example of the document's is kept as its
number, so that what is used is what the document says now; one that was made is data, and passes the same
gate into source as any other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from proxygen.cache import Cache, key_of
from proxygen.generator import generator_digest
from proxygen.lower.examples import Examples
from proxygen.lower.references import references_in
from proxygen.lower.schemas import SchemaBook

Json = Any

_KIND: Final = "examples"
_GIVEN: Final = "given"
_MADE: Final = "made"
_NONE: Final = "none"


class KeptExamples(Examples):
    """`Examples` of one book, whose `of` answers from the cache where nothing has moved; `keep` writes it."""

    def __init__(self, book: SchemaBook, cache: Cache, place: str) -> None:
        super().__init__(book)
        self._defs = book.defs()
        self._cache = cache
        self._key = key_of([generator_digest(), place]) if cache.folder is not None else ""
        self._before = _read(cache.get(_KIND, self._key)) if self._key else {}
        self._now: dict[str, list[Json]] = {}
        self._known: dict[str, tuple[Json, str, frozenset[str]]] = {}

    def of(self, node: Json, given: Iterable[Json] = ()) -> tuple[Json, bool]:
        """As `Examples.of`."""
        listed = list(given)
        key = self._digest(node, listed) if self._key else ""
        found = _said(self._before.get(key), listed)
        if found is None:
            found = super().of(node, listed)
        if key:
            self._now[key] = _as_kept(found, listed)
        return found

    def keep(self) -> None:
        """Leave what was used for the next build."""
        if self._key and self._now != self._before:
            self._cache.put(_KIND, self._key, json.dumps(self._now).encode())

    def _digest(self, node: Json, given: list[Json]) -> str:
        """Of a schema with all that it leads to; nothing for what is no JSON."""
        try:
            own = _text([node, given])
            names = self._reached(references_in(node))
        except (TypeError, ValueError, RecursionError):
            return ""
        return key_of([own, *(part for name in sorted(names) for part in (name, self._of(name)))])

    def _reached(self, names: Iterable[str]) -> set[str]:
        reached: set[str] = set()
        left = set(names)
        while left:
            name = left.pop()
            reached.add(name)
            self._of(name)
            left |= self._known[name][2] - reached
        return reached

    def _of(self, name: str) -> str:
        """The text of a definition as a hash; anew where another one has taken its place."""
        value = self._defs.get(name)
        known = self._known.get(name)
        if known is None or known[0] is not value:
            known = (value, key_of([_text(value)]), frozenset(references_in(value)))
            self._known[name] = known
        return known[1]


def _text(value: Json) -> str:
    return json.dumps(value, default=_sorted)


def _sorted(value: object) -> list[str]:
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)


def _as_kept(found: tuple[Json, bool], given: list[Json]) -> list[Json]:
    example, there = found
    if not there:
        return [_NONE, None]
    number = next((number for number, one in enumerate(given) if one is example), None)
    return [_MADE, example] if number is None else [_GIVEN, number]


def _said(kept: list[Json] | None, given: list[Json]) -> tuple[Json, bool] | None:
    match kept:
        case ["none", _]:
            return None, False
        case ["made", value]:
            return value, True
        case ["given", int(number)] if 0 <= number < len(given):
            return given[number], True
    return None


def _read(kept: bytes | None) -> Mapping[str, list[Json]]:
    """What an earlier build left; nothing where it is not of the form in which it is left."""
    try:
        found = json.loads(kept or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
