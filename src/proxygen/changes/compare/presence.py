"""Compares whether a property may, must or must not be there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proxygen.changes.compare.pair import Pair, is_hidden, place_of
from proxygen.changes.log import Noted
from proxygen.changes.model import ABSENT, Direction
from proxygen.changes.schema_view import SchemaView
from proxygen.openapi.model import Schema


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether one property may, must or must not be there, in both versions."""

    pair: Pair
    name: str
    old: SchemaView
    new: SchemaView
    before: Schema | None
    after: Schema | None

    def noted(self) -> Iterator[Noted]:
        """The changes of it; none where it is there as before."""
        before, after = self._seen(self.before), self._seen(self.after)
        needed = self.name in self.old.required, self.name in self.new.required
        subject = f"`{self.name}` of {self.pair.subject}"
        if before is None and after is None:
            return
        if before is None and after is not None:
            aspect = "required-property-added" if needed[1] else "property-added"
            if self.before is not None:
                aspect = "required-property-added" if needed[1] else "property-shown"
            what = "must be there and is new" if needed[1] else "is new"
            yield self._one(aspect, f"{subject} {what}.")
        elif after is None and before is not None:
            yield self._gone(subject, needed[0])
        elif needed == (False, True):
            yield self._one("property-became-required", f"{subject} must be there now.")
        elif needed == (True, False):
            yield self._one("property-became-optional", f"{subject} may be left out now.")

    def _gone(self, subject: str, needed: bool) -> Noted:
        if self.after is not None:
            other = "service" if self.pair.direction is Direction.REQUEST else "client"
            return self._one("property-hidden", f"only the {other} sends {subject} now.")
        if self.new.closed and self.pair.direction is Direction.REQUEST:
            return self._one("property-forbidden", f"{subject} is gone and may not be there.")
        aspect = "required-property-removed" if needed else "property-removed"
        return self._one(aspect, f"{subject} is gone.")

    def _seen(self, schema: Schema | None) -> Schema | None:
        hidden = schema is None or is_hidden(schema, self.pair.direction)
        return None if hidden else schema

    def _one(self, aspect: str, found: str) -> Noted:
        base = self.before if self.before is not None else self.old.place
        revision = self.after if self.after is not None else self.new.place
        return Noted(
            f"{self.pair.direction}-{aspect}",
            place_of(base),
            place_of(revision),
            f"{found[:1].upper()}{found[1:]}",
            ABSENT if self.before is None else self.before.value,
            ABSENT if self.after is None else self.after.value,
        )
