"""Finds which endpoint of one version is which of the other, and what became of those that are not there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from proxygen.changes.log import Noted
from proxygen.changes.model import Place
from proxygen.changes.surface import Endpoint
from proxygen.lower.references import tokens

Json = Any


@dataclass(frozen=True, slots=True)
class Matched:
    """The endpoints of both versions: the same route, a route that moved, and those of one version."""

    same: tuple[tuple[Endpoint, Endpoint], ...]
    moved: tuple[tuple[Endpoint, Endpoint], ...]
    removed: tuple[Endpoint, ...]
    added: tuple[Endpoint, ...]


def match_endpoints(old: Sequence[Endpoint], new: Sequence[Endpoint]) -> Matched:
    """By route first; of the rest, one that kept its operationId or its content has moved."""
    removed, added = list(old), list(new)
    # Two operations of a document may share a route, told apart by what they call its variables.
    same = _taken(removed, added, lambda one: "\0".join((*one.key, one.path)))
    same += _taken(removed, added, lambda one: "\0".join(one.key))
    moved = [*_taken(removed, added, _identifier), *_taken(removed, added, _content)]
    return Matched(tuple(same), tuple(moved), tuple(removed), tuple(added))


def _taken(
    removed: list[Endpoint], added: list[Endpoint], likeness: Callable[[Endpoint], str]
) -> list[tuple[Endpoint, Endpoint]]:
    """The pairs that are alike in something they have, taken out of both lists."""
    waiting: dict[str, list[Endpoint]] = {}
    for one in reversed(added):
        waiting.setdefault(likeness(one), []).append(one)
    pairs = []
    for one in removed:
        key = likeness(one)
        if key and waiting.get(key):
            pairs.append((one, waiting[key].pop()))
    gone, come = (
        ({id(one) for one in end} for end in zip(*pairs, strict=True)) if pairs else ((), ())
    )
    removed[:] = [one for one in removed if id(one) not in gone]
    added[:] = [one for one in added if id(one) not in come]
    return pairs


def removal(old: Endpoint, revision: Place, today: date) -> Noted:
    """An endpoint that is gone; whether it said before that it would be."""
    before = _raw(old)
    rule, found = "operation-removed", f"{old.label} is gone."
    sunset = old.sunset_date
    if sunset is not None and sunset <= today:
        rule, found = (
            "operation-removed-after-sunset",
            f"{old.label} is gone; it ended on {sunset}.",
        )
    elif sunset is not None:
        rule = "operation-removed-before-sunset"
        found = f"{old.label} is gone; its end was to be {sunset}."
    elif old.operation.deprecated:
        found = f"{old.label} is gone; it was deprecated, without a date."
    return Noted(rule, old.place, revision, found, before=before)


def addition(new: Endpoint, base: Place) -> Noted:
    """An endpoint that is new."""
    return Noted("operation-added", base, new.place, f"{new.label} is new.", after=_raw(new))


def move(old: Endpoint, new: Endpoint) -> Noted:
    """An endpoint that has another route, or another condition on the same."""
    rule = "operation-moved"
    found = f"{old.label} is {new.label} now."
    if new.policy is not None and old.key[:2] == new.key[:2]:
        rule = "operation-condition-changed"
        conditions = " and ".join(new.key[2:]) or "nothing"
        found = f"{old.label} is told from others by {conditions} now."
    return Noted(rule, old.place, new.place, found, before=old.label, after=new.label)


def _identifier(one: Endpoint) -> str:
    named = one.operation.operation_id
    return f"{one.owner}\0{named}" if named else ""


def _content(one: Endpoint) -> str:
    """All that an operation says, where it says enough to be known by it."""
    raw = _raw(one)
    if not isinstance(raw, dict):
        return ""
    known = {word: value for word, value in raw.items() if word != "operationId"}
    return f"{one.operation.method}\0{known!r}" if len(known) > 1 else ""


def _raw(one: Endpoint) -> Json:
    node: Json = one.place.document.value
    for token in tokens(one.place.pointer):
        node = node.get(token) if isinstance(node, dict) else None
    return node
