"""What is wrong with an input, where, and what to do about it.

Every stage reports through `Diagnostic`; none raises for bad input except by `InputRefused`, which
carries diagnostics and is caught by the pipeline only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a diagnostic stops: an error stops the build, a warning goes into the ledger."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file of the user's: line and column count from 1; 0 says "the whole file".

    `file` is shown as given: relative to the folder that the command was called with.
    """

    file: str
    line: int = 0
    column: int = 0
    pointer: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place} {self.pointer}" if self.pointer else place


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: `rule` is stable (`unknown-key`), `found` and `cure` are sentences for people."""

    rule: str
    severity: Severity
    location: Location
    found: str
    cure: str
    related: tuple[Location, ...] = ()


class InputRefused(Exception):  # noqa: N818 - the input is refused, nothing of ours has failed
    """Input that cannot be built from; only the pipeline catches it."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(f"{len(self.diagnostics)} diagnostics")
