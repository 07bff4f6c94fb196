"""Text that enters source stays text."""

from __future__ import annotations

import ast
import io
import json
import keyword
import tokenize
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from proxygen.render.formatting import format_modules
from proxygen.render.literals import (
    LINE_LENGTH,
    UnsafeTextError,
    docstring,
    dotted,
    expression,
    identifier,
    json_text,
    literal,
    markdown,
)
from proxygen.render.source_nodes import Call, Name, Subscript, Union

HOSTILE = [
    'X"""\nCODE()\n"""',
    '\\"""\nCODE()\n#',
    "trailing \\",
    '"',
    '""""',
    "text\rCODE()\r#",
    'x");CODE()#',
    "get\u202eItem\u2066",
    "a\x00b\x85c\u2028d\u2029e",
    "\ud800 lone",
    "{{ 7*7 }}{% raw %}",
    "a" * 5000,
    "word " * 100,
    "\\N{BULLET} \\x41 \\",
    "",
]
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_literal_evaluates_to_its_text(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text


@given(json_values)
def test_a_literal_evaluates_to_its_value(value: object) -> None:
    assert ast.literal_eval(literal(value)) == value


@pytest.mark.parametrize("depth", range(1, 13))
def test_text_behind_a_key_shares_a_line_with_it_only_where_both_fit(depth: int) -> None:
    value: object = {"displayDescription": "Bytes that the network interface received."}
    for _ in range(depth):
        value = [value, {"key": "v"}]
    text = format_modules({"a.py": f"class Test:\n    request = {literal(value)}\n"})["a.py"]
    assert max(map(len, text.splitlines())) <= 100


@given(st.text(st.sampled_from("abcdef &'\"~"), min_size=110, max_size=600))
def test_text_breaks_where_text_with_a_last_character_beyond_ascii_does(text: str) -> None:
    assert pieces(literal(text + "x")) == [
        one.replace("é", "x") for one in pieces(literal(text + "é"))
    ]


def pieces(source: str) -> list[Any]:
    """The strings that stand side by side."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [ast.literal_eval(one.string) for one in tokens if one.type == tokenize.STRING]


@given(st.binary())
def test_a_literal_of_bytes_evaluates_to_them(value: bytes) -> None:
    assert ast.literal_eval(literal(value)) == value


def test_a_whole_number_of_any_length_has_a_literal() -> None:
    assert ast.literal_eval(literal(10**5000)) == 10**5000


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
def test_a_number_that_json_lacks_is_refused(number: float) -> None:
    with pytest.raises(UnsafeTextError):
        literal(number)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("indent", [0, 4])
def test_a_docstring_is_one_constant(text: str, indent: int) -> None:
    source = f"def f():\n    {docstring(text, indent)}" if indent else docstring(text)
    tree = ast.parse(source)
    body = tree.body[0].body if isinstance(tree.body[0], ast.FunctionDef) else tree.body
    assert len(body) == 1
    assert isinstance(body[0], ast.Expr)
    assert isinstance(body[0].value, ast.Constant)


@given(st.text())
def test_a_docstring_of_any_text_is_one_constant(text: str) -> None:
    (statement,) = ast.parse(docstring(text)).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Constant)


@given(st.text())
def test_source_has_no_character_that_reads_otherwise_than_it_is(text: str) -> None:
    for source in (literal(text), docstring(text), markdown(text), json_text({text: text})):
        assert all(c == "\n" or c.isprintable() for c in source)


def test_a_docstring_keeps_words_and_wraps_them() -> None:
    source = docstring("first\n\n" + "word " * 60, 4)
    assert source.startswith('"""first\n\n    word word')
    assert max(len(line) for line in source.splitlines()) <= LINE_LENGTH


def test_a_short_docstring_has_one_line() -> None:
    assert docstring("Routes.") == '"""Routes."""'


@pytest.mark.parametrize(
    "name", ["", "1a", "a-b", "class", "a b", "__import__", "a\u202e", "\ufb01", "a;b", "a\n"]
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(UnsafeTextError):
        identifier(name)


@pytest.mark.parametrize("name", ["a", "_a1", "Batch", "åäö"])
def test_a_name_is_printed_as_it_is(name: str) -> None:
    assert identifier(name) == name


def test_every_keyword_is_refused() -> None:
    for name in keyword.kwlist:
        with pytest.raises(UnsafeTextError):
            identifier(name)


@pytest.mark.parametrize(("name", "same"), [(".", True), ("..a.b", True), ("a.b", True)])
def test_a_module_may_be_relative(name: str, same: bool) -> None:
    assert (dotted(name) == name) is same


@pytest.mark.parametrize("name", ["a..b", "a.", "a.class", "a. b"])
def test_what_is_no_module_is_refused(name: str) -> None:
    with pytest.raises(UnsafeTextError):
        dotted(name)


def test_an_expression_is_printed_by_its_nodes() -> None:
    node = Call(
        "Op",
        (Name("a.B"), None),
        (("hint", Union((Subscript("Body", Name("C")), None))), ("x", (1,))),
    )
    assert expression(node) == "Op(a.B, None, hint=Body[C] | None, x=(1,))"


def test_a_name_in_an_expression_is_checked() -> None:
    with pytest.raises(UnsafeTextError):
        expression(Call("f(); g", ()))


@given(st.text())
def test_markdown_is_one_line_without_markup(text: str) -> None:
    shown = markdown(f"| {text} | <b>")
    assert "\n" not in shown
    assert "<b" not in shown.replace("\\<", "")


@given(json_values)
def test_json_says_what_it_was_given(value: object) -> None:
    assert json.loads(json_text(value)) == value


@given(json_values)
def test_json_is_laid_out_as_the_library_does(value: object) -> None:
    library = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    assume(all(c == "\n" or c.isprintable() for c in library))
    assert json_text(value) == library
