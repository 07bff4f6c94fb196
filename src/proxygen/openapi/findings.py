"""Collects what parsing finds in one document, each place and rule once."""

from __future__ import annotations

from collections.abc import Iterable

from proxygen.diagnostics import Diagnostic, Severity
from proxygen.source.document import Document, Pointer


class Findings:
    """Diagnostics of one document; `strict` makes every finding an error."""

    def __init__(self, document: Document, *, strict: bool) -> None:
        self._document = document
        self._strict = strict
        self._found: dict[tuple[str, Pointer, str], Diagnostic] = {}

    def error(
        self, rule: str, pointer: Pointer, found: str, cure: str, related: Iterable[Pointer] = ()
    ) -> None:
        """Report what stops the build."""
        self._add(rule, Severity.ERROR, pointer, found, cure, related)

    def warning(
        self, rule: str, pointer: Pointer, found: str, cure: str, related: Iterable[Pointer] = ()
    ) -> None:
        """Report what goes into the ledger."""
        severity = Severity.ERROR if self._strict else Severity.WARNING
        self._add(rule, severity, pointer, found, cure, related)

    def has_errors(self) -> bool:
        """Whether the document cannot be built from."""
        return any(item.severity is Severity.ERROR for item in self._found.values())

    def all(self) -> tuple[Diagnostic, ...]:
        """Everything found, in the order of the file."""
        return tuple(
            sorted(self._found.values(), key=lambda item: (item.location, item.rule, item.found))
        )

    def known(self) -> dict[tuple[str, Pointer, str], Diagnostic]:
        """Everything found so far, without the document: what another process can hand over."""
        return self._found

    def learn(self, found: dict[tuple[str, Pointer, str], Diagnostic]) -> None:
        """Take over what `known` gave for the same document in another process."""
        self._found = found

    def _add(
        self,
        rule: str,
        severity: Severity,
        pointer: Pointer,
        found: str,
        cure: str,
        related: Iterable[Pointer],
    ) -> None:
        key = (rule, pointer, found)
        if key not in self._found:
            locate = self._document.locate
            places = tuple(locate(place) for place in related)
            self._found[key] = Diagnostic(rule, severity, locate(pointer), found, cure, places)
