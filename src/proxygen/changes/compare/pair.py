"""A schema in both versions, in one direction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from proxygen.changes.model import Direction, Place
from proxygen.changes.schema_view import target_of
from proxygen.openapi.model import Schema

Paths = frozenset[tuple[str, ...]]
Key = tuple[Direction, str, str, str, str, Paths, Paths]

NONE: Final[Paths] = frozenset()
HIDDEN_BY: Final = {Direction.REQUEST: "readOnly", Direction.RESPONSE: "writeOnly"}
"""The keyword of what only the other side sends (OAS 3.1.1, 4.8.24)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A schema in both versions, in one direction; `hidden` are the paths of fields that nobody sends."""

    direction: Direction
    base: Schema
    revision: Schema
    subject: str
    base_hidden: Paths = NONE
    revision_hidden: Paths = NONE

    @property
    def key(self) -> Key:
        """Equal for what is compared alike."""
        base, revision = self.base, self.revision
        return (
            self.direction,
            base.document.file,
            base.pointer,
            revision.document.file,
            revision.pointer,
            self.base_hidden,
            self.revision_hidden,
        )


def is_hidden(schema: Schema, direction: Direction) -> bool:
    """Whether only the other side sends a value of this schema."""
    value = target_of(schema).value
    return isinstance(value, Mapping) and value.get(HIDDEN_BY[direction]) is True


def place_of(schema: Schema) -> Place:
    """Where a schema stands."""
    return Place(schema.document, schema.pointer)
