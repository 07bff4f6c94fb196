"""Compares one operation in both versions: what it is called, how long it lasts, its route's variables."""

from __future__ import annotations

from collections.abc import Iterator

from proxygen.changes.log import Noted
from proxygen.changes.model import ABSENT
from proxygen.changes.surface import Endpoint
from proxygen.lower.routes import shape, variables


def operation_changes(old: Endpoint, new: Endpoint) -> Iterator[Noted]:
    """The changes of an operation itself; its inputs, answers and rules are compared elsewhere."""
    yield from _names(old, new)
    was, is_ = old.operation.deprecated, new.operation.deprecated
    if is_ and not was:
        yield _one("operation-deprecated", old, new, f"{new.label} is deprecated.")
    elif was and not is_:
        yield _one("operation-undeprecated", old, new, f"{new.label} is no longer deprecated.")
    yield from _sunset(old, new)


def _names(old: Endpoint, new: Endpoint) -> Iterator[Noted]:
    before, after = old.operation_id, new.operation_id
    if before != after and old.operation.operation_id and new.operation.operation_id:
        found = f"`{before}` is called `{after}` now; {new.label} is the same route."
        yield Noted("operation-renamed", old.place, new.place, found, before, after)
    if old.key == new.key and old.path != new.path:
        for name, other in zip(variables(old.path), variables(new.path), strict=False):
            if name != other:
                found = f"The variable `{name}` is called `{other}` now."
                yield Noted("path-variable-renamed", old.place, new.place, found, name, other)
    if new.policy is not None and old.owner != new.owner and old.key == new.key:
        found = f"{new.label} is answered by `{new.service}` now; it was `{old.service}`."
        yield Noted(
            "operation-service-changed", old.place, new.place, found, old.service, new.service
        )
    moved = shape(old.target) != shape(new.target)
    if moved and new.policy is not None and old.key == new.key:
        found = f"{new.label} calls `{new.target}` of the service now; it was `{old.target}`."
        yield Noted("target-changed", old.place, new.place, found, old.target, new.target)


def _sunset(old: Endpoint, new: Endpoint) -> Iterator[Noted]:
    if old.sunset == new.sunset:
        return
    before, after = old.sunset_date, new.sunset_date
    if new.sunset is not None and after is None:
        yield _one("sunset-unreadable", old, new, "`x-sunset` is no date.")
    elif before is None and after is not None:
        yield _one("sunset-added", old, new, f"It ends on {after}.")
    elif before is not None and after is None:
        yield _one("sunset-removed", old, new, f"It has no end any more; it was {before}.")
    elif before is not None and after is not None and before != after:
        rule = "sunset-earlier" if after < before else "sunset-later"
        yield _one(rule, old, new, f"It ends on {after}; it was {before}.")


def _one(rule: str, old: Endpoint, new: Endpoint, found: str) -> Noted:
    before = ABSENT if old.sunset is None or "sunset" not in rule else str(old.sunset)
    after = ABSENT if new.sunset is None or "sunset" not in rule else str(new.sunset)
    return Noted(rule, old.place, new.place, found, before, after)
