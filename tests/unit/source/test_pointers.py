"""JSON pointers: which token names which item of an array."""

from __future__ import annotations

import pytest

from proxygen.source.pointers import index


@pytest.mark.parametrize(
    ("token", "number"),
    [
        ("0", 0),
        ("11", 11),
        ("12", None),
        ("00", None),
        ("01", None),
        ("-1", None),
        ("+1", None),
        ("", None),
        ("-", None),
        ("\u0661", None),
        ("1 ", None),
        ("1_0", None),
        pytest.param("9" * 5000, None, id="more digits than Python reads"),
    ],
)
def test_an_index_is_digits_without_a_leading_zero(token: str, number: int | None) -> None:
    assert index(token, 12) == number
