"""Where members of a JSON text lie: the quick look and the long one agree, or the quick one says nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxygen.runtime.body.strict_json import members, place_of, read_strict

_KEYS = st.sampled_from(["prompt", "a", 'say "prompt"', "prompt\\", "pro/mpt", "p\u00e9", ""])
_VALUES = st.recursive(
    _KEYS | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=8,
)


def _with_an_escaped_letter(text: str) -> str:
    return text.replace('"prompt"', '"\\u0070rompt"', 1)


@given(
    st.dictionaries(_KEYS, _VALUES, max_size=4),
    st.booleans(),
    st.booleans(),
    st.sampled_from([(",", ":"), (" ,\n", "\t: "), (", ", ": ")]),
)
def test_the_quick_look_finds_the_member_or_nothing(
    others: dict[str, object], ascii_only: bool, escaped: bool, separators: tuple[str, str]
) -> None:
    tree = {**others, "prompt": {"x": 1}}
    text = json.dumps(tree, ensure_ascii=ascii_only, separators=separators)
    if escaped:
        text = _with_an_escaped_letter(text)
    assert read_strict(text.encode())[1]["prompt"] == {"x": "1"}
    (there,) = (member.value for member in members(text, 0) if member.key == "prompt")
    assert place_of(text, "prompt") in (there, None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1, "prompt" :\n {"b": 2}}', True),
        ('{"a": "prompt", "prompt": {}}', False),
        ('{"a": "he said \\"prompt", "prompt": {}}', False),
        ('{"a": {"prompt": 1}, "prompt": {}}', False),
        ('{"a": "\\u00e9", "prompt": {}}', False),
        ('{"\\u0070rompt": {}, "a": ["prompt"]}', False),
    ],
)
def test_the_quick_look_is_for_what_cannot_be_mistaken(text: str, found: bool) -> None:
    place = place_of(text, "prompt")
    assert (place is not None) == found
    if place is not None:
        assert text[place] == "{"
