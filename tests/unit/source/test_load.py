"""What is a document, what is refused, and with which place."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from proxygen.diagnostics import InputRefused
from proxygen.source.budgets import Budgets
from proxygen.source.load import LoadedDocument, load_document

LAUGHS = b"a: &a [x,x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 10)) for i in range(9)
)


def load(folder: Path, name: str, data: bytes, budgets: Budgets | None = None) -> LoadedDocument:
    path = folder / name
    path.write_bytes(data)
    return load_document(path, root=folder, budgets=budgets or Budgets())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'12'", "12"),
        ("12", 12),
        ("012", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("-7", -7),
        ("+7", 7),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2020-01-01", "2020-01-01"),
        ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("3.1.0", "3.1.0"),
        ("-", None),
        ("!!str 12", "12"),
        ("! 12", "12"),
        ("!!float 3", 3.0),
        ("=", "="),
    ],
)
def test_yaml_scalars_follow_the_core_schema_of_1_2(
    tmp_path: Path, text: str, value: object
) -> None:
    if text == "-":
        text, value = "'-'", "-"
    document = load(tmp_path, "a.yaml", f"key: {text}\n".encode())
    assert document.value == {"key": value}
    assert type(document.value["key"]) is type(value)


def test_yaml_keys_are_strings_as_written(tmp_path: Path) -> None:
    document = load(tmp_path, "a.yaml", b"200: a\ntrue: b\n1.0: c\nno: d\nnull: e\n")
    assert list(document.value) == ["200", "true", "1.0", "no", "null"]


def test_yaml_merge_keys_yield_to_own_keys_then_to_earlier_mappings(tmp_path: Path) -> None:
    document = load(
        tmp_path,
        "a.yaml",
        b"a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc:\n  <<: [*a, *b]\n  x: 9\nd: {'<<': 1}\n",
    )
    assert document.value["c"] == {"x": 9, "y": 2, "z": 4}
    assert document.value["d"] == {"<<": 1}
    assert document.locate("/c/z").line == 2
    assert document.locate("/c/x").line == 5


def test_aliases_share_their_anchors_value(tmp_path: Path) -> None:
    document = load(tmp_path, "a.yaml", b"a: &a [1, &s two]\nb: *a\nc: *s\n")
    assert document.value == {"a": [1, "two"], "b": [1, "two"], "c": "two"}


@pytest.mark.parametrize(
    ("name", "data", "rule", "line", "column"),
    [
        pytest.param("a.yaml", b"a: 1\nb: 2\na: 3\n", "duplicate-key", 3, 1, id="Y06"),
        pytest.param("a.yaml", b"200: 1\n'200': 2\n", "duplicate-key", 2, 1, id="Y06-spelling"),
        pytest.param("a.json", b'{"a":1,\n "a":2}', "duplicate-key", 2, 2, id="Y07"),
        pytest.param(
            "a.json", b'{"x":[{"c":1,"\\u0063":2}]}', "duplicate-key", 1, 14, id="Y07-escaped"
        ),
        pytest.param(
            "a.yaml", b"a:\n  - !!python/object/apply:os.system [x]\n", "yaml-tag", 2, 5, id="Y04"
        ),
        pytest.param("a.yaml", b"a: !!python/name:os.system\n", "yaml-tag", 1, 4, id="Y04-scalar"),
        pytest.param("a.yaml", b"a: !!binary aGk=\n", "yaml-tag", 1, 4, id="tag-binary"),
        pytest.param("a.yaml", b"a: !!int x\n", "yaml-tag", 1, 4, id="tag-that-lies"),
        pytest.param("a.yaml", b"a: !!set {x, y}\n", "yaml-tag", 1, 4, id="tag-set"),
        pytest.param("a.json", b"[" * 100_000, "depth-limit", 1, 101, id="Y02"),
        pytest.param(
            "a.json", b'{"a":' * 900 + b"1" + b"}" * 900, "depth-limit", 1, 501, id="Y01-json"
        ),
        pytest.param("a.yaml", b"[" * 5000, "depth-limit", 1, 101, id="Y01-yaml"),
        pytest.param("a.yaml", "a: 1".encode("utf-16"), "not-utf-8", 0, 0, id="Y11"),
        pytest.param("a.yaml", "a: 1".encode("utf-16-le"), "not-utf-8", 0, 0, id="Y11-no-bom"),
        pytest.param("a.json", '{"a": 1}'.encode("utf-32"), "not-utf-8", 0, 0, id="Y11-utf-32"),
        pytest.param("a.yaml", b"a: 1\nb: caf\xe5\n", "not-utf-8", 2, 7, id="Y12"),
        pytest.param("a.yaml", b"", "empty-document", 0, 0, id="Y13"),
        pytest.param("a.json", b" \n", "empty-document", 0, 0, id="Y13-blank"),
        pytest.param("a.yaml", b"# nothing\n", "not-a-document", 1, 1, id="Y13-comment"),
        pytest.param("a.yaml", b"\n <html>\n", "not-a-document", 2, 2, id="Y14"),
        pytest.param("a.yaml", b"42", "not-a-document", 1, 1, id="Y15"),
        pytest.param("a.json", b'"x"', "not-a-document", 1, 1, id="Y15-json"),
        pytest.param("a.yaml", b"[]", "not-a-document", 1, 1, id="Y16"),
        pytest.param("a.json", b"[]", "not-a-document", 1, 1, id="Y16-json"),
        pytest.param("a.yaml", b"a: 1\n---\nb: 1\n", "yaml-documents", 2, 1, id="Y17"),
        pytest.param("a.yaml", LAUGHS, "alias-limit", 6, 29, id="billion-laughs"),
        pytest.param("a.yaml", b"a: &a\n  b: *a\n", "yaml-alias", 2, 6, id="alias-in-itself"),
        pytest.param("a.yaml", b"a: *x\n", "yaml-alias", 1, 4, id="alias-of-nothing"),
        pytest.param("a.yaml", b"? [a]\n: 1\n", "yaml-key", 1, 3, id="key-list"),
        pytest.param("a.yaml", b"a: &a x\n*a : 1\n", "yaml-key", 2, 1, id="key-alias"),
        pytest.param("a.yaml", b"a:\n  <<: 1\n", "yaml-merge", 2, 3, id="merge-of-no-mapping"),
        pytest.param("a.yaml", b"a: [1\nb: 2\n", "yaml-syntax", 2, 2, id="syntax-yaml"),
        pytest.param("a.yaml", b"a:\n\tb: 1\n", "yaml-syntax", 2, 1, id="syntax-tab"),
        pytest.param("a.yaml", b"a: \x01\n", "yaml-syntax", 1, 4, id="control-character"),
        pytest.param("a.json", b'{"a": 1,}', "json-syntax", 1, 9, id="syntax-json"),
        pytest.param("a.json", b'{"a": 1} x', "json-syntax", 1, 10, id="json-twice"),
        pytest.param("a.json", b'{"a": 1e999}', "number-not-finite", 1, 7, id="G27-json"),
        pytest.param("a.json", b'{"a":\n NaN}', "number-not-finite", 2, 2, id="G27-json-nan"),
        pytest.param("a.json", b'{"a": -Infinity}', "number-not-finite", 1, 7, id="G27-json-inf"),
        pytest.param(
            "a.json", b'{"a": ' + b"9" * 5000 + b"}", "number-not-finite", 1, 7, id="json-huge"
        ),
        pytest.param("a.yaml", b"a: 1e999\n", "number-not-finite", 1, 4, id="G27-yaml"),
        pytest.param("a.yaml", b"a: -.inf\n", "number-not-finite", 1, 4, id="G27-yaml-inf"),
        pytest.param("a.yaml", b"a: .NaN\n", "number-not-finite", 1, 4, id="G27-yaml-nan"),
        pytest.param("a.json", b'{"a":"\\ud800"}', "lone-surrogate", 1, 6, id="surrogate"),
    ],
)
def test_refused_with_its_place(
    tmp_path: Path, name: str, data: bytes, rule: str, line: int, column: int
) -> None:
    with pytest.raises(InputRefused) as refused:
        load(tmp_path, name, data)
    (found,) = refused.value.diagnostics
    place = found.location
    assert (found.rule, place.line, place.column) == (rule, line, column)
    assert place.file == f"{tmp_path.name}/{name}"
    assert found.found.endswith(".")
    assert found.cure.endswith(".")


def test_depth_counts_what_aliases_put_together(tmp_path: Path) -> None:
    half = b"{a: " * 60 + b"1" + b"}" * 60
    data = b"x: &x " + half + b"\ny: " + half.replace(b"1", b"*x") + b"\n"
    with pytest.raises(InputRefused) as refused:
        load(tmp_path, "a.yaml", data)
    assert refused.value.diagnostics[0].rule == "depth-limit"


def test_a_file_beyond_the_budget_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as refused:
        load(tmp_path, "a.json", b'{"a": "' + b"x" * 100 + b'"}', Budgets(size=64))
    assert refused.value.diagnostics[0].rule == "size-limit"


def test_a_missing_file_is_a_diagnostic(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as refused:
        load_document(tmp_path / "none.yaml", root=tmp_path)
    assert refused.value.diagnostics[0].rule == "unreadable-file"


@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
def test_a_byte_order_mark_is_accepted(tmp_path: Path, name: str) -> None:
    document = load(tmp_path, name, b'\xef\xbb\xbf{"a": {"b": 1}}')
    assert document.value == {"a": {"b": 1}}
    assert document.locate("/a/b").column == 8


def test_a_surrogate_pair_is_one_character(tmp_path: Path) -> None:
    assert load(tmp_path, "a.json", b'{"a":"\\ud83d\\ude00"}').value == {"a": "\U0001f600"}


def test_json_in_a_yaml_file_is_read_as_either(tmp_path: Path) -> None:
    assert load(tmp_path, "a.yaml", b'{"a":\n\t"b"}').value == {"a": "b"}
    assert load(tmp_path, "b.yaml", b"{a: b, # comment\n c: d}").value == {"a": "b", "c": "d"}


def test_hostile_aliases_are_refused_quickly(tmp_path: Path) -> None:
    started = time.perf_counter()
    with pytest.raises(InputRefused):
        load(tmp_path, "a.yaml", LAUGHS)
    assert time.perf_counter() - started < 1


JSON = """{
 "a": [1, {"b": "x, [{\\" "},
  [2,
 3]], "c": {}, "d": [],
 "e/f~": null,
 "long": {MANY, "last": {"x": 1}}
}""".replace("MANY", ", ".join(f'"k{number}": {number}' for number in range(100)))


@pytest.mark.parametrize(
    ("pointer", "line", "column"),
    [
        ("", 1, 1),
        ("/a", 2, 2),
        ("/a/0", 2, 8),
        ("/a/1", 2, 11),
        ("/a/1/b", 2, 12),
        ("/a/2", 3, 3),
        ("/a/2/1", 4, 2),
        ("/c", 4, 7),
        ("/d", 4, 16),
        ("/e~1f~0", 5, 2),
        ("/long/k99", 6, 1080),
        ("/long/last/x", 6, 1100),
        ("/a/7", 2, 2),
        ("/a/x", 2, 2),
        ("/a/-1", 2, 2),
        ("/none/at/all", 1, 1),
        ("/c/none", 4, 7),
    ],
)
@pytest.mark.parametrize("name", ["a.json", "a.yaml"])
def test_every_node_has_its_line_and_column(
    tmp_path: Path, name: str, pointer: str, line: int, column: int
) -> None:
    document = load(tmp_path, name, JSON.encode())
    location = document.locate(pointer)
    assert (location.line, location.column) == (line, column)
    assert location.pointer == pointer


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_end_as_editors_count_them(tmp_path: Path, newline: str) -> None:
    text = newline.join(["a: 1", "b:", "  c: 2", ""])
    location = load(tmp_path, "a.yaml", text.encode()).locate("/b/c")
    assert (location.line, location.column) == (3, 3)


def test_block_yaml_positions_are_those_of_the_keys_and_items(tmp_path: Path) -> None:
    document = load(tmp_path, "a.yaml", "ä: ü\nb:\n  - c: 1\n    d: 2\n  - [e, f]\n".encode())
    places = {p: document.locate(p) for p in ("/ä", "/b/0", "/b/0/d", "/b/1", "/b/1/1")}
    assert {p: (at.line, at.column) for p, at in places.items()} == {
        "/ä": (1, 1),
        "/b/0": (3, 5),
        "/b/0/d": (4, 5),
        "/b/1": (5, 5),
        "/b/1/1": (5, 9),
    }


def test_positions_of_a_large_document_are_read_once(tmp_path: Path) -> None:
    rows = ",\n".join(f'"k{number}": {{"v": [{number}, "x"]}}' for number in range(50_000))
    document = load(tmp_path, "a.json", f"{{\n{rows}\n}}".encode())
    document.locate("/k0")
    started = time.perf_counter()
    lines = [document.locate(f"/k{number}/v/1").line for number in range(0, 50_000, 50)]
    assert time.perf_counter() - started < 1
    assert lines == [number + 2 for number in range(0, 50_000, 50)]
