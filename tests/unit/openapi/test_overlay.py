"""Overlays change a document in order, and what they add stands in their own file."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from proxygen.diagnostics import Diagnostic, InputRefused
from proxygen.openapi.overlay import apply_overlay
from proxygen.openapi.read import read_contract
from proxygen.source.document import Document
from proxygen.source.load import load_document
from tests.unit.openapi.documents import OPERATION, document

GET = "$.paths['/things/{id}'].get"


def loaded(folder: Path, name: str, value: Any) -> Document:
    path = folder / name
    path.write_text(json.dumps(value, indent=1), encoding="utf-8")
    return load_document(path, root=folder)


def applied(folder: Path, *actions: Any, version: Any = "1.1.0") -> Document:
    overlay = {"overlay": version, "info": {"title": "x", "version": "1"}, "actions": actions}
    base = loaded(folder, "things.json", document())
    before = copy.deepcopy(base.value)
    result = apply_overlay(base, loaded(folder, "fix.json", overlay))
    assert base.value == before, "the document itself was changed"
    return result


def refused(folder: Path, *actions: Any, version: Any = "1.1.0") -> tuple[Diagnostic, ...]:
    with pytest.raises(InputRefused) as caught:
        applied(folder, *actions, version=version)
    return caught.value.diagnostics


def operation(one: Document) -> Any:
    return one.value["paths"]["/things/{id}"]["get"]


def test_an_update_merges_and_stands_in_the_overlay(tmp_path: Path) -> None:
    one = applied(tmp_path, {"target": GET, "update": {"summary": "A thing.", "tags": ["More"]}})
    assert operation(one)["summary"] == "A thing."
    assert operation(one)["tags"] == ["Things", "More"]
    assert operation(one)["operationId"] == "getThing"
    files = {
        key: one.locate(f"{OPERATION}/{key}").file.rsplit("/", 1)[1]
        for key in ("summary", "operationId", "tags", "tags/0", "tags/1", "parameters/1/schema")
    }
    assert files == {
        "summary": "fix.json",
        "operationId": "things.json",
        "tags": "things.json",
        "tags/0": "things.json",
        "tags/1": "fix.json",
        "parameters/1/schema": "things.json",
    }
    assert one.locate(f"{OPERATION}/summary").pointer == "/actions/0/update/summary"


def test_nodes_behind_a_removed_item_keep_their_places(tmp_path: Path) -> None:
    one = applied(
        tmp_path,
        {"target": f"{GET}.parameters[?@.name == 'id']", "remove": True},
        {"target": f"{GET}.parameters", "update": {"name": "new", "in": "query"}},
    )
    assert [item["name"] for item in operation(one)["parameters"]] == ["q", "new"]
    kept = one.locate(f"{OPERATION}/parameters/0/schema")
    assert kept.pointer == f"{OPERATION}/parameters/1/schema"
    added = one.locate(f"{OPERATION}/parameters/1/name")
    assert (added.file.rsplit("/", 1)[1], added.pointer) == (
        "fix.json",
        "/actions/1/update/name",
    )


def test_actions_see_what_earlier_ones_did(tmp_path: Path) -> None:
    one = applied(
        tmp_path,
        {"target": "$.paths", "update": {"/new": {}}},
        {"target": "$.paths['/new']", "copy": "$.paths['/things/{id}']"},
        {"target": "$.paths['/things/{id}']", "remove": True},
    )
    assert list(one.value["paths"]) == ["/new"]
    assert one.value["paths"]["/new"]["get"]["operationId"] == "getThing"
    assert one.locate("/paths/~1new/get/operationId").pointer == f"{OPERATION}/operationId"


def test_every_matched_item_of_a_list_is_removed(tmp_path: Path) -> None:
    one = applied(tmp_path, {"target": f"{GET}.parameters[*]", "remove": True})
    assert operation(one)["parameters"] == []


def test_a_primitive_is_replaced_and_an_array_concatenated(tmp_path: Path) -> None:
    one = applied(
        tmp_path,
        {"target": f"{GET}.operationId", "update": "other"},
        {"target": f"{GET}.tags", "update": ["A", "B"]},
    )
    assert operation(one)["operationId"] == "other"
    assert operation(one)["tags"] == ["Things", "A", "B"]


def test_one_dot_zero_appends_a_list_as_one_item(tmp_path: Path) -> None:
    one = applied(tmp_path, {"target": f"{GET}.tags", "update": "A"}, version="1.0.0")
    assert operation(one)["tags"] == ["Things", "A"]


@pytest.mark.parametrize(
    ("action", "rule", "pointer"),
    [
        ({"target": "$.nothing", "remove": True}, "overlay-no-match", "/actions/0/target"),
        ({"target": "$.paths[", "remove": True}, "overlay-target", "/actions/0/target"),
        ({"target": "paths", "remove": True}, "overlay-target", "/actions/0/target"),
        ({"target": "$.info"}, "overlay-action", "/actions/0"),
        ({"update": {}}, "overlay-action", "/actions/0"),
        ("remove", "overlay-action", "/actions/0"),
        ({"target": "$", "remove": True}, "overlay-action", "/actions/0"),
        ({"target": "$.info", "update": "x"}, "overlay-kind", "/actions/0"),
        ({"target": "$", "update": {"info": []}}, "overlay-kind", "/actions/0/update/info"),
        ({"target": "$.info", "copy": "$.paths.*.*.*"}, "overlay-no-match", "/actions/0/copy"),
        ({"target": "$.info", "copy": "$.info", "update": {}}, "overlay-action", "/actions/0"),
    ],
)
def test_an_action_that_does_nothing_is_refused_with_its_place(
    tmp_path: Path, action: Any, rule: str, pointer: str
) -> None:
    (found,) = refused(tmp_path, action)
    assert (found.rule, found.location.pointer) == (rule, pointer)
    assert found.location.file.endswith("fix.json")
    assert found.location.line > 0


@pytest.mark.parametrize("version", ["2.0.0", 1.0, None])
def test_a_version_that_is_not_read_is_refused(tmp_path: Path, version: Any) -> None:
    (found,) = refused(tmp_path, {"target": "$.info", "update": {}}, version=version)
    assert found.rule == "overlay-version"


def test_copy_is_a_word_of_one_dot_one(tmp_path: Path) -> None:
    (found,) = refused(tmp_path, {"target": "$.info", "copy": "$.info"}, version="1.0.0")
    assert found.rule == "overlay-action"


def test_overlays_come_before_validation_and_one_after_the_other(tmp_path: Path) -> None:
    broken = document(info=None)
    (tmp_path / "things.json").write_text(json.dumps(broken), encoding="utf-8")
    for name, update in (("a", {"info": {"title": "A"}}), ("b", {"info": {"version": "2"}})):
        overlay = {"overlay": "1.0.0", "actions": [{"target": "$", "update": update}]}
        (tmp_path / f"{name}.json").write_text(json.dumps(overlay), encoding="utf-8")
    overlays = [tmp_path / "a.json", tmp_path / "b.json"]
    one = read_contract(tmp_path / "things.json", root=tmp_path, overlays=overlays)
    assert (one.contract.title, one.contract.document_version) == ("A", "2")
    assert list(one.files) == [tmp_path / "things.json", *overlays]
    locate = one.contract.document.locate
    assert locate("/info/title").file.endswith("a.json")
    assert locate("/info/version").file.endswith("b.json")
    assert locate("/paths").file.endswith("things.json")


def test_shared_nodes_of_yaml_change_only_where_they_are_aimed_at(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: &x {n: 1}\nb: *x\n")
    overlay = {"overlay": "1.1.0", "actions": [{"target": "$.b", "update": {"n": 2}}]}
    base = load_document(tmp_path / "a.yaml", root=tmp_path)
    one = apply_overlay(base, loaded(tmp_path, "fix.json", overlay))
    assert one.value == {"a": {"n": 1}, "b": {"n": 2}}


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("$.x-a", id="an array beside itself"),
        pytest.param("$.x-a[-1:]", id="an array inside itself"),
    ],
)
def test_copies_of_copies_that_come_to_2_to_the_40_are_refused(tmp_path: Path, target: str) -> None:
    found = refused(
        tmp_path,
        {"target": "$", "update": {"x-a": [[1]]}},
        *[{"target": target, "copy": "$.x-a"}] * 40,
    )
    assert {item.rule for item in found} == {"overlay-limit"}
    assert found[0].location.pointer.endswith("/copy")
