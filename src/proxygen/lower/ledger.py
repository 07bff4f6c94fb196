"""Collects what became of every construct of one service's document, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from proxygen.diagnostics import Diagnostic, Location, Severity
from proxygen.ir.ledger import LedgerCount, LedgerEntry, Outcome


class Findings:
    """One service's findings, in the order in which they were made; each is reported once."""

    def __init__(self, service: str) -> None:
        self.service = service
        self._diagnostics: dict[Diagnostic, None] = {}
        self._entries: dict[LedgerEntry, None] = {}
        self._counts: Counter[tuple[str, Outcome]] = Counter()
        self._places: dict[tuple[str, Outcome], dict[str, None]] = {}

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Errors and warnings."""
        return tuple(self._diagnostics)

    @property
    def entries(self) -> tuple[LedgerEntry, ...]:
        """Lines that deserve a reader."""
        return tuple(self._entries)

    @property
    def counts(self) -> tuple[LedgerCount, ...]:
        """Sums per construct and outcome, sorted."""
        return tuple(
            LedgerCount(
                service=self.service,
                construct=construct,
                outcome=outcome,
                count=count,
                places=tuple(self._places.get((construct, outcome), ())),
            )
            for (construct, outcome), count in sorted(self._counts.items())
        )

    def error(
        self,
        rule: str,
        location: Location,
        found: str,
        cure: str,
        related: Iterable[Location] = (),
    ) -> None:
        """What stops the build."""
        self._diagnose(rule, Severity.ERROR, location, found, cure, tuple(related))

    def warning(
        self, rule: str, location: Location, found: str, cure: str, related: Iterable[Location] = ()
    ) -> None:
        """What a person should look at, and what does not stop the build."""
        self._diagnose(rule, Severity.WARNING, location, found, cure, tuple(related))

    def count(self, construct: str, outcome: Outcome = Outcome.HANDLED, number: int = 1) -> None:
        """`number` more of a construct that needs no line of its own."""
        self._counts[construct, outcome] += number

    def leave(self, construct: str, pointer: str, outcome: Outcome = Outcome.PASSED) -> None:
        """A part of the document that no route is made of, with all that it holds; counted once per place."""
        places = self._places.setdefault((construct, outcome), {})
        if pointer not in places:
            places[pointer] = None
            self._counts[construct, outcome] += 1

    def passed(self, construct: str, rule: str, location: Location, detail: str) -> None:
        """A construct that the edge leaves to the downstream."""
        self._enter(Outcome.PASSED, construct, rule, location, detail)

    def refused(self, construct: str, rule: str, location: Location, detail: str) -> None:
        """A construct that the edge does not serve."""
        self._enter(Outcome.REFUSED, construct, rule, location, detail)

    def _enter(
        self, outcome: Outcome, construct: str, rule: str, location: Location, detail: str
    ) -> None:
        entry = LedgerEntry(
            service=self.service,
            outcome=outcome,
            construct=construct,
            rule=rule,
            location=location,
            detail=detail,
        )
        if entry not in self._entries:
            self._entries[entry] = None
            self._counts[construct, outcome] += 1

    def _diagnose(
        self,
        rule: str,
        severity: Severity,
        location: Location,
        found: str,
        cure: str,
        related: tuple[Location, ...],
    ) -> None:
        self._diagnostics[Diagnostic(rule, severity, location, found, cure, related)] = None
