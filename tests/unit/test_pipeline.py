"""`build` is a function of the documents: whole or refused, and blind to what their text says."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from proxygen.contracts.model import ContractModule
from proxygen.ir.schema import SchemaSet
from proxygen.output.manifest import MANIFEST, Manifest
from proxygen.pipeline import Build, Refused, build, build_specs

HOSTILE = [
    'X"""\nCODE()\n"""',
    '\\"""\nCODE()\n#',
    "trailing \\",
    "text\rCODE()\r#",
    'x");CODE()#',
    "{{ 7*7 }}{% raw %}${x}{CODE}",
    "a\u202eb\u2066c\u2028d\x85e",
    "coding: utf-7",
    "__import__('os').system('x')",
    "# noqa\n# type: ignore",
    "räksmörgås \U0001f600",
]


def document(text: str) -> dict[str, Any]:
    """A document with `text` wherever text may stand that names nothing."""
    example = {"name": text, "kind": text}
    pet = {
        "type": "object",
        "title": text,
        "description": text,
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "description": text, "default": text, "examples": [text]},
            "kind": {"enum": [text, "b"], "title": text},
            text: {"type": "string"},
        },
    }
    operation = {
        "operationId": "addPet",
        "summary": text,
        "description": text,
        "tags": ["Pets"],
        "parameters": [
            {
                "name": "note",
                "in": "query",
                "description": text,
                "schema": {"type": "string", "default": text},
                "example": text,
            }
        ],
        "requestBody": {
            "description": text,
            "required": True,
            "content": {"application/json": {"schema": pet, "example": example}},
        },
        "responses": {
            "201": {
                "description": text,
                "content": {"application/json": {"schema": pet, "example": example}},
            }
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": text, "version": text, "description": text},
        "servers": [{"url": "http://h/", "description": text}],
        "tags": [{"name": "Pets", "description": text}],
        "paths": {"/pets": {"post": operation}},
    }


def specs(folder: Path, **documents: object) -> Path:
    folder.mkdir(exist_ok=True)
    for name, value in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
    return folder


def built(folder: Path) -> Build:
    found = build_specs(folder)
    assert isinstance(found, Build), found.diagnostics
    return found


def refused(folder: Path) -> Refused:
    found = build_specs(folder)
    assert isinstance(found, Refused)
    return found


def blanked(text: str) -> str:
    """A module's tree without the values of its constants and without names made from text."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.value = 0
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            node.target.id = "field"
    return ast.dump(tree)


def code(found: Build) -> dict[str, str]:
    return {path: blanked(text) for path, text in found.files.items() if path.endswith(".py")}


@pytest.mark.parametrize("text", HOSTILE)
def test_text_changes_constants_and_nothing_else(tmp_path: Path, text: str) -> None:
    hostile = built(specs(tmp_path / "hostile", pets=document(text)))
    benign = built(specs(tmp_path / "benign", pets=document("plain text")))
    different = {
        path
        for path, tree in code(hostile).items()
        if tree != code(benign)[path] and "/contracts/" not in path
    }
    assert not different
    assert all("CODE()" not in calls(text) for text in hostile.files.values() if '"""' in text)


def calls(text: str) -> set[str]:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return set()
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def test_a_folder_with_one_document_and_nothing_else_builds(tmp_path: Path) -> None:
    found = built(specs(tmp_path / "specs", pets=document("plain")))
    assert "pets/routers/pets_routes.py" in found.files
    assert found.config.output == tmp_path / "generated"


def test_the_manifest_names_every_file_and_document(tmp_path: Path) -> None:
    found = built(specs(tmp_path / "specs", pets=document("plain"), shop=other()))
    manifest = Manifest.parse(found.files[MANIFEST])
    assert manifest.owned == set(found.files)
    assert set(manifest.origin.documents) == {"specs/pets.json", "specs/shop.json"}


def other() -> dict[str, Any]:
    value = document("plain")
    value["paths"] = {"/shops": value["paths"]["/pets"]}
    return value


def test_the_errors_of_all_documents_are_reported_together(tmp_path: Path) -> None:
    found = refused(specs(tmp_path / "specs", a={"openapi": "9"}, b=[], c=document("plain")))
    assert {item.location.file for item in found.diagnostics} == {"specs/a.json", "specs/b.json"}


def test_the_same_folder_elsewhere_gives_the_same_files(tmp_path: Path) -> None:
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        specs(tmp_path / place / "specs", pets=document("plain"))
    assert built(tmp_path / "one" / "specs").files == built(tmp_path / "two" / "specs").files


def said(folder: Path, *texts: str) -> Iterator[Mapping[str, str]]:
    for text in texts:
        (folder / "proxygen.toml").write_text(text, encoding="utf-8")
        yield built(folder).config.said


def test_a_comment_in_the_configuration_is_no_change_of_it(tmp_path: Path) -> None:
    folder = specs(tmp_path / "specs", pets=document("plain"))
    same, commented, changed = said(
        folder,
        '[gateway]\nname = "edge"\n',
        '# our edge\n\n[gateway]\nname = "edge"\n',
        '[gateway]\nname = "other"\n',
    )
    assert same == commented
    assert same != changed


def test_where_the_output_goes_is_no_part_of_it(tmp_path: Path) -> None:
    folder = specs(tmp_path / "specs", pets=document("plain"))
    first = build_specs(folder, output=tmp_path / "a")
    second = build_specs(folder, output=tmp_path / "b")
    assert isinstance(first, Build)
    assert isinstance(second, Build)
    assert first.files == second.files


def test_an_output_around_the_documents_is_refused(tmp_path: Path) -> None:
    folder = specs(tmp_path / "specs", pets=document("plain"))
    for output in (folder, tmp_path):
        found = build_specs(folder, output=output)
        assert isinstance(found, Refused)
        assert [item.rule for item in found.diagnostics] == ["output-holds-documents"]


def test_the_contracts_stage_can_be_replaced(tmp_path: Path) -> None:
    """The seam of a cache."""
    seen: list[str] = []

    def stage(schemas: SchemaSet, _: str) -> ContractModule:
        seen.append(schemas.module)
        return ContractModule(text='"""Kept."""\n', class_names=())

    config = built(specs(tmp_path / "specs", pets=document("plain"))).config
    found = build(config, contracts=stage)
    assert isinstance(found, Build)
    assert seen == ["requests", "responses"]
    assert found.files["pets/contracts/requests.py"] == '"""Kept."""\n'
