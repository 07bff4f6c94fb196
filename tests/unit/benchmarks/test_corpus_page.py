"""The page about the corpus says of which state a row is, and what does not hold."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.corpus.report import page

ROW: dict[str, Any] = {
    "name": "a.test",
    "source": "0123456789ab",
    "bytes": 1,
    "valid": True,
    "validator_seconds": 0.1,
    "exit_code": 0,
    "operations": 3,
    "build_seconds": 0.5,
    "build_wall_seconds": 0.5,
    "build_megabytes": 100.0,
    "routed": 3,
    "in_ledger": 0,
    "import_seconds": 0.1,
    "ruff_clean": True,
    "tested": 3,
    "tests": 144,
    "no_example": 0,
}
REFUSED = {
    **ROW,
    "name": "b.test",
    "source": "ba9876543210",
    "exit_code": 2,
    "routed": 0,
    "tested": 0,
    "tests": 0,
    "refused": ["path-query"],
    "failed": "build",
    "said": "",
}


def test_each_state_of_the_generator_has_its_own_counts() -> None:
    text = page([ROW, REFUSED], 9, 87.0)
    assert "2 of 9 are measured" in text
    assert "| `0123456789ab` | 1 | 1 | 1 | 144 | 3 |" in text
    assert "| `ba9876543210` | 1 | 0 | 0 | 0 | 3 |" in text


def test_what_does_not_hold_is_named_with_its_state_and_rule() -> None:
    assert "| `b.test` | yes | `ba9876543210` | build | `path-query` |" in page(
        [ROW, REFUSED], 9, 1
    )
    assert "every document that is measured holds" in page([ROW], 9, 1)


def test_growth_leaves_out_what_states_cost_with_any_document(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("benchmarks.corpus.report.known_large", list)
    rows = [
        {
            **ROW,
            "name": f"{n}.{source}",
            "source": source,
            "operations": n,
            "build_seconds": fixed + n * 0.01,
        }
        for source, fixed in (("a" * 12, 0.5), ("b" * 12, 9.5))
        for n in (0, 60, 600)
    ]
    text = page(rows, 6, 1)
    assert "CPU seconds grow with the number of operations to the power of 1.00" in text
