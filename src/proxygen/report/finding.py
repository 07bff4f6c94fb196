"""A finding of any command, and the report that holds a command's findings."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from proxygen.diagnostics import Diagnostic, Location


class Level(StrEnum):
    """How much a finding weighs for a tool that knows three weights, as SARIF and GitHub do."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    def reaches(self, least: Level) -> bool:
        """Whether this weighs as much as `least` or more."""
        return _WEIGHT[self] >= _WEIGHT[least]


class Severity(StrEnum):
    """A finding's own word: the first three say what a change means for callers."""

    BREAKING = "breaking"
    DANGEROUS = "dangerous"
    COMPATIBLE = "compatible"
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def level(self) -> Level:
        """What the word weighs."""
        return _LEVEL[self]


_WEIGHT: Final[Mapping[Level, int]] = {Level.NOTE: 0, Level.WARNING: 1, Level.ERROR: 2}
_LEVEL: Final[Mapping[Severity, Level]] = {
    Severity.BREAKING: Level.ERROR,
    Severity.DANGEROUS: Level.WARNING,
    Severity.COMPATIBLE: Level.NOTE,
    Severity.ERROR: Level.ERROR,
    Severity.WARNING: Level.WARNING,
    Severity.NOTE: Level.NOTE,
}


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that a finding is about: `role` is one word (`see`, `base`) that is put before it."""

    role: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding: `rule` is a stable id, `found` and `cure` are sentences for people.

    `location` is where a reader should look first (of a change: in the newer version). `operation` names
    the operation it is about (`POST /v1/batches`), `group` a heading that it stands under; both may be "".
    `properties` are JSON values of the command's own, for tools.
    """

    rule: str
    severity: Severity
    location: Location
    found: str
    cure: str
    related: tuple[Related, ...] = ()
    operation: str = ""
    group: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def sentences(self) -> str:
        """What was found and what to do, for a format that has one text for both."""
        end = "" if self.found.endswith((".", "?", "!")) else "."
        return f"{self.found}{end} {self.cure}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what it is about, without lines and columns, so that it outlives an edit above it."""
        about = (self.rule, self.location.file, self.location.pointer, self.operation, self.found)
        return hashlib.sha256("\0".join(about).encode("utf-8", "backslashreplace")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that `command` found; a finding that reaches `fail_on` makes it fail, none where that is None.

    `rules` says what each rule means, for the formats that list the rules.
    """

    command: str
    findings: tuple[Finding, ...]
    rules: Mapping[str, str] = field(default_factory=dict)
    fail_on: Level | None = Level.ERROR

    @property
    def ordered(self) -> tuple[Finding, ...]:
        """By group in order of appearance, then by file and line."""
        groups = {one.group: number for number, one in reversed([*enumerate(self.findings)])}
        return tuple(
            sorted(
                self.findings,
                key=lambda one: (
                    groups[one.group],
                    one.location,
                    one.severity,
                    one.rule,
                    one.found,
                ),
            )
        )

    @property
    def failing(self) -> tuple[Finding, ...]:
        """The findings for which the command fails."""
        least = self.fail_on
        if least is None:
            return ()
        return tuple(one for one in self.ordered if one.severity.level.reaches(least))

    @property
    def counts(self) -> Mapping[Severity, int]:
        """How many of each severity, the gravest first; without those of which there is none."""
        counted = Counter(one.severity for one in self.findings)
        return {severity: counted[severity] for severity in Severity if counted[severity]}

    @property
    def summary(self) -> str:
        """`2 errors, 1 warning`; "" where nothing was found."""
        return ", ".join(_count(number, severity) for severity, number in self.counts.items())


def finding_of(diagnostic: Diagnostic) -> Finding:
    """A diagnostic of the build as a finding."""
    return Finding(
        rule=diagnostic.rule,
        severity=Severity(diagnostic.severity.value),
        location=diagnostic.location,
        found=diagnostic.found,
        cure=diagnostic.cure,
        related=tuple(Related("see", place) for place in diagnostic.related),
    )


def _count(number: int, severity: Severity) -> str:
    countable = severity.value == severity.level.value
    return f"{number} {severity}{'s' if countable and number != 1 else ''}"
