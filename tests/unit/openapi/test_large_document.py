"""A finding in a document of 13 MB has its line, and costs no more than reading the document without it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from proxygen.diagnostics import InputRefused
from proxygen.openapi.read import read_contract
from tests.unit.openapi.documents import document

OPERATIONS = 400
PROSE = "The answer of the service, described at length. " * 700
BROKEN = 377


def _large(broken: bool) -> str:
    paths = {}
    for number in range(OPERATIONS):
        name = "Nothing" if broken and number == BROKEN else "Thing"
        schema = {"$ref": f"#/components/schemas/{name}"}
        answer = {"description": PROSE, "content": {"application/json": {"schema": schema}}}
        paths[f"/a{number}"] = {"get": {"operationId": f"a{number}", "responses": {"200": answer}}}
    return json.dumps(document(paths=paths), indent=1)


def _in_json(text: str) -> str:
    return text


def _in_yaml(text: str) -> str:
    # Every JSON text is YAML (YAML 1.2, 1.3): what differs is who reads it.
    return "# A comment.\n" + text


@pytest.mark.parametrize(
    ("written", "name"), [(_in_json, "large.json"), (_in_yaml, "large.yaml")], ids=["json", "yaml"]
)
def test_a_finding_in_a_large_document_has_its_line_in_no_more_time(
    written: Callable[[str], str], name: str, tmp_path: Path
) -> None:
    spec = tmp_path / name
    spec.write_text(written(_large(broken=False)))
    assert spec.stat().st_size > 13_000_000
    started = time.process_time()
    read_contract(spec, root=tmp_path)
    without = time.process_time() - started

    text = written(_large(broken=True))
    spec.write_text(text)
    started = time.process_time()
    with pytest.raises(InputRefused) as caught:
        read_contract(spec, root=tmp_path)
    spent = time.process_time() - started

    (found,) = caught.value.diagnostics
    assert found.rule == "reference-unresolved"
    line = next(n for n, one in enumerate(text.splitlines(), 1) if "schemas/Nothing" in one)
    assert found.location.line == line
    assert spent < 1.5 * without
