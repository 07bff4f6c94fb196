"""Whatever a document says becomes one TOML value, one key, or one line of comment."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxygen.scaffold import toml_text as toml

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
HOSTILE = [
    '"',
    "\\",
    '"""',
    "a\nb = 1",
    "a\r\n[gateway]",
    "\x00\x1f\x7f",
    "\u202eback\u2066",
    "\u2028line",
    "x]\n[services.y]",
    "\U0001f600",
]


@given(TEXT)
def test_a_string_comes_back_as_it_was(text: str) -> None:
    assert tomllib.loads(toml.pair("x", text)) == {"x": text}


@given(TEXT, TEXT)
def test_a_key_comes_back_as_it_was(first: str, second: str) -> None:
    assert tomllib.loads(toml.pair((first, second), "v")) == {first: {second: "v"}}
    assert tomllib.loads(toml.table(first, second)) == {first: {second: {}}}


@given(st.dictionaries(TEXT, TEXT), st.lists(TEXT))
def test_tables_and_arrays_come_back_as_they_were(table: dict[str, str], items: list[str]) -> None:
    read = tomllib.loads(f"{toml.pair('a', table)}\n{toml.pair('b', items)}")
    assert read == {"a": table, "b": items}


@given(TEXT)
def test_a_comment_stays_one(text: str) -> None:
    line = toml.comment(text)
    assert tomllib.loads(f"{line}\nx = 1") == {"x": 1}
    assert line == "#" or line.startswith("# ")


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_shown_moves_and_hides_nothing(text: str) -> None:
    for line in (toml.comment(text), toml.pair(text, text), toml.table(text)):
        assert line.isprintable()


def test_half_of_a_surrogate_pair_is_no_text_of_toml() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        toml.string("\ud800")


def test_a_long_text_of_a_document_is_cut_in_a_comment() -> None:
    assert len(toml.comment("x" * 10_000)) < 310
