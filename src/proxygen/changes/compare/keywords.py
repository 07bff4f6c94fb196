"""Compares what two schemas say of a value itself: types, members, formats, limits, patterns, defaults."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from proxygen.changes.compare.keyword_change import KeywordChange, change_of, shown
from proxygen.changes.compare.limits import limit_changes
from proxygen.changes.model import ABSENT, Direction
from proxygen.changes.schema_view import TYPES, SchemaView

Json = Any


_SMALLER: Final = {("int64", "int32"), ("double", "float")}
"""Formats whose second has fewer values than the first."""
_REPRESENTATION: Final = ("contentMediaType", "contentEncoding", "xml")
_UNDECIDED: Final = (
    *("not", "if", "then", "else", "contains", "minContains", "maxContains", "dependentRequired"),
    *("dependentSchemas", "propertyNames", "patternProperties", "prefixItems"),
    *("unevaluatedItems", "unevaluatedProperties"),
)
"""Keywords of which no general comparison is decided; that they differ is."""


def keyword_changes(
    old: SchemaView, new: SchemaView, direction: Direction
) -> Iterator[KeywordChange]:
    """Every change of the schemas themselves, not of what stands below them."""
    yield from _types(old, new)
    yield from _members(old, new)
    if old.types & new.types:
        yield from _format(old, new)
        yield from limit_changes(old, new, direction)
        yield from _pattern(old, new)
        yield from _flags(old, new)
        yield from _further(old, new)
        yield from _undecided(old, new)
        yield from _union(old, new)
    yield from _representation(old, new)
    yield from _default(old, new)


def _types(old: SchemaView, new: SchemaView) -> Iterator[KeywordChange]:
    before, after = old.types, new.types
    if before != after and not (old.alternatives and new.alternatives):
        aspect = "type-changed"
        if after < before:
            aspect = "type-narrowed"
        elif before < after:
            aspect = "type-widened"
        sentence = f"is {named_types(after)} now; it was {named_types(before)}"
        yield change_of(aspect, old, new, "type", sentence)
    if old.nullable != new.nullable:
        if TYPES - {"null"} in (before, after):
            return  # any type: null is among those that were gained or lost
        word = "type" if isinstance(new.first("type"), list) else "nullable"
        if new.nullable:
            yield change_of("became-nullable", old, new, word, "may be null now")
        else:
            yield change_of("became-not-nullable", old, new, word, "may not be null any more")


def named_types(types: frozenset[str]) -> str:
    """Types in a sentence."""
    if types == TYPES - {"null"}:
        return "of any type"
    shown = sorted(types - {"integer"} if "number" in types else types)
    return " or ".join(shown) if shown else "of no type"


def _members(old: SchemaView, new: SchemaView) -> Iterator[KeywordChange]:
    before, after = old.members, new.members
    word = "const" if new.first("const") is not None else "enum"
    if before is None and after is not None:
        yield change_of("enum-added", old, new, word, f"must be one of {shown(list(after))} now")
    elif before is not None and after is None:
        word = "const" if old.first("const") is not None else "enum"
        yield change_of("enum-removed", old, new, word, "may have other values than those listed")
    elif before is not None and after is not None:
        for value in _less(before, after):
            yield change_of(
                "enum-value-removed", old, new, word, f"may not be {shown(value)} any more"
            )
        for value in _less(after, before):
            yield change_of("enum-value-added", old, new, word, f"may be {shown(value)} now")


def _less(some: tuple[Json, ...], others: tuple[Json, ...]) -> Iterator[Json]:
    known = {json.dumps(value, sort_keys=True, default=str) for value in others}
    return (v for v in some if json.dumps(v, sort_keys=True, default=str) not in known)


def _format(old: SchemaView, new: SchemaView) -> Iterator[KeywordChange]:
    before, after = old.first("format"), new.first("format")
    if before == after:
        return
    if before is None:
        yield change_of("format-added", old, new, "format", f"has the format {shown(after)} now")
    elif after is None:
        sentence = f"has the format {shown(before)} no more"
        yield change_of("format-removed", old, new, "format", sentence)
    else:
        aspect = "format-changed"
        if (before, after) in _SMALLER:
            aspect = "format-narrowed"
        elif (after, before) in _SMALLER:
            aspect = "format-widened"
        sentence = f"has the format {shown(after)} now; it was {shown(before)}"
        yield change_of(aspect, old, new, "format", sentence)


def _pattern(old: SchemaView, new: SchemaView) -> Iterator[KeywordChange]:
    before, after = sorted(map(str, old.all("pattern"))), sorted(map(str, new.all("pattern")))
    if before == after:
        return
    if not before:
        yield change_of("pattern-added", old, new, "pattern", f"must match {shown(after[0])} now")
    elif not after:
        yield change_of("pattern-removed", old, new, "pattern", "need not match a pattern any more")
    else:
        sentence = f"must match {shown(after[0])} now; it was {shown(before[0])}"
        yield change_of("pattern-changed", old, new, "pattern", sentence)


def _flags(old: SchemaView, new: SchemaView) -> Iterator[KeywordChange]:
    for word, added, removed, on, off in _FLAGS:
        before, after = old.flag(word), new.flag(word)
        if after and not before:
            yield change_of(added, old, new, word, on)
        elif before and not after:
            yield change_of(removed, old, new, word, off)


_FLAGS: Final = (
    (
        "uniqueItems",
        "unique-items-added",
        "unique-items-removed",
        "may have no item twice now",
        "may have an item twice now",
    ),
    (
        "deprecated",
        "schema-deprecated",
        "schema-undeprecated",
        "is deprecated",
        "is no longer deprecated",
    ),
)


def _further(old: SchemaView, new: SchemaView) -> Iterator[KeywordChange]:
    if "object" not in old.types & new.types or old.closed == new.closed:
        return
    word = "additionalProperties"
    if new.closed:
        sentence = "may have no further properties any more"
        yield change_of("additional-properties-closed", old, new, word, sentence)
    else:
        sentence = "may have further properties now"
        yield change_of("additional-properties-opened", old, new, word, sentence)


def _undecided(old: SchemaView, new: SchemaView) -> Iterator[KeywordChange]:
    yield from _by_presence(
        _UNDECIDED,
        old,
        new,
        lambda before, after: (
            "constraint-added"
            if before is None
            else "constraint-removed"
            if after is None
            else "constraint-changed"
        ),
    )


def _representation(old: SchemaView, new: SchemaView) -> Iterator[KeywordChange]:
    yield from _by_presence(
        _REPRESENTATION, old, new, lambda _before, _after: "representation-changed"
    )


def _by_presence(
    words: tuple[str, ...],
    old: SchemaView,
    new: SchemaView,
    aspect: Callable[[Json, Json], str],
) -> Iterator[KeywordChange]:
    for word in words:
        before, after = old.first(word), new.first(word)
        if before == after:
            continue
        verb = "is new" if before is None else "is gone" if after is None else "is another"
        yield change_of(
            aspect(before, after), old, new, word, f"has a changed condition: `{word}` {verb}"
        )


def _union(old: SchemaView, new: SchemaView) -> Iterator[KeywordChange]:
    """A union that is new or gone; which alternatives it has is compared elsewhere."""
    if old.alternatives and new.alternatives:
        yield from _discriminator(old, new)
    elif new.alternatives and not old.only:
        sentence = f"must be one of {len(new.alternatives)} alternatives now"
        yield _unionchange_of("constraint-added", old, new, sentence)
    elif old.alternatives and not new.only:
        sentence = f"need not be one of {len(old.alternatives)} alternatives any more"
        yield _unionchange_of("constraint-removed", old, new, sentence)


def _unionchange_of(aspect: str, old: SchemaView, new: SchemaView, sentence: str) -> KeywordChange:
    view = new if new.alternatives else old
    word = "oneOf" if view.first("oneOf") is not None else "anyOf"
    return change_of(aspect, old, new, word, sentence)


def _discriminator(old: SchemaView, new: SchemaView) -> Iterator[KeywordChange]:
    before, after = old.first("discriminator"), new.first("discriminator")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return
    if before.get("propertyName") != after.get("propertyName"):
        sentence = f"is told apart by {shown(after.get('propertyName'))} now"
        yield change_of("discriminator-changed", old, new, "discriminator", sentence)
        return
    tags, others = before.get("mapping"), after.get("mapping")
    if not isinstance(tags, dict) or not isinstance(others, dict):
        return
    for tag, target in tags.items():
        if others.get(tag, target) != target:
            sentence = f"has another alternative under the tag {shown(tag)}"
            yield change_of("discriminator-tag-changed", old, new, "discriminator", sentence)


def _default(old: SchemaView, new: SchemaView) -> Iterator[KeywordChange]:
    before, after = next(old.all("default"), ABSENT), next(new.all("default"), ABSENT)
    if before is after or shown(before) == shown(after):
        return
    if before is ABSENT:
        yield change_of(
            "default-added", old, new, "default", f"is {shown(after)} where it is left out"
        )
    elif after is ABSENT:
        sentence = f"was {shown(before)} where it is left out, and has no default now"
        yield change_of("default-removed", old, new, "default", sentence)
    else:
        sentence = f"is {shown(after)} where it is left out; it was {shown(before)}"
        yield change_of("default-changed", old, new, "default", sentence)
