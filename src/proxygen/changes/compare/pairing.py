"""Finds which alternative of a union became which."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from proxygen.changes.schema_view import SchemaView, is_reference
from proxygen.lower.references import tokens
from proxygen.openapi.model import Schema

Json = Any


def paired(
    old: Sequence[Schema], new: Sequence[Schema]
) -> tuple[list[tuple[Schema, Schema]], list[Schema], list[Schema]]:
    """Pairs of alternatives, those that are gone, and those that are new.

    The same schema first, then the same name, then the same types and properties; a single one left on each
    side has become the other.
    """
    pairs: list[tuple[Schema, Schema]] = []
    removed, added = list(old), list(new)
    for likeness in (_text, _name, _outline):
        pairs += _matched(removed, added, likeness)
    if len(removed) == 1 and len(added) == 1 and not _both_named(removed[0], added[0]):
        pairs.append((removed.pop(), added.pop()))
    return pairs, removed, added


def twin_of(plain: SchemaView, alternatives: Sequence[Schema]) -> Schema | None:
    """The alternative that a schema is: the only one of its types, or the one most like it."""
    alike = [one for one in alternatives if SchemaView(one).types & plain.types]
    names = set(plain.properties)
    return max(alike, key=lambda one: len(names & set(SchemaView(one).properties)), default=None)


def _matched(
    removed: list[Schema], added: list[Schema], likeness: Callable[[Schema], str | None]
) -> list[tuple[Schema, Schema]]:
    """The pairs that are alike, taken out of both lists."""
    found: list[tuple[Schema, Schema]] = []
    there: dict[str, Schema] = {}
    for one in added:
        key = likeness(one)
        if key is not None:
            there.setdefault(key, one)
    for one in list(removed):
        other = there.pop(key, None) if (key := likeness(one)) is not None else None
        if other is not None:
            removed.remove(one)
            added.remove(other)
            found.append((one, other))
    return found


def _both_named(one: Schema, other: Schema) -> bool:
    return is_reference(one.value) and is_reference(other.value)


def _text(schema: Schema) -> str:
    return json.dumps(schema.value, sort_keys=True, default=str)


def _name(schema: Schema) -> str | None:
    if is_reference(schema.value):
        return tokens(schema.value["$ref"].removeprefix("#"))[-1]
    title = schema.value.get("title") if isinstance(schema.value, dict) else None
    return title if isinstance(title, str) else None


def _outline(schema: Schema) -> str | None:
    if is_reference(schema.value):
        return None
    view = SchemaView(schema)
    return json.dumps([sorted(view.types), sorted(view.properties)])
