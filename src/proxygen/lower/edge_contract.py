"""Writes the edge contract: one OpenAPI 3.1 document of what clients may send and what they get back.

It is made of the same definitions as the generated classes, so both judge alike. Identity is not in it, nor
are servers, extensions or the downstreams' 5xx answers, which never pass the edge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from proxygen.ir.gateway import (
    Absent,
    Auth,
    BodyKind,
    ErrorFormat,
    IdentityField,
    Operation,
    Parameter,
    Part,
    RequestContent,
    Response,
    Service,
)
from proxygen.ir.schema import ContractRef, SchemaSet
from proxygen.lower.naming import pascal_case
from proxygen.lower.references import references_in
from proxygen.lower.routes import variables

Json = Any

_BEARER: Final = "bearer"
_OWN: Final = {
    "400": "The request is malformed.",
    "401": "A valid bearer token is required.",
    "403": "The token does not allow this.",
    "413": "The request is too large.",
    "415": "The content type or encoding is not supported.",
    "422": "The request violates the contract.",
    "429": "The caller has used up its rate limit.",
    "503": "The service is unavailable, or failed.",
    "504": "The service did not answer in time.",
}


def edge_contract(
    name: str, services: Sequence[Service], error_format: ErrorFormat
) -> Mapping[str, Json]:
    """The document, in the order of services and operations."""
    components = _Components(services)
    ids = _operation_ids(services)
    paths: dict[str, dict[str, Json]] = {}
    for service in services:
        for operation in service.operations:
            item = paths.setdefault(operation.contract_path, {})
            item[operation.method.lower()] = _operation(
                service, operation, ids[service.name, operation.function], components, error_format
            )
        if service.passthrough is not None:
            path = f"{service.passthrough.prefix}/{{path}}"
            for method in service.passthrough.methods:
                paths.setdefault(path, {})[method.lower()] = _passthrough(service, method)
    tags = {
        operation.tag: dict(service.tags).get(operation.tag, "")
        for service in services
        for operation in service.operations
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": name, "version": "1"},
        "tags": [
            {"name": tag, **({"description": text} if text else {})} for tag, text in tags.items()
        ],
        "paths": paths,
        "components": {
            "schemas": {**components.schemas, **_errors(error_format)},
            "headers": {
                "CorrelationId": {
                    "description": "Identifies the request in logs and errors.",
                    "schema": {"type": "string"},
                }
            },
            "securitySchemes": {_BEARER: {"type": "http", "scheme": "bearer"}},
        },
    }


class _Components:
    """The definitions of all services under one roof, prefixed by service.

    A definition that is alike in both directions is there once; else it is there as `...Input` and
    `...Output`, as are all that refer to such a one.
    """

    def __init__(self, services: Sequence[Service]) -> None:
        self._names: dict[tuple[str, str, str], str] = {}
        self.schemas: dict[str, Json] = {}
        self.requests = {service.name: service.requests.defs() for service in services}
        for service in services:
            self._add(service)

    def reference(self, service: Service, contract: ContractRef) -> dict[str, Json]:
        """The reference to a contract's component."""
        name = self._names[service.name, contract.module, contract.name]
        return {"$ref": f"#/components/schemas/{name}"}

    def node(self, service: Service, module: str, node: Json) -> Json:
        """A schema of a set with its references led to the components."""
        if isinstance(node, Mapping):
            return {
                word: self._renamed(service, module, value)
                if word in ("$ref", "mapping")
                else self._values(service, module, word, value)
                for word, value in node.items()
            }
        return node

    def _add(self, service: Service) -> None:
        sets = {one.module: one for one in (service.requests, service.responses)}
        split = _differing(service.requests, service.responses)
        prefix = pascal_case(service.name, otherwise="Service")
        for module, one in sets.items():
            suffix = "Input" if module == "requests" else "Output"
            for schema in one.schemas:
                ending = suffix if schema.name in split else ""
                self._names[service.name, module, schema.name] = f"{prefix}{schema.name}{ending}"
        shown = _shown(service)
        for module, one in sets.items():
            for schema in one.schemas:
                name = self._names[service.name, module, schema.name]
                if schema.name in shown[module] and name not in self.schemas:
                    self.schemas[name] = self.node(service, module, schema.value)

    def _values(self, service: Service, module: str, word: str, value: Json) -> Json:
        if word in ("const", "enum", "default", "examples", "required", "type"):
            return value
        if word == "properties":
            return {name: self.node(service, module, one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.node(service, module, one) for one in value]
        return self.node(service, module, value)

    def _renamed(self, service: Service, module: str, value: Json) -> Json:
        if isinstance(value, Mapping):
            return {tag: self._renamed(service, module, place) for tag, place in value.items()}
        name = self._names[service.name, module, value.removeprefix("#/$defs/")]
        return f"#/components/schemas/{name}"


def _differing(requests: SchemaSet, responses: SchemaSet) -> frozenset[str]:
    """The names whose definitions differ by direction, themselves or by what they refer to."""
    one, other = requests.defs(), responses.defs()
    common = one.keys() & other.keys()
    split = {name for name in common if one[name] != other[name]}
    references = {name: frozenset(references_in(one[name])) for name in common}
    grown = True
    while grown:
        more = {name for name in common - split if references[name] & split}
        split |= more
        grown = bool(more)
    return frozenset(split)


def _shown(service: Service) -> Mapping[str, frozenset[str]]:
    """The definitions that a client can meet: not the downstream's own of what identity completes."""
    defs = {"requests": service.requests.defs(), "responses": service.responses.defs()}
    roots: dict[str, set[str]] = {"requests": set(), "responses": set()}
    for operation in service.operations:
        for content in operation.request_body.content if operation.request_body else ():
            if content.contract is not None:
                roots["requests"].add(content.contract.name)
        for answer in operation.responses:
            if answer.contract is not None and not answer.status.startswith("5"):
                roots["responses"].add(answer.contract.name)
        for _, contract in _parameter_contracts(operation):
            roots["requests"].update(references_in(defs["requests"][contract.name]))
    return {module: _closure(names, defs[module]) for module, names in roots.items()}


def _closure(names: set[str], defs: Mapping[str, Json]) -> frozenset[str]:
    found: set[str] = set()
    left = sorted(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left.extend(references_in(defs[name]))
    return frozenset(found)


def _operation_ids(services: Sequence[Service]) -> Mapping[tuple[str, str], str]:
    """The document's operationIds, prefixed by service where two services or operations share one."""
    every = Counter(one.operation_id for service in services for one in service.operations)
    return {
        (service.name, operation.function): operation.operation_id
        if every[operation.operation_id] == 1
        else f"{service.name}_{operation.function}"
        for service in services
        for operation in service.operations
    }


def _operation(
    service: Service,
    operation: Operation,
    operation_id: str,
    components: _Components,
    error_format: ErrorFormat,
) -> dict[str, Json]:
    written: dict[str, Json] = {"operationId": operation_id, "tags": [operation.tag]}
    if operation.summary:
        written["summary"] = operation.summary
    if operation.description:
        written["description"] = operation.description
    if operation.deprecated:
        written["deprecated"] = True
    parameters = list(_parameters(service, operation, components))
    if parameters:
        written["parameters"] = parameters
    if operation.request_body is not None:
        written["requestBody"] = {
            "required": operation.request_body.required,
            "content": {
                content.media_type: _content(service, content, components)
                for content in operation.request_body.content
            },
        }
    written["responses"] = _responses(service, operation, components, error_format)
    written["security"] = _security(operation)
    return written


def _parameter_contracts(operation: Operation) -> Iterator[tuple[str, ContractRef]]:
    contracts = operation.contracts
    for location, contract in (
        ("path", contracts.path),
        ("query", contracts.query),
        ("header", contracts.header),
        ("cookie", contracts.cookie),
    ):
        if contract is not None:
            yield location, contract


def _parameters(
    service: Service, operation: Operation, components: _Components
) -> Iterator[dict[str, Json]]:
    values = components.requests[service.name]
    schemas = {
        (location, name): node
        for location, contract in _parameter_contracts(operation)
        for name, node in values[contract.name]["properties"].items()
    }
    declared = {one.name for one in operation.parameters if one.location == "path"}
    for one in operation.parameters:
        node = components.node(service, "requests", schemas[one.location, one.name])
        yield _parameter(one, node)
    for name in variables(operation.edge_path):
        if name not in declared:
            yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _parameter(one: Parameter, node: Json) -> dict[str, Json]:
    written: dict[str, Json] = {"name": one.name, "in": one.location, "required": one.required}
    if one.description:
        written["description"] = one.description
    if "description" in node:
        written.setdefault("description", node["description"])
        node = {word: value for word, value in node.items() if word != "description"}
    if one.deprecated:
        written["deprecated"] = True
    if one.allow_reserved:
        written["allowReserved"] = True
    if one.shape.container == "json":
        return {**written, "content": {"application/json": {"schema": node}}}
    default = "form" if one.location in ("query", "cookie") else "simple"
    if one.style != default:
        written["style"] = one.style
    if one.explode != (one.style == "form"):
        written["explode"] = one.explode
    written["schema"] = node
    if one.has_example:
        written["example"] = one.example
    return written


def _content(service: Service, content: RequestContent, components: _Components) -> dict[str, Json]:
    if content.contract is None:
        return {}
    schema: dict[str, Json] = components.reference(service, content.contract)
    binary = [part for part in content.parts if part.binary]
    written: dict[str, Json] = {"schema": schema}
    if binary:
        written["schema"] = {"allOf": [schema, _files(binary)]}
    if content.kind in (BodyKind.FORM, BodyKind.MULTIPART):
        encoding = {
            part.name: _encoding(part) for part in content.parts if part.content_types or part.style
        }
        if encoding:
            written["encoding"] = encoding
    if content.has_example and not binary:
        written["example"] = content.example
    return written


def _encoding(part: Part) -> dict[str, Json]:
    if part.style:
        return {"style": part.style, "explode": part.style == "deepObject"}
    return {"contentType": ", ".join(part.content_types)}


def _files(parts: Sequence[Part]) -> dict[str, Json]:
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    needed = [part.name for part in parts if part.required]
    return {
        "type": "object",
        "properties": {
            part.name: {"type": "array", "items": file} if part.repeated else file for part in parts
        },
        **({"required": needed} if needed else {}),
    }


def _responses(
    service: Service, operation: Operation, components: _Components, error_format: ErrorFormat
) -> dict[str, Json]:
    answers = {
        answer.status: _response(service, answer, components)
        for answer in operation.responses
        if not answer.status.startswith("5")
    }
    for status, text in _OWN.items():
        if _answers(operation, status):
            own = _own(status, text, error_format)
            answers[status] = _either(answers[status], own) if status in answers else own
    return dict(sorted(answers.items()))


def _either(declared: dict[str, Json], own: dict[str, Json]) -> dict[str, Json]:
    """A status that both the service and the edge answer with: the body is the one's or the other's."""
    content = dict(declared.get("content", {}))
    for media_type, media in own["content"].items():
        there = content.get(media_type, {})
        if "schema" not in there:
            content[media_type] = {**media, **there}
        else:
            either = {"anyOf": [there["schema"], media["schema"]]}
            content[media_type] = {**there, "schema": either}
    return {**declared, "content": content}


def _answers(operation: Operation, status: str) -> bool:
    match status:
        case "401":
            return operation.auth is not Auth.PUBLIC
        case "403":
            return bool(operation.scopes) or any(
                binding.absent is Absent.FORBID
                and (binding.field is IdentityField.ORG_ID or operation.auth is Auth.OPTIONAL)
                for binding in operation.bindings
            )
        case "413" | "415":
            return operation.request_body is not None
        case "429":
            return operation.rate_limit is not None
        case "422":
            return bool(operation.parameters) or operation.request_body is not None
    return True


def _response(service: Service, answer: Response, components: _Components) -> dict[str, Json]:
    headers: dict[str, Json] = {
        name: {"schema": {"type": "string"}}
        for name, _ in answer.headers
        if name.lower() not in ("content-type", "x-correlation-id")
    }
    headers["X-Correlation-ID"] = {"$ref": "#/components/headers/CorrelationId"}
    written: dict[str, Json] = {"description": answer.description, "headers": headers}
    if answer.media_type is not None:
        media: dict[str, Json] = {}
        if answer.contract is not None:
            media["schema"] = components.reference(service, answer.contract)
        if answer.has_example:
            media["example"] = answer.example
        written["content"] = {answer.media_type: media}
    return written


def _own(status: str, text: str, error_format: ErrorFormat) -> dict[str, Json]:
    problem = error_format is ErrorFormat.PROBLEM
    name = "EdgeProblem" if problem else "EdgeInvalid" if status == "422" else "EdgeError"
    media = "application/problem+json" if problem else "application/json"
    headers: dict[str, Json] = {"X-Correlation-ID": {"$ref": "#/components/headers/CorrelationId"}}
    if status == "429":
        headers["Retry-After"] = {"schema": {"type": "integer"}}
    return {
        "description": text,
        "headers": headers,
        "content": {media: {"schema": {"$ref": f"#/components/schemas/{name}"}}},
    }


def _security(operation: Operation) -> list[Json]:
    match operation.auth:
        case Auth.PUBLIC:
            return []
        case Auth.OPTIONAL:
            return [{}, {_BEARER: []}]
    return [{_BEARER: list(scopes)} for scopes in operation.scopes] or [{_BEARER: []}]


def _passthrough(service: Service, method: str) -> dict[str, Json]:
    public = service.passthrough is not None and service.passthrough.auth is Auth.PUBLIC
    return {
        "operationId": f"{service.name}_{method.lower()}",
        "tags": [service.name],
        "summary": f"Everything below this prefix is answered by {service.name}.",
        "parameters": [
            {"name": "path", "in": "path", "required": True, "schema": {"type": "string"}}
        ],
        "responses": {"default": {"description": f"The answer of {service.name}."}},
        "security": [] if public else [{_BEARER: []}],
    }


def _errors(error_format: ErrorFormat) -> dict[str, Json]:
    detail: dict[str, Json] = {
        "type": "object",
        "properties": {"detail": {"type": "string"}},
        "required": ["detail"],
    }
    finding = {
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "loc": {"type": "array", "items": {"type": ["string", "integer"]}},
            "msg": {"type": "string"},
        },
        "required": ["loc", "msg", "type"],
    }
    findings = {"type": "array", "items": finding}
    if error_format is ErrorFormat.DETAIL:
        invalid = {
            "type": "object",
            "properties": {"detail": {"anyOf": [{"type": "string"}, findings]}},
            "required": ["detail"],
        }
        return {"EdgeError": detail, "EdgeInvalid": invalid}
    problem = {
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "correlation_id": {"type": "string"},
            "errors": findings,
        },
        "required": ["status", "detail"],
    }
    return {"EdgeProblem": problem}
