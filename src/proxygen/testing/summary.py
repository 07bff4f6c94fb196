"""The last line of a run of generated tests: how many operations had no example."""

from __future__ import annotations

import pytest

from proxygen.testing.operation_data import NO_EXAMPLE


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Names the operations that were not tested for want of a request; silent where there are none."""
    untested = sorted(
        report.nodeid.partition("::")[2].partition("::")[0]
        for report in terminalreporter.getreports("skipped")
        if NO_EXAMPLE in str(report.longrepr)
    )
    if untested:
        terminalreporter.write_line(
            f"proxygen: {len(untested)} {NO_EXAMPLE}: {', '.join(untested)}"
        )
