"""A change between two versions: where it was written, whom it concerns and what it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from proxygen.diagnostics import Location
from proxygen.report.finding import Severity
from proxygen.source.document import Document, Pointer

Json = Any


class _Absent:
    """Stands for a value that one of the versions does not have."""

    def __repr__(self) -> str:
        return "absent"


ABSENT: Final = _Absent()


class Direction(StrEnum):
    """Who sends what changes."""

    REQUEST = "request"
    RESPONSE = "response"


class Audience(StrEnum):
    """Who notices a change."""

    CALLERS = "callers of the edge"
    DOWNSTREAM = "downstream only"


@dataclass(frozen=True, slots=True)
class Place:
    """A node of a document; its line and column are looked up when somebody asks for them."""

    document: Document
    pointer: Pointer

    @property
    def location(self) -> Location:
        """Line and column of the node, or of its nearest ancestor that exists."""
        return self.document.locate(self.pointer)

    @property
    def key(self) -> tuple[str, Pointer]:
        """Equal for equal places of one version."""
        return self.document.file, self.pointer


@dataclass(frozen=True, slots=True)
class Operations:
    """The operations that a change concerns: bit n of `mask` stands for `names[n]`."""

    names: tuple[str, ...]
    mask: int

    def __len__(self) -> int:
        return self.mask.bit_count()

    def __iter__(self) -> Iterator[str]:
        mask = self.mask
        while mask:
            lowest = mask & -mask
            yield self.names[lowest.bit_length() - 1]
            mask ^= lowest

    @property
    def title(self) -> str:
        """`GET /pets`, or `GET /pets and 3 more`."""
        count = len(self)
        first = next(iter(self), "")
        return f"{first} and {count - 1} more" if count > 1 else first


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change. `base` and `revision` are its places in the old and the new version.

    A thing that only one version has stands, in the other, where its parent does. `before` and `after` are
    what was written there, `ABSENT` where nothing was. `severity` is what the change means for callers of
    the edge; `direct` is what it means for whoever calls the service itself.
    """

    rule: str
    audience: Audience
    severity: Severity
    direct: Severity
    base: Location
    revision: Location
    operations: Operations
    found: str
    cure: str
    before: Json = ABSENT
    after: Json = ABSENT
