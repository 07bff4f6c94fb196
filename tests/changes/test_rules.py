"""Each rule fires in its case, in the right direction, and nothing else does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from proxygen.changes.model import Audience, Change, Direction
from proxygen.changes.rules import RULES
from tests.changes.versions import BASE, cases, changes, merged, version

Json = Any
SCHEMAS = cases("schemas.yaml")
EDGES = cases("edges.yaml")
COMPONENTS = {
    "First": {"type": "object", "properties": {"name": {"type": "string"}}},
    "Second": {"type": "object", "properties": {"name": {"type": "string"}}},
    "Tree": {
        "type": "object",
        "properties": {"trees": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}},
    },
}


def aspects(name: str, case: Json, direction: Direction) -> list[str]:
    """What a case of a schema shows in one direction: what it is named after, unless it says more."""
    default = [re.sub(r"-\d+$", "", name)]
    return [f"{direction}-{aspect}" for aspect in case.get(direction.value, default)]


def document(schema: Json, direction: Direction) -> Json:
    """A document with the schema in a body, or in an answer."""
    value = {"type": "object", "properties": {"value": schema}}
    content = {"application/json": {"schema": value}}
    operation: Json = {"operationId": "put", "responses": {"200": {"description": "Ok."}}}
    if direction is Direction.REQUEST:
        operation["requestBody"] = {"content": content}
    else:
        operation["responses"]["200"]["content"] = content
    return {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "paths": {"/things": {"post": operation}},
        "components": {"schemas": COMPONENTS},
    }


def rules(found: tuple[Change, ...], audience: Audience) -> list[str]:
    return sorted(one.rule for one in found if one.audience is audience)


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_changes_by_its_direction(name: str, direction: Direction, tmp_path: Path) -> None:
    case = SCHEMAS[name]
    ends = (
        version(tmp_path / end, things=document(case[end], direction))
        for end in ("before", "after")
    )
    found = changes(*ends)
    assert rules(found, Audience.CALLERS) == sorted(aspects(name, case, direction))
    assert rules(found, Audience.DOWNSTREAM) == []
    repeated = re.compile(r"\b(\w+) \1\b")
    assert [one.found for one in found if repeated.search(one.found)] == []


@pytest.mark.parametrize("name", EDGES)
def test_an_edge_changes_for_its_callers_or_downstream(name: str, tmp_path: Path) -> None:
    case = EDGES[name]
    ends = []
    for end in ("before", "after"):
        documents = {"things": merged(BASE, case.get(end, {}))}
        if f"{end}_other" in case:
            other = {"openapi": "3.1.0", "info": BASE["info"], **case[f"{end}_other"]}
            documents["other"] = other
        ends.append(version(tmp_path / end, case.get(f"{end}_config", ""), **documents))
    found = changes(*ends)
    assert set(rules(found, Audience.CALLERS)) == set(case.get("callers", []))
    assert set(rules(found, Audience.DOWNSTREAM)) == set(case.get("downstream", []))


def test_every_rule_has_a_case_that_it_is_named_after() -> None:
    proved = {rule for case in EDGES.values() for rule in case.get("callers", [])}
    proved |= {rule for case in EDGES.values() for rule in case.get("downstream", [])}
    proved |= {
        rule
        for name, case in SCHEMAS.items()
        for direction in Direction
        for rule in aspects(name, case, direction)
    }
    assert proved == set(RULES)


@pytest.mark.parametrize("name", [name for name in EDGES if re.sub(r"-\d+$", "", name) in RULES])
def test_a_case_shows_what_it_is_named_after(name: str) -> None:
    rule = re.sub(r"-\d+$", "", name)
    shown = [*EDGES[name].get("callers", []), *EDGES[name].get("downstream", [])]
    assert rule in shown or name == "operation-moved-4"
