"""The proposed configuration builds as it is and with every proposal accepted, whatever the documents say."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from benchmarks.corpus.reduce import SAMPLE, file_of
from proxygen.config.read import CONFIG_NAME, load_config
from proxygen.diagnostics import Diagnostic, InputRefused, Severity
from proxygen.ir.gateway import Auth, Gateway
from proxygen.lower.gateway import lower_gateway
from proxygen.openapi.read import read_contract
from proxygen.pipeline import Build, build_specs
from proxygen.scaffold.propose import propose
from proxygen.scaffold.write import write_proposal

ROOT = Path(__file__).parents[3]
SAMPLES = [row["name"] for row in tomllib.loads(SAMPLE.read_text(encoding="utf-8"))["documents"]]
Json = Any


def accepted(text: str) -> str:
    """The configuration with every proposal accepted: `#` and no space."""
    lines = text.split("\n")
    return "\n".join(
        line[1:] if line[:1] == "#" and line[1:2] not in ("", " ", ":") else line for line in lines
    )


def lowered(folder: Path, text: str) -> tuple[Gateway, list[Diagnostic]]:
    """The gateway of a folder under this configuration, and the errors that would stop its build."""
    (folder / CONFIG_NAME).write_text(text, encoding="utf-8")
    config = load_config(folder)
    read = {
        service.name: read_contract(service.spec, root=folder).contract
        for service in config.services
        if service.spec is not None
    }
    gateway, found = lower_gateway(config, read)
    return gateway, [item for item in found if item.severity is Severity.ERROR]


def document(paths: Mapping[str, Json], **more: Json) -> str:
    return json.dumps(
        {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths, **more}
    )


def operation(name: str, *parameters: Json, **more: Json) -> Json:
    return {
        "operationId": name,
        "parameters": list(parameters),
        "responses": {"200": {"description": "ok"}},
        **more,
    }


def parameter(name: str, place: str, **schema: Json) -> Json:
    value = schema or {"type": "string"}
    return {"name": name, "in": place, "required": place == "path", "schema": value}


def folder_of(folder: Path, **documents: str) -> Path:
    specs = folder / "specs"
    specs.mkdir()
    for name, text in documents.items():
        (specs / f"{name}.json").write_text(text, encoding="utf-8")
    return specs


@pytest.fixture
def five(tmp_path: Path) -> Path:
    """The documents of the example, without its configuration."""
    specs = shutil.copytree(ROOT / "specs", tmp_path / "specs")
    (specs / CONFIG_NAME).unlink()
    return specs


@pytest.mark.parametrize("accept", [False, True])
def test_the_five_documents_build_with_what_is_proposed(five: Path, accept: bool) -> None:
    text = propose(five).text
    (five / CONFIG_NAME).write_text(accepted(text) if accept else text, encoding="utf-8")
    built = build_specs(five)
    assert isinstance(built, Build)
    assert built.config.output.resolve() == five.parent / "generated"
    bound = [one for s in built.gateway.services for o in s.operations for one in o.bindings]
    assert len(bound) == (25 if accept else 3)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_real_document_builds_as_proposed_where_it_builds_at_all(
    name: str, tmp_path: Path
) -> None:
    specs = tmp_path / "specs"
    specs.mkdir()
    shutil.copy(file_of(name), specs / "some.json")
    text = propose(specs).text
    _, bare = lowered(specs, "")
    gateway, found = lowered(specs, text)
    assert found == bare == []
    everything, found = lowered(specs, accepted(text))
    assert found == []
    routes = {one.operation_id for one in gateway.services[0].operations}
    assert {one.operation_id for one in everything.services[0].operations} == routes


def test_places_of_identity_are_named_by_file_and_line(five: Path) -> None:
    text = propose(five).text
    assert (
        "#   batch_orchestrator listBatches query:owner_id (specs/batch_orchestrator.yaml:121:11)"
        in text
    )
    assert '#bind."/editor/user_id" = { field = "user_id", absent_parent = "skip" }' in text


def test_services_with_one_route_get_a_prefix_each_and_are_told_so(tmp_path: Path) -> None:
    health = document({"/health/{id}": {"get": operation("health", parameter("id", "path"))}})
    other = document({"/health/{name}": {"get": operation("health", parameter("name", "path"))}})
    alone = document({"/alone": {"get": operation("alone")}})
    specs = folder_of(tmp_path, orders=health, users=other, alone=alone)
    proposal = propose(specs)
    gateway, found = lowered(specs, proposal.text)
    assert found == []
    assert proposal.collisions == 1
    assert [one.edge_path for s in gateway.services for one in s.operations] == [
        "/alone",
        "/orders/health/{id}",
        "/users/health/{name}",
    ]
    assert "#   GET /health/{} (specs/orders.json:1:" in proposal.text


def test_a_prefix_that_collides_in_its_turn_is_kept_apart_too(tmp_path: Path) -> None:
    a = document({"/x": {"get": operation("x")}})
    c = document({"/a/x": {"get": operation("x")}})
    specs = folder_of(tmp_path, a=a, b=a, c=c)
    _, found = lowered(specs, propose(specs).text)
    assert found == []


def test_operations_that_the_wire_cannot_tell_apart_are_listed(tmp_path: Path) -> None:
    paths = {"/x#a": {"get": operation("a")}, "/x#b": {"get": operation("b")}}
    specs = folder_of(tmp_path, some=document(paths))
    proposal = propose(specs)
    assert proposal.unrouted == 2
    assert "ambiguous-route" in proposal.text
    assert lowered(specs, proposal.text)[1] == []


def test_two_documents_of_one_stem_are_two_services(tmp_path: Path) -> None:
    specs = folder_of(tmp_path, orders=document({"/a": {"get": operation("a")}}))
    (specs / "orders.yaml").write_text(document({"/b": {"get": operation("b")}}), encoding="utf-8")
    gateway, found = lowered(specs, propose(specs).text)
    assert found == []
    assert [service.name for service in gateway.services] == ["orders", "orders_2"]


def test_identity_in_a_path_leaves_it_where_a_route_is_free(tmp_path: Path) -> None:
    paths = {
        "/users/{user_id}/orders": {"get": operation("orders", parameter("user_id", "path"))},
        "/users/{user_id}": {"get": operation("user", parameter("user_id", "path"))},
        "/users": {"get": operation("users")},
    }
    specs = folder_of(tmp_path, some=document(paths))
    gateway, found = lowered(specs, accepted(propose(specs).text))
    assert found == []
    assert {one.operation_id: one.edge_path for one in gateway.services[0].operations} == {
        "orders": "/users/orders",
        "user": "/users/{user_id}",
        "users": "/users",
    }


def test_only_a_line_in_the_configuration_opens_an_operation(tmp_path: Path) -> None:
    paths = {
        "/login": {"post": operation("login", security=[])},
        "/mine": {"get": operation("mine", parameter("user_id", "query"), security=[])},
    }
    specs = folder_of(tmp_path, some=document(paths))
    text = propose(specs).text
    as_it_is, everything = (lowered(specs, one)[0] for one in (text, accepted(text)))
    assert {one.auth for one in as_it_is.services[0].operations} == {Auth.REQUIRED}
    opened = {
        one.operation_id for one in everything.services[0].operations if one.auth is Auth.PUBLIC
    }
    assert opened == {"login"}


def test_a_header_that_repeats_is_waived_for_the_build_to_begin(tmp_path: Path) -> None:
    many = parameter("X-User-ID", "header", type="array", items={"type": "string"})
    specs = folder_of(tmp_path, some=document({"/x": {"get": operation("x", many)}}))
    assert lowered(specs, "")[1] != []
    text = propose(specs).text
    assert lowered(specs, text)[1] == []
    assert lowered(specs, accepted(text))[1] == []


HOSTILE = (
    '"\n[gateway]\noutput = "/"',
    "]\n[services.evil]",
    "\\",
    "'''",
    '"""',
    "\u202e\u2028\x85",
    "#" * 400,
    "a.b c",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_become_values_and_nothing_else(text: str, tmp_path: Path) -> None:
    name = "".join(
        filter(str.isprintable, text)
    )  # control characters in an operationId are refused
    flow = {"authorizationUrl": "/", "scopes": {text: "x"}}
    scheme = {"type": "oauth2", "flows": {"implicit": flow}}
    inner = {"type": "object", "properties": {"user_id": {"type": "string"}}}
    schema = {"type": "object", "properties": {text: inner}}
    body = {"content": {"application/json": {"schema": schema}}}
    paths = {
        "/x": {
            "post": operation(
                name, parameter("user_id", "query"), security=[{"o": [text]}], requestBody=body
            )
        },
        "/y": {"post": operation(f"{name}2", security=[])},
    }
    hostile = json.loads(document(paths, components={"securitySchemes": {"o": scheme}}))
    hostile["info"]["title"] = text
    hostile["servers"] = [{"url": f"https://x/{text}"}]
    specs = folder_of(tmp_path, some=json.dumps(hostile))
    proposal = propose(specs).text
    for said in (proposal, accepted(proposal)):
        assert set(tomllib.loads(said)) <= {"gateway", "identity", "services"}
        assert set(tomllib.loads(said)["services"]) == {"some"}
        assert lowered(specs, said)[1] == []


