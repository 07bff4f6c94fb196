"""Compares schemas that may refer to each other in circles: each pair of components once per direction."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from proxygen.changes.compare.keywords import keyword_changes, named_types
from proxygen.changes.compare.pair import HIDDEN_BY, Key, Pair, Paths, is_hidden, place_of
from proxygen.changes.compare.pairing import paired, twin_of
from proxygen.changes.compare.presence import Presence
from proxygen.changes.log import Log, Noted
from proxygen.changes.model import ABSENT
from proxygen.changes.schema_view import SchemaView, is_reference, target_of
from proxygen.lower.references import tokens
from proxygen.openapi.model import Schema

Json = Any

_DATA: Final = frozenset({"enum", "const", "default", "example", "examples", "discriminator"})
_NAMED: Final = frozenset({"properties", "patternProperties", "dependentSchemas"})


@dataclass(slots=True)
class _Node:
    changes: list[Noted] = field(default_factory=list)
    below: dict[Key, None] = field(default_factory=dict)


class SchemaComparison:
    """All pairs that were compared so far, and how they lead to each other."""

    def __init__(self) -> None:
        self._nodes: dict[Key, _Node] = {}
        self._waiting: deque[Pair] = deque()

    def root(self, pair: Pair) -> Key:
        """Compare a pair with all that it leads to; the key by which `spread` knows it."""
        key = self._enter(pair)
        while self._waiting:
            waiting = self._waiting.popleft()
            self._compare(waiting, self._nodes[waiting.key])
        return key

    def spread(self, roots: Mapping[Key, int], log: Log) -> None:
        """Log the changes below these roots, each with the operations of all roots that lead to it."""
        masks = dict(roots)
        queue = deque(roots)
        queued = set(roots)
        while queue:
            key = queue.popleft()
            queued.discard(key)
            mask = masks[key]
            for below in self._nodes[key].below:
                grown = masks.get(below, 0) | mask
                if grown != masks.get(below):
                    masks[below] = grown
                    if below not in queued:
                        queued.add(below)
                        queue.append(below)
        for key, mask in masks.items():
            for noted in self._nodes[key].changes:
                log.add(noted, mask)

    def _enter(self, pair: Pair) -> Key:
        base, revision = target_of(pair.base), target_of(pair.revision)
        named = is_reference(pair.revision.value) or is_reference(pair.base.value)
        if named:
            place = revision if is_reference(pair.revision.value) else base
            subject = f"`{tokens(place.pointer)[-1]}`"
        else:
            subject = pair.subject
        entered = Pair(
            pair.direction, base, revision, subject, pair.base_hidden, pair.revision_hidden
        )
        key = entered.key
        if key not in self._nodes:
            self._nodes[key] = _Node()
            self._waiting.append(entered)
        return key

    def _below(self, pair: Pair, node: _Node) -> None:
        """What a pair leads to: a pair of components of its own, or a part of the same schema."""
        if is_reference(pair.base.value) or is_reference(pair.revision.value):
            node.below[self._enter(pair)] = None
        else:
            self._compare(pair, node)

    def _compare(self, pair: Pair, node: _Node) -> None:
        base, revision = pair.base, pair.revision
        if base.value == revision.value and not pair.base_hidden and not pair.revision_hidden:
            for reference in _references(base.value, HIDDEN_BY[pair.direction]):
                value = {"$ref": reference}
                there = Schema(document=base.document, pointer=base.pointer, value=value)
                here = Schema(document=revision.document, pointer=revision.pointer, value=value)
                self._below(Pair(pair.direction, there, here, pair.subject), node)
            return
        old, new = SchemaView(base), SchemaView(revision)
        if self._became_union(pair, old, new, node):
            return
        for one in keyword_changes(old, new, pair.direction):
            found = f"{pair.subject[:1].upper()}{pair.subject[1:]} {one.sentence}."
            node.changes.append(
                Noted(
                    f"{pair.direction}-{one.aspect}",
                    place_of(one.base),
                    place_of(one.revision),
                    found,
                    one.before,
                    one.after,
                )
            )
        if "object" in old.types and "object" in new.types:
            self._properties(pair, old, new, node)
        if "array" in old.types and "array" in new.types and _is_said("items", old, new):
            subject = f"an item of {pair.subject}"
            self._below(Pair(pair.direction, old.below("items"), new.below("items"), subject), node)
        named = _is_said("additionalProperties", old, new)
        if "object" in old.types & new.types and named and not old.closed and not new.closed:
            ends = old.below("additionalProperties"), new.below("additionalProperties")
            subject = f"a further property of {pair.subject}"
            self._below(Pair(pair.direction, *ends, subject), node)
        self._alternatives(pair, old, new, node)

    def _properties(self, pair: Pair, old: SchemaView, new: SchemaView, node: _Node) -> None:
        gone = {path[0] for path in pair.base_hidden if len(path) == 1}
        bound = {path[0] for path in pair.revision_hidden if len(path) == 1}
        before = {name: one for name, one in old.properties.items() if name not in gone}
        after = {name: one for name, one in new.properties.items() if name not in bound}
        for name in dict.fromkeys([*before, *after]):
            if name in gone or name in bound:
                continue  # the identity of the operation is compared apart
            changes = Presence(pair, name, old, new, before.get(name), after.get(name))
            node.changes.extend(changes.noted())
            if name in before and name in after:
                below = Pair(
                    pair.direction,
                    before[name],
                    after[name],
                    f"`{name}` of {pair.subject}",
                    _inside(pair.base_hidden, name),
                    _inside(pair.revision_hidden, name),
                )
                if not is_hidden(after[name], pair.direction):
                    self._below(below, node)

    def _became_union(self, pair: Pair, old: SchemaView, new: SchemaView, node: _Node) -> bool:
        """Compare a schema that is one of several alternatives in one version only; else do nothing.

        The one that it is, by its types, is compared with it; the others are new, or gone.
        """
        if old.is_union == new.is_union or (old.alternatives and new.alternatives):
            return False
        plain, union = (new, old) if old.is_union else (old, new)
        twin = twin_of(plain, union.alternatives)
        if twin is None:
            return False
        others = [one for one in union.alternatives if one is not twin]
        ends = (twin, pair.revision) if old.is_union else (pair.base, twin)
        hidden = pair.base_hidden, pair.revision_hidden
        self._below(Pair(pair.direction, *ends, pair.subject, *hidden), node)
        gone, come = (others, []) if old.is_union else ([], others)
        self._note_alternatives(pair, gone, come, node)
        return True

    def _alternatives(self, pair: Pair, old: SchemaView, new: SchemaView, node: _Node) -> None:
        if not old.alternatives and not new.alternatives:
            return
        ends = old.alternatives or old.only, new.alternatives or new.only
        if not all(ends):
            return
        pairs, removed, added = paired(*ends)
        for base, revision in pairs:
            subject = f"an alternative of {pair.subject}"
            self._below(
                Pair(
                    pair.direction,
                    base,
                    revision,
                    subject,
                    pair.base_hidden,
                    pair.revision_hidden,
                ),
                node,
            )
        self._note_alternatives(pair, removed, added, node)

    def _note_alternatives(
        self, pair: Pair, removed: Sequence[Schema], added: Sequence[Schema], node: _Node
    ) -> None:
        for one in removed:
            found = f"{_called(one)} is no alternative of {pair.subject} any more."
            rule = f"{pair.direction}-alternative-removed"
            node.changes.append(
                Noted(rule, place_of(one), place_of(pair.revision), found, one.value, ABSENT)
            )
        for one in added:
            found = f"{_called(one)} is a new alternative of {pair.subject}."
            rule = f"{pair.direction}-alternative-added"
            node.changes.append(
                Noted(rule, place_of(pair.base), place_of(one), found, ABSENT, one.value)
            )


def _is_said(word: str, old: SchemaView, new: SchemaView) -> bool:
    """Whether both say it; one without alternatives says it by its absence, too."""
    return all(not view.alternatives or view.first(word) is not None for view in (old, new))


def _inside(paths: Paths, name: str) -> Paths:
    return frozenset(path[1:] for path in paths if path[0] == name and len(path) > 1)


def _references(node: Json, hidden_by: str) -> Iterator[str]:
    """The references inside a schema, less those of what the other side alone sends."""
    if isinstance(node, list):
        for one in node:
            yield from _references(one, hidden_by)
    elif isinstance(node, Mapping) and node.get(hidden_by) is not True:
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/"):
            yield reference
        for word, value in node.items():
            if word in _NAMED and isinstance(value, Mapping):
                yield from _references([*value.values()], hidden_by)
            elif word not in _DATA:
                yield from _references(value, hidden_by)


def _called(schema: Schema) -> str:
    if is_reference(schema.value):
        return f"`{tokens(target_of(schema).pointer)[-1]}`"
    title = schema.value.get("title") if isinstance(schema.value, Mapping) else None
    if isinstance(title, str):
        return f"`{title}`"
    return f"A schema of {named_types(SchemaView(schema).types).removeprefix('of ')}"
