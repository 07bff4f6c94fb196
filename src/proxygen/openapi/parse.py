"""Parses one OpenAPI document into a contract, and says everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from proxygen.cache import NO_CACHE, Cache
from proxygen.cores import ONE_CORE, Cores
from proxygen.diagnostics import Diagnostic, InputRefused, Severity
from proxygen.openapi.accounting import set_aside_outside_schemas
from proxygen.openapi.findings import Findings
from proxygen.openapi.model import Contract, Schema
from proxygen.openapi.parse_content import parse_header, parse_request_body, parse_response
from proxygen.openapi.parse_operation import OperationReader
from proxygen.openapi.parse_parameter import parse_parameter
from proxygen.openapi.parse_security import parse_security, parse_security_schemes
from proxygen.openapi.reading import Reading
from proxygen.openapi.selection import Selection, Selector
from proxygen.openapi.swagger import convert_swagger
from proxygen.openapi.verdict import validate
from proxygen.openapi.version import read_version
from proxygen.source.document import Document


def parse_contract(
    document: Document,
    *,
    strict: bool = False,
    selection: Selection | None = None,
    cache: Cache = NO_CACHE,
) -> tuple[Contract, tuple[Diagnostic, ...]]:
    """The contract in a document and the warnings about it; raises `InputRefused` with all findings.

    `strict` makes every finding an error. Swagger 2.0 is judged as it is written and read by way of a
    conversion; the contract's document is then the converted one.
    """
    return begin_contract(document, strict=strict, selection=selection, cache=cache)()


def begin_contract(
    document: Document,
    *,
    strict: bool = False,
    selection: Selection | None = None,
    cache: Cache = NO_CACHE,
    cores: Cores = ONE_CORE,
) -> Callable[[], tuple[Contract, tuple[Diagnostic, ...]]]:
    """As `parse_contract`, whose result it gives when it is called; the validator judges meanwhile."""
    findings = Findings(document, strict=strict)
    version = read_version(document.value, findings)
    if version is None:
        raise InputRefused(findings.all())
    readable, read_findings = document, findings
    if version.swagger:
        readable, lost = convert_swagger(document)
        read_findings = Findings(readable, strict=strict)
        for construct, place in lost:
            findings.warning(
                "swagger-lost",
                place,
                f"OpenAPI 3 has no word for this {construct}; the edge leaves it to the service.",
                "Nothing, unless the edge should check it.",
            )
    selector = None if selection is None else Selector(selection)
    reading = Reading(readable, version, read_findings, selector)
    contract = _contract(reading)
    reading.schemas.report_cycles()
    reading.schemas.report_expansion()
    broken = reading.references.broken
    judged = None if broken else validate(document, version, findings, cache, cores)

    def finish() -> tuple[Contract, tuple[Diagnostic, ...]]:
        if judged is not None:
            judged()
        found = findings.all()
        if version.swagger:
            found = _merged(found, read_findings.all())
        if selector is not None:
            found = (*found, *selector.unmatched())
        if any(item.severity is Severity.ERROR for item in found):
            raise InputRefused(found)
        return contract, found

    return finish


def _merged(*parts: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    found = dict.fromkeys(item for part in parts for item in part)
    return tuple(sorted(found, key=lambda item: (item.location, item.rule, item.found)))


def _contract(reading: Reading) -> Contract:
    root = reading.document.value
    resolved = reading.object_at(root.get("info", {}), "/info", "an info object")
    info: dict[str, Any] = {} if resolved is None else resolved[0]
    security = parse_security(reading, root, "")
    resolved = reading.object_at(root.get("components", {}), "/components", "a components object")
    components: dict[str, Any] = {} if resolved is None else resolved[0]
    operations = OperationReader(reading, security).paths()
    schemas = _component_schemas(reading, components)
    schemes = parse_security_schemes(reading, components, "/components")
    _note_unused(reading, components)
    _visit_components(reading, components)
    _check_set_aside(reading, root, components)
    reading.set_aside.extend(set_aside_outside_schemas(root))
    reading.set_aside.extend(reading.schemas.set_aside)
    return Contract(
        document=reading.document,
        version="2.0" if reading.version.swagger else root["openapi"],
        title=reading.text(info, "title", "/info"),
        description=reading.text(info, "description", "/info"),
        document_version=reading.text(info, "version", "/info"),
        operations=operations,
        schemas=schemas,
        security_schemes=schemes,
        tags=_tags(reading, root),
        set_aside=tuple(dict.fromkeys(reading.set_aside)),
    )


def _component_schemas(
    reading: Reading, components: dict[str, Any]
) -> tuple[tuple[str, Schema], ...]:
    schemas = []
    for name, value, place in reading.members(components, "schemas", "/components"):
        reading.schemas.add(value, place)
        schemas.append((name, Schema(document=reading.document, pointer=place, value=value)))
    return tuple(schemas)


def _note_unused(reading: Reading, components: dict[str, Any]) -> None:
    """What no operation has led to; of schemas, lowering knows."""
    for name in (
        "parameters",
        "requestBodies",
        "responses",
        "headers",
        "examples",
        "pathItems",
        "mediaTypes",
    ):
        for _, place in _components(reading, components, name):
            if place not in reading.reached:
                reading.set_aside.append(("unused component", place))


def _visit_components(reading: Reading, components: dict[str, Any]) -> None:
    """Parse what no operation may refer to as well, so that its errors are reported."""
    for value, place in _components(reading, components, "parameters"):
        reading.once("a parameter object", value, place, parse_parameter)
    for value, place in _components(reading, components, "requestBodies"):
        reading.once("a request body object", value, place, parse_request_body)
    for value, place in _components(reading, components, "responses"):
        reading.once("a response object", value, place, parse_response)
    for value, place in _components(reading, components, "headers"):
        reading.once("a header object", value, place, parse_header)
    for value, place in _components(reading, components, "examples"):
        reading.object_at(value, place, "an example object")


def _components(reading: Reading, components: dict[str, Any], name: str) -> list[tuple[Any, str]]:
    return [(value, place) for _, value, place in reading.members(components, name, "/components")]


def _check_set_aside(reading: Reading, root: dict[str, Any], components: dict[str, Any]) -> None:
    """Where the references of webhooks, callbacks and links lead is checked all the same."""
    for _, value, place in reading.members(root, "webhooks", ""):
        reading.references.resolve(value, place)
    for name in ("callbacks", "links"):
        for value, place in _components(reading, components, name):
            reading.references.resolve(value, place)


def _tags(reading: Reading, root: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    tags: dict[str, str] = {}
    for value, place in reading.items(root, "tags", ""):
        if isinstance(value, dict) and isinstance(value.get("name"), str):
            tags.setdefault(value["name"], reading.text(value, "description", place))
    return tuple(tags.items())
