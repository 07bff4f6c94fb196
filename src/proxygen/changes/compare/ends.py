"""One operation in both versions, and how changes of its messages are noted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from proxygen.changes.compare.pair import NONE, Pair, Paths
from proxygen.changes.log import Noted
from proxygen.changes.model import ABSENT, Direction, Place
from proxygen.changes.surface import Endpoint
from proxygen.lower.references import tokens
from proxygen.openapi.model import MediaType, Schema
from proxygen.source.document import Document, Pointer

Json = Any
Found = Iterator[Noted | Pair]
"""Changes, and pairs of schemas that are to be compared."""


@dataclass(frozen=True, slots=True)
class Ends:
    """An operation in the old version and in the new one."""

    old: Endpoint
    new: Endpoint

    def noted(self, rule: str, base: Pointer, revision: Pointer, found: str) -> Noted:
        """A change with what stands at both places; the operation itself stands for nothing there."""
        old, new = self.old.place, self.new.place
        return Noted(
            rule,
            Place(old.document, base),
            Place(new.document, revision),
            found,
            ABSENT if base == old.pointer else value_at(old.document, base),
            ABSENT if revision == new.pointer else value_at(new.document, revision),
        )

    def gone(self, rule: str, base: Pointer, found: str) -> Noted:
        """A change of what only the old version has."""
        return self.noted(rule, base, self.new.place.pointer, found)

    def come(self, rule: str, revision: Pointer, found: str) -> Noted:
        """A change of what only the new version has."""
        return self.noted(rule, self.old.place.pointer, revision, found)

    def pair(
        self,
        direction: Direction,
        schemas: tuple[Schema | None, Schema | None],
        places: tuple[Pointer, Pointer],
        subject: str,
        hidden: tuple[Paths, Paths] = (NONE, NONE),
    ) -> Pair:
        """Two schemas; where a version has none, everything is allowed."""
        documents = self.old.place.document, self.new.place.document
        base, revision = (
            schema or Schema(document=document, pointer=place, value={})
            for schema, document, place in zip(schemas, documents, places, strict=True)
        )
        return Pair(direction, base, revision, subject, *hidden)

    def media_types(
        self,
        direction: Direction,
        contents: tuple[Sequence[MediaType], Sequence[MediaType]],
        places: tuple[Pointer, Pointer],
        title: str,
    ) -> Iterator[Noted]:
        """Media types that are gone or new."""
        before, after = ({_essence(one): one for one in content} for content in contents)
        for name, one in before.items():
            if name not in after:
                found = f"{title} is of {name} no more."
                yield self.noted(f"{direction}-media-type-removed", one.pointer, places[1], found)
        for name, one in after.items():
            if name not in before:
                found = f"{title} may be of {name} now."
                yield self.noted(f"{direction}-media-type-added", places[0], one.pointer, found)


def same_media_types(
    old: Sequence[MediaType], new: Sequence[MediaType]
) -> Iterator[tuple[MediaType, MediaType]]:
    """The media types of both versions."""
    there = {_essence(one): one for one in new}
    return ((one, there[_essence(one)]) for one in old if _essence(one) in there)


def value_at(document: Document, pointer: Pointer) -> Json:
    """What a document has at a place; `ABSENT` for nothing."""
    node: Json = document.value
    for token in tokens(pointer):
        if isinstance(node, dict) and token in node:
            node = node[token]
        elif isinstance(node, list) and token.isdecimal() and int(token) < len(node):
            node = node[int(token)]
        else:
            return ABSENT
    return node


def _essence(one: MediaType) -> str:
    return ";".join(part.strip().lower() for part in one.media_type.split(";"))
