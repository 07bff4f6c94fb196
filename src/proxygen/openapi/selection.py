"""Which operations of a document the edge has: included and excluded by path, tag, operationId, method."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from proxygen.diagnostics import Diagnostic, Location, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A text in which `*` stands for any characters and `?` for one, and where it was written."""

    text: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """Alternatives of each kind; a kind without any is not asked about."""

    paths: tuple[Pattern, ...] = ()
    tags: tuple[Pattern, ...] = ()
    operations: tuple[Pattern, ...] = ()
    methods: tuple[Pattern, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """`include`: an operation must match each kind that is given; `exclude`: it must match none."""

    include: Patterns = Patterns()
    exclude: Patterns = Patterns()


class Selector:
    """Asks a selection about one operation after the other, and remembers which patterns matched."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._matched: set[Pattern] = set()

    def takes(
        self, *, path: str, method: str, operation_id: str | None, tags: tuple[str, ...]
    ) -> bool:
        """Whether the edge has this operation; `path` is the key in the document."""
        words = ((path,), tags, () if operation_id is None else (operation_id,), (method.upper(),))
        included = [
            self._matches(patterns, texts)
            for patterns, texts in zip(_kinds(self._selection.include), words, strict=True)
            if patterns
        ]
        excluded = [
            self._matches(patterns, texts)
            for patterns, texts in zip(_kinds(self._selection.exclude), words, strict=True)
        ]
        return all(included) and not any(excluded)

    def unmatched(self) -> Iterator[Diagnostic]:
        """An error for each pattern that no operation matched."""
        for side in (self._selection.include, self._selection.exclude):
            for patterns in _kinds(side):
                for pattern in patterns:
                    if pattern not in self._matched:
                        yield Diagnostic(
                            "selection-no-match",
                            Severity.ERROR,
                            pattern.location,
                            f"No operation matches {pattern.text[:120]!a}.",
                            "Correct the pattern, or remove it.",
                        )

    def _matches(self, patterns: tuple[Pattern, ...], texts: tuple[str, ...]) -> bool:
        hits = [
            pattern
            for pattern in patterns
            if any(_compiled(pattern.text).fullmatch(text) for text in texts)
        ]
        self._matched.update(hits)
        return bool(hits)


def _kinds(patterns: Patterns) -> tuple[tuple[Pattern, ...], ...]:
    return patterns.paths, patterns.tags, patterns.operations, patterns.methods


@lru_cache(maxsize=4096)
def _compiled(text: str) -> re.Pattern[str]:
    """A glob; runs of `*` are one, so that matching stays linear in each."""
    parts = re.split(r"(\*+|\?)", text)
    written = "".join(
        ".*" if part.startswith("*") else "." if part == "?" else re.escape(part) for part in parts
    )
    return re.compile(written, re.DOTALL)
