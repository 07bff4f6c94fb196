"""Collects changes while two versions are compared, each once, with all the operations that it concerns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from proxygen.changes.model import ABSENT, Place

Json = Any


@dataclass(frozen=True, slots=True)
class Noted:
    """A change before anybody has asked where it stands; `found` is a sentence without its operation."""

    rule: str
    base: Place
    revision: Place
    found: str
    before: Json = ABSENT
    after: Json = ABSENT

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for what is one change, from wherever it was reached."""
        return self.rule, self.base.key, self.revision.key, self.found


class Log:
    """What was noted, with a mask of the operations concerned (bit n: operation n)."""

    def __init__(self) -> None:
        self._noted: dict[tuple[object, ...], tuple[Noted, int]] = {}

    def add(self, noted: Noted, mask: int) -> None:
        """Note a change that concerns these operations, too."""
        known = self._noted.get(noted.key)
        self._noted[noted.key] = (noted, mask) if known is None else (known[0], known[1] | mask)

    def __iter__(self) -> Iterator[tuple[Noted, int]]:
        return iter(self._noted.values())
