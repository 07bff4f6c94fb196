"""The exit codes of the command line; 0 is clean."""

from __future__ import annotations

FINDINGS = 1
"""Drift, a breaking change, a policy that does not hold."""
REFUSED = 2
"""Usage, configuration or a document that cannot be built from."""
BUG = 3
"""A fault of proxygen's own."""