@pytest.mark.parametrize("name", ['a"b', "a\nb", "[x]", "con", "class", "Ünïcode", "-", "a.b"])
def test_files_may_have_any_name(name: str, tmp_path: Path) -> None:
    specs = folder_of(tmp_path, **{name: document({"/x": {"get": operation("x")}})})
    gateway, found = lowered(specs, propose(specs).text)
    assert found == []
    assert len(gateway.services) == 1


def test_a_document_that_cannot_be_read_is_refused_with_the_others(tmp_path: Path) -> None:
    specs = folder_of(tmp_path, a="{", b='{"openapi": "9"}', c=document({}))
    with pytest.raises(InputRefused) as refused:
        propose(specs)
    assert {item.location.file for item in refused.value.diagnostics} == {
        "specs/a.json",
        "specs/b.json",
    }


def test_a_configuration_that_is_there_stays(tmp_path: Path) -> None:
    specs = folder_of(tmp_path, a=document({"/x": {"get": operation("x")}}))
    proposal = propose(specs)
    file = write_proposal(proposal)
    file.write_text("# mine\n", encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        write_proposal(proposal)
    assert [item.rule for item in refused.value.diagnostics] == ["configuration-exists"]
    assert file.read_text(encoding="utf-8") == "# mine\n"
    write_proposal(proposal, force=True)
    assert file.read_text(encoding="utf-8") == proposal.text


def test_a_section_of_pyproject_is_a_configuration(tmp_path: Path) -> None:
    specs = folder_of(tmp_path, a=document({"/x": {"get": operation("x")}}))
    (specs / "pyproject.toml").write_text("[tool.proxygen.gateway]\n", encoding="utf-8")
    for force in (False, True):
        with pytest.raises(InputRefused):
            write_proposal(propose(specs), force=force)
    assert not (specs / CONFIG_NAME).exists()
