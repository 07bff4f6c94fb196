"""A value of any kind at any place of a document is read, refused with its place, or named in the ledger.

A sample; `python -m tests.cases.hostile.any_value` checks every value at every place.
"""

from __future__ import annotations

import pytest

from tests.cases.hostile.any_text import without_layout
from tests.cases.hostile.any_value import check, every_case

PARTS = 4
CASES = 40


@pytest.mark.parametrize("part", range(PARTS))
def test_a_value_of_any_kind_at_any_place_is_no_bug_of_ours(part: int) -> None:
    cases = every_case()[part * CASES : (part + 1) * CASES]
    with without_layout():
        outcomes = {case: check(case) for case in cases}
    assert {True, False} == set(outcomes.values())
