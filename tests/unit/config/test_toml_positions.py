"""Every key of a TOML text is found where it stands."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxygen.config.toml_positions import key_offsets

TEXT = '''\
# [not.a.table]
top = """
[also.not] = 1
"""
"quoted.key" = 'a = b'
a.b.'c d' = { x = 1, y.z = [ { q = 2 }, [3, # ]
 4] ] }
[table . sub]
when = 2020-01-01T00:00:00Z
"esc\\u0041" = "\\"]"
[[list]]
k = 1
[list.inner]
v = """a""""
[[list]]
k = 2
[list.inner]
v = \'\'\'x\'\'\'
[table.other]
'''


def paths(value: Any, prefix: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    members = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    found = set()
    for key, member in members:
        found |= {(*prefix, key), *paths(member, (*prefix, key))}
    return found


def test_all_keys_are_found_and_no_others() -> None:
    assert set(key_offsets(TEXT)) == paths(tomllib.loads(TEXT))


@pytest.mark.parametrize(
    ("path", "start"),
    [
        (("top",), "top ="),
        (("quoted.key",), '"quoted.key"'),
        (("a", "b", "c d"), "'c d' ="),
        (("a", "b", "c d", "y", "z"), "z = ["),
        (("a", "b", "c d", "y", "z", 0, "q"), "q = 2"),
        (("a", "b", "c d", "y", "z", 1, 1), "4] ]"),
        (("table", "sub"), "sub]"),
        (("table", "sub", "escA"), '"esc'),
        (("list", 1, "k"), "k = 2"),
        (("list", 1, "inner", "v"), "v = '''"),
        (("table", "other"), "other]"),
    ],
)
def test_a_key_is_found_where_it_stands(path: tuple[str | int, ...], start: str) -> None:
    assert TEXT[key_offsets(TEXT)[path] :].startswith(start)


KEYS = st.text("abc.-_ \"'#=[]{}\\\n\u00e5", min_size=1, max_size=4)
VALUES = st.recursive(
    st.one_of(st.text("ab\"'#=[]{},\\\n", max_size=6), st.integers(), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)


def written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return "[" + ", ".join(written(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{quoted(k)} = {written(v)}" for k, v in value.items()) + " }"
    return str(value)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_any_text_that_tomllib_reads_is_followed(value: dict[str, Any]) -> None:
    text = "".join(f"{quoted(key)} = {written(member)}\n" for key, member in value.items())
    assert tomllib.loads(text) == value
    assert set(key_offsets(text)) == paths(value)
