"""What is said where a document could not be fetched; nothing was changed then."""

from __future__ import annotations

from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity


def fetch_refusal(origin: str, found: str, cure: str) -> InputRefused:
    """The refusal of an origin, which holds no credential."""
    return InputRefused([Diagnostic("fetch-failed", Severity.ERROR, Location(origin), found, cure)])
