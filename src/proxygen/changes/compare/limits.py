"""Compares the limits of a value: its range, its length, its number of items or properties, its multiples."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from proxygen.changes.compare.keyword_change import KeywordChange, change_of, shown
from proxygen.changes.model import Direction
from proxygen.changes.schema_view import SchemaView

Json = Any


def limit_changes(
    old: SchemaView, new: SchemaView, direction: Direction
) -> Iterator[KeywordChange]:
    """Every limit that is another; of multiples that cannot be compared, the worse for `direction`."""
    for limit in _LIMITS:
        yield from limit.changes(old, new)
    yield from _multiple(old, new, direction)


@dataclass(frozen=True, slots=True)
class _Limit:
    """A pair of keywords that bound a number from below and above; `unit` is what is counted."""

    noun: str
    least: str
    most: str
    unit: str

    def changes(self, old: SchemaView, new: SchemaView) -> Iterator[KeywordChange]:
        for word, sign, name in ((self.least, 1, "least"), (self.most, -1, "most")):
            before, after = _bound(old, word, sign), _bound(new, word, sign)
            if before == after:
                continue
            aspect = f"{self.noun}-{'tightened' if after > before else 'loosened'}"
            shown_word = word if new.first(word) is not None or old.first(word) is not None else ""
            place = shown_word or _EXCLUSIVE.get(word, word)
            if after[0] == -math.inf:
                sentence = f"has no limit of {self.unit} at {name} any more"
            else:
                edge = " (itself not)" if after[1] else ""
                sentence = f"has {self.unit} of at {name} {_written(sign * after[0])}{edge}"
                if before[0] != -math.inf:
                    sentence += f"; it was {_written(sign * before[0])}{' (itself not)' if before[1] else ''}"
            yield change_of(aspect, old, new, place, sentence)


_EXCLUSIVE: Final = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
_LIMITS: Final = (
    _Limit("range", "minimum", "maximum", "a value"),
    _Limit("length", "minLength", "maxLength", "a length"),
    _Limit("items", "minItems", "maxItems", "a number of items"),
    _Limit("size", "minProperties", "maxProperties", "a number of properties"),
)


def _bound(view: SchemaView, word: str, sign: int) -> tuple[float, bool]:
    """The strictest bound, so that more is stricter, and whether the bound itself is excluded."""
    found = (-math.inf, False)
    least = 0 if word.startswith("min") and word != "minimum" else -math.inf
    exclusive = _EXCLUSIVE.get(word)
    # OAS 3.0's `exclusiveMinimum: true` makes of one keyword another.
    open_ = exclusive is not None and view.flag(exclusive)
    for value in view.all(word):
        if _is_number(value) and value > least:
            found = max(found, (sign * value, open_))
    for value in view.all(exclusive) if exclusive else ():
        if _is_number(value):
            found = max(found, (sign * value, True))
    return found


def _written(number: float) -> str:
    """A number as people write it; a whole one may be larger than any float."""
    return str(number) if isinstance(number, int) else f"{number:g}"


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _multiple(old: SchemaView, new: SchemaView, direction: Direction) -> Iterator[KeywordChange]:
    before, after = old.first("multipleOf"), new.first("multipleOf")
    if before == after:
        return
    if not _is_number(before):
        tightened = True
    elif not _is_number(after):
        tightened = False
    elif before and after and Fraction(after) % Fraction(before) == 0:
        tightened = True
    elif before and after and Fraction(before) % Fraction(after) == 0:
        tightened = False
    else:  # neither: the worse of the two
        tightened = direction is Direction.REQUEST
    aspect = "multiple-tightened" if tightened else "multiple-loosened"
    was = "" if before is None else f"; it was of {shown(before)}"
    now = "need not be a multiple any more" if after is None else f"is a multiple of {shown(after)}"
    yield change_of(aspect, old, new, "multipleOf", f"{now}{was}")
