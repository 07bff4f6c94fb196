"""A document over several files is one contract, every node of which stands in its own file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from proxygen.diagnostics import Diagnostic, InputRefused, Location
from proxygen.openapi.read import ReadContract, read_contract
from proxygen.source.files import VendoredCopy
from tests.unit.openapi.documents import changed, document

URL = "https://contracts.example.com/people/v1.json"


def write(folder: Path, name: str, value: Any) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1), encoding="utf-8")
    return path


def read(folder: Path, value: Any, **files: Any) -> ReadContract:
    for name, part in files.items():
        write(folder, name.replace("__", "/") + ".json", part)
    return read_contract(write(folder, "things.json", value), root=folder)


def refusal(folder: Path, value: Any, **files: Any) -> tuple[Diagnostic, ...]:
    with pytest.raises(InputRefused) as refused:
        read(folder, value, **files)
    return refused.value.diagnostics


def thing(reference: str, **schemas: Any) -> dict[str, Any]:
    """The valid document whose Thing has a property `name` that refers elsewhere."""
    value = changed("/components/schemas/Thing/properties/name", {"$ref": reference})
    value["components"]["schemas"] |= schemas
    return value


def schemas_of(one: ReadContract) -> dict[str, Any]:
    return {name: schema.value for name, schema in one.contract.schemas}


def test_a_schema_of_another_file_is_named_by_its_pointer(tmp_path: Path) -> None:
    one = read(tmp_path, thing("parts/money.json#/$defs/Money"), parts__money=MONEY)
    schemas = schemas_of(one)
    assert schemas["Thing"]["properties"]["name"] == {"$ref": "#/components/schemas/Money"}
    assert schemas["Money"]["properties"]["unit"] == {"$ref": "#/components/schemas/Unit"}
    assert schemas["Unit"] == {"type": "string"}
    place = one.contract.document.locate("/components/schemas/Unit/type")
    assert place == Location(f"{tmp_path.name}/parts/money.json", 12, 4, "/$defs/Unit/type")
    assert [path.name for path in one.files] == ["things.json", "money.json"]


MONEY = {
    "$defs": {
        "Money": {
            "type": "object",
            "properties": {"unit": {"$ref": "#/$defs/Unit"}},
        },
        "Unit": {"type": "string"},
    }
}


def test_a_whole_file_is_named_by_its_stem(tmp_path: Path) -> None:
    one = read(tmp_path, thing("money.json"), money={"type": "integer"})
    assert schemas_of(one)["money"] == {"type": "integer"}


def test_names_that_collide_get_the_files_stem_and_then_a_number(tmp_path: Path) -> None:
    value = thing("a.json#/Same", Same={"type": "boolean"}, Same_a={"type": "null"})
    value["components"]["schemas"]["Thing"]["properties"] |= {
        "b": {"$ref": "b.json#/Same"},
        "c": {"$ref": "b.json#/nested/Same"},
    }
    parts = {"Same": {"type": "string"}, "nested": {"Same": {"type": "number"}}}
    schemas = schemas_of(read(tmp_path, value, a=parts, b=parts))
    references = [one["$ref"] for one in schemas["Thing"]["properties"].values()]
    assert [one.rsplit("/", 1)[1] for one in references] == ["Same_a_2", "Same_b", "Same_b_2"]
    assert schemas["Same"] == {"type": "boolean"}


def test_a_component_that_only_refers_to_a_file_is_what_it_refers_to(tmp_path: Path) -> None:
    value = thing("#/components/schemas/Money", Money={"$ref": "money.json#/$defs/Money"})
    schemas = schemas_of(read(tmp_path, value, money=MONEY))
    assert schemas["Money"]["type"] == "object"
    assert set(schemas) == {"Thing", "Money", "Unit"}


def test_files_may_refer_to_each_other_and_back(tmp_path: Path) -> None:
    tree = {"Tree": {"properties": {"kids": {"items": {"$ref": "b.json#/Branch"}}}}}
    branch = {"Branch": {"properties": {"up": {"$ref": "a.json#/Tree"}, "of": THING_OF_MAIN}}}
    schemas = schemas_of(read(tmp_path, thing("a.json#/Tree"), a=tree, b=branch))
    assert schemas["Branch"]["properties"] == {
        "up": {"$ref": "#/components/schemas/Tree"},
        "of": {"$ref": "#/components/schemas/Thing"},
    }


THING_OF_MAIN = {"$ref": "things.json#/components/schemas/Thing"}


def test_path_items_parameters_and_responses_come_from_files_too(tmp_path: Path) -> None:
    item = {
        "get": {
            "operationId": "getOther",
            "parameters": [{"$ref": "../shared.json#/page"}],
            "responses": {"200": {"$ref": "../shared.json#/fine"}},
        }
    }
    shared = {
        "page": {"name": "page", "in": "query", "schema": {"type": "integer"}},
        "fine": {"description": "Fine."},
    }
    value = document()
    value["paths"]["/other"] = {"$ref": "paths/other.json", "summary": "Other."}
    one = read(tmp_path, value, paths__other=item, shared=shared)
    other = one.contract.operations[1]
    assert (other.path, other.operation_id) == ("/other", "getOther")
    assert [item.name for item in other.parameters] == ["page"]
    locate = one.contract.document.locate
    assert locate(other.pointer).file == f"{tmp_path.name}/paths/other.json"
    assert locate(other.parameters[0].pointer).file == f"{tmp_path.name}/shared.json"
    assert locate("/paths/~1other/summary").file == f"{tmp_path.name}/things.json"


def test_a_map_of_paths_may_stand_in_a_file(tmp_path: Path) -> None:
    value = document(paths={"$ref": "paths.json"})
    paths = {"/a": {"get": {"responses": {"200": {"description": "x"}}}}}
    one = read(tmp_path, value, paths=paths)
    assert [item.path for item in one.contract.operations] == ["/a"]
    assert one.contract.document.locate("/paths/~1a").file.endswith("paths.json")


def test_path_items_that_contain_each_other_are_a_cycle(tmp_path: Path) -> None:
    item = {"post": {"callbacks": {"c": {"{$url}": {"$ref": "item.json"}}}, "responses": {}}}
    value = document(paths={"/a": {"$ref": "item.json"}})
    found = refusal(tmp_path, value, item=item)
    assert ("reference-cycle", f"{tmp_path.name}/item.json") in [
        (one.rule, one.location.file) for one in found
    ]


def test_a_cycle_of_aliases_over_files_is_refused(tmp_path: Path) -> None:
    value = thing("#/components/schemas/A", A={"$ref": "a.json#/A"})
    found = refusal(tmp_path, value, a={"A": {"$ref": "things.json#/components/schemas/A"}})
    assert {one.rule for one in found} == {"reference-cycle"}


def test_findings_in_another_file_name_that_file(tmp_path: Path) -> None:
    found = refusal(tmp_path, thing("a.json#/A"), a={"A": {"type": "string", "maxLength": -1}})
    (one,) = found
    assert one.location.file == f"{tmp_path.name}/a.json"
    assert one.location.pointer == "/A/maxLength"


@pytest.mark.parametrize(
    ("reference", "rule"),
    [
        ("nowhere.json", "reference-unresolved"),
        ("a.json#/nowhere", "reference-unresolved"),
        ("a.json#nowhere", "reference-syntax"),
        ("../outside.json", "reference-outside"),
        ("%2e%2e/outside.json", "reference-outside"),
        ("link.json", "reference-outside"),
        ("..\\outside.json", "reference-outside"),
        ("folder/../../outside.json", "reference-outside"),
        ("/etc/passwd", "reference-remote"),
        ("file:///etc/passwd", "reference-remote"),
        ("https://example.com/common.yaml#/A", "reference-remote"),
        ("//example.com/common.yaml", "reference-remote"),
        ("broken.json", "json-syntax"),
        ("", "reference-syntax"),
    ],
)
def test_a_reference_that_leads_astray_is_refused_once_where_it_stands(
    tmp_path: Path, reference: str, rule: str
) -> None:
    folder = tmp_path / "specs"
    write(tmp_path, "outside.json", {"type": "string"})
    folder.mkdir()
    (folder / "link.json").symlink_to(tmp_path / "outside.json")
    (folder / "broken.json").write_text("{")
    found = refusal(folder, thing(reference), a={"A": {"type": "string"}})
    assert [one.rule for one in found] == [rule]
    assert found[0].location.pointer == "/components/schemas/Thing/properties/name/$ref"


def test_anchors_and_identifiers_are_followed(tmp_path: Path) -> None:
    value = thing("#here", Here={"$anchor": "here", "type": "string"})
    value["components"]["schemas"]["Named"] = {"$id": "https://e.com/named", "type": "integer"}
    value["components"]["schemas"]["Thing"]["properties"]["id"] = {"$ref": "https://e.com/named"}
    schemas = schemas_of(read(tmp_path, value))
    assert schemas["Thing"]["properties"] == {
        "name": {"$ref": "#/components/schemas/Here"},
        "id": {"$ref": "#/components/schemas/Named"},
    }


def test_a_discriminator_names_schemas_of_other_files(tmp_path: Path) -> None:
    value = changed(
        "/components/schemas/Pet",
        {
            "oneOf": [{"$ref": "pets.json#/Dog"}],
            "discriminator": {"propertyName": "kind", "mapping": {"dog": "pets.json#/Dog"}},
        },
    )
    dog = {"type": "object", "properties": {"kind": {"type": "string"}}}
    pet = schemas_of(read(tmp_path, value, pets={"Dog": dog}))["Pet"]
    assert pet["discriminator"]["mapping"] == {"dog": "#/components/schemas/Dog"}


def test_what_looks_like_a_reference_in_data_is_data(tmp_path: Path) -> None:
    data = {"$ref": "nowhere.json"}
    value = changed("/components/schemas/Thing/properties/name", {"enum": [data], "x-a": data})
    value["components"]["schemas"]["Thing"]["examples"] = [data]
    assert schemas_of(read(tmp_path, value))["Thing"] == value["components"]["schemas"]["Thing"]


def vendored(folder: Path, reference: str, sha256: str) -> ReadContract:
    copy = VendoredCopy(
        path=folder / "copy.json", sha256=sha256, location=Location("proxygen.toml", 2, 1)
    )
    path = write(folder, "things.json", thing(reference))
    return read_contract(path, root=folder, copies={URL: copy})


def test_a_remote_document_is_read_from_its_copy(tmp_path: Path) -> None:
    copy = write(tmp_path, "copy.json", {"A": {"type": "string"}, "B": {"$ref": "v1.json#/A"}})
    digest = hashlib.sha256(copy.read_bytes()).hexdigest()
    one = vendored(tmp_path, f"{URL}#/B", digest.upper())
    assert schemas_of(one)["B"] == {"$ref": "#/components/schemas/A"}


def test_a_copy_of_another_hash_is_refused_with_both(tmp_path: Path) -> None:
    copy = write(tmp_path, "copy.json", {"A": {"type": "string"}})
    with pytest.raises(InputRefused) as refused:
        vendored(tmp_path, f"{URL}#/A", "ab" * 32)
    (found,) = refused.value.diagnostics
    assert found.rule == "reference-hash"
    assert "ab" * 32 in found.found
    assert hashlib.sha256(copy.read_bytes()).hexdigest() in found.found
    assert found.related == (Location("proxygen.toml", 2, 1),)


def test_swagger_is_split_over_files_as_well(tmp_path: Path) -> None:
    value = {
        "swagger": "2.0",
        "info": {"title": "x", "version": "1"},
        "paths": {
            "/a": {
                "post": {
                    "parameters": [{"$ref": "parts.json#/body"}],
                    "responses": {"200": {"description": "x"}},
                }
            }
        },
    }
    body = {"name": "b", "in": "body", "schema": {"$ref": "#/A"}}
    one = read(tmp_path, value, parts={"body": body, "A": {"type": "object"}})
    request = one.contract.operations[0].request_body
    assert request is not None
    assert request.content[0].schema is not None
    assert request.content[0].schema.value == {"$ref": "#/components/schemas/A"}
    assert one.contract.document.locate(request.pointer).file.endswith("parts.json")
