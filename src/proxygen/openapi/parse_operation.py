"""Parses path items and operations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from proxygen.openapi.model import Operation, Parameter, Schema, SecurityRequirement
from proxygen.openapi.parse_content import parse_request_body, parse_responses
from proxygen.openapi.parse_parameter import merge_parameters, parse_parameters
from proxygen.openapi.parse_security import parse_security
from proxygen.openapi.path_query import QueryPair, query_pairs, with_query, without_query
from proxygen.openapi.path_template import as_sent, path_variables, without_fragment
from proxygen.openapi.reading import Reading
from proxygen.openapi.wire_names import has_control, is_token
from proxygen.source.document import Pointer
from proxygen.source.pointers import child
from proxygen.source.refusal import shown

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch")
_ITEM_FIELDS: Final = frozenset({"$ref", "summary", "description", "servers", "parameters"})

Security = tuple[SecurityRequirement, ...] | None


class OperationReader:
    """Parses the operations of one document; remembers operationIds, which are unique in it."""

    def __init__(self, reading: Reading, security: Security) -> None:
        self._reading = reading
        self._security = security
        self._identifiers: dict[str, Pointer] = {}
        self._fragments = False

    def paths(self) -> tuple[Operation, ...]:
        """Every operation under `paths`, in document order."""
        root = self._reading.document.value
        if "paths" in root and root["paths"] is None:
            self._reading.findings.error(
                "object-type",
                "/paths",
                "`paths` should be an object, and there is null.",
                "Write the paths, or `{}` for none.",
            )
        operations: list[Operation] = []
        for path, value, place in self._reading.members(root, "paths", ""):
            if not path.startswith("x-"):
                operations.extend(self._path_item(path, value, place))
        return tuple(operations)

    def _path_item(self, key: str, value: Any, pointer: Pointer) -> Iterator[Operation]:
        resolved = self._reading.object_at(value, pointer, "a path item object")
        if resolved is None:
            return
        item, place = resolved
        places = dict.fromkeys(item, place)
        if isinstance(value, dict) and value is not item:
            own = {key: member for key, member in value.items() if key != "$ref"}
            places.update(dict.fromkeys(own, pointer))
            item = {**item, **own}
        taken = [one for one in self._methods(item, places) if self._takes(key, *one)]
        if not taken and self._reading.selector is not None:
            return
        path, fragment = without_fragment(key)
        if fragment:
            self._note_fragment(pointer)
        path, query = without_query(path)
        path = as_sent(path, pointer, self._reading.findings)
        pairs = self._pairs(query, pointer, taken)
        variables = path_variables(path, pointer, self._reading.findings)
        shared = parse_parameters(self._reading, item, places.get("parameters", place))
        for method, operation, where in taken:
            parsed = self._operation((key, path), method, operation, where, shared)
            if parsed is None or pairs is None:
                continue
            if pairs:
                parsed = with_query(parsed, pairs, self._reading.document)
            if variables is not None:
                parsed = self._with_variables(parsed, variables)
            yield parsed

    def _pairs(
        self, query: str | None, pointer: Pointer, taken: list[tuple[str, Any, Pointer]]
    ) -> tuple[QueryPair, ...] | None:
        """What the query in a path asks for, reported; None where that cannot be told."""
        if query is None:
            return ()
        pairs = query_pairs(query)
        if pairs is not None:
            self._reading.findings.warning(
                "path-condition",
                pointer,
                f"The path has the query {shown(query, 120)}; a request must say it.",
                "Nothing, where that is meant. Else declare query parameters instead.",
            )
            return pairs
        self._reading.findings.warning(
            "path-query",
            pointer,
            f"The path has the query {shown(query, 120)}, which is not of pairs; it is not routed.",
            "Write `name=value` or `name`, joined by `&`, or declare query parameters instead.",
        )
        for _, _, where in taken:
            self._reading.set_aside.append(("operation of an unread query", where))
        return None

    def _takes(self, path: str, method: str, value: Any, pointer: Pointer) -> bool:
        """Whether the selection has this operation; what it leaves out is not judged."""
        selector = self._reading.selector
        if selector is None or not isinstance(value, dict):
            return True
        tags, name = value.get("tags"), value.get("operationId")
        taken = selector.takes(
            path=path,
            method=method,
            operation_id=name if isinstance(name, str) else None,
            tags=tuple(tag for tag in tags if isinstance(tag, str))
            if isinstance(tags, list)
            else (),
        )
        if not taken:
            self._reading.set_aside.append(("excluded operation", pointer))
        return taken

    def _note_fragment(self, pointer: Pointer) -> None:
        """One warning for a document, which may have hundreds of such paths."""
        if not self._fragments:
            self._reading.findings.warning(
                "path-fragment",
                pointer,
                "Paths have fragments, from here on; fragments are never sent.",
                "Nothing, where a required query or header parameter tells the operations apart.",
            )
        self._fragments = True
        self._reading.set_aside.append(("path fragment", pointer))

    def _methods(
        self, item: dict[str, Any], places: dict[str, Pointer]
    ) -> Iterator[tuple[str, Any, Pointer]]:
        methods = (*_METHODS, "query") if self._reading.version.minor >= 2 else _METHODS
        for key, value in item.items():
            place = child(places[key], key)
            if key in methods:
                yield key.upper(), value, place
            elif key == "trace":
                self._reading.set_aside.append(("operation", place))
                self._reading.findings.warning(
                    "method-trace",
                    place,
                    "TRACE would show credentials to the client; it is not routed.",
                    "Remove the operation.",
                )
            elif key == "additionalOperations" and self._reading.version.minor >= 2:
                yield from self._additional(item, places[key])
            elif key not in _ITEM_FIELDS and not key.startswith("x-"):
                self._reading.findings.warning(
                    "unknown-field",
                    place,
                    f"A path item has no field {shown(key)}; it is ignored.",
                    f"Methods are {', '.join(methods)}.",
                )

    def _additional(
        self, item: dict[str, Any], pointer: Pointer
    ) -> Iterator[tuple[str, Any, Pointer]]:
        for method, value, place in self._reading.members(item, "additionalOperations", pointer):
            if not is_token(method) or method.upper() in {"CONNECT", "TRACE"}:
                self._reading.findings.error(
                    "method-name",
                    place,
                    f"{shown(method)} is no method that can be forwarded.",
                    "Use a token of RFC 9110 other than CONNECT and TRACE.",
                )
                continue
            yield method, value, place

    def _operation(
        self,
        at: tuple[str, str],
        method: str,
        value: Any,
        pointer: Pointer,
        shared: tuple[Parameter, ...],
    ) -> Operation | None:
        """The operation; `at` is its key of `paths`, and the path in it."""
        reading = self._reading
        resolved = reading.object_at(value, pointer, "an operation object")
        if resolved is None:
            return None
        operation, _ = resolved
        for _, callback, place in reading.members(operation, "callbacks", pointer):
            reading.references.resolve(callback, place)
        own = parse_security(reading, operation, pointer)
        body = None
        if operation.get("requestBody") is not None:
            body = reading.once(
                "a request body object",
                operation["requestBody"],
                child(pointer, "requestBody"),
                parse_request_body,
            )
        return Operation(
            pointer=pointer,
            method=method,
            key=at[0],
            path=at[1],
            operation_id=self._identifier(operation, pointer),
            tags=self._tags(operation, pointer),
            summary=reading.text(operation, "summary", pointer),
            description=reading.text(operation, "description", pointer),
            deprecated=reading.flag(operation, "deprecated", pointer),
            parameters=merge_parameters(shared, parse_parameters(reading, operation, pointer)),
            request_body=body,
            responses=parse_responses(reading, operation, pointer),
            security=self._security if own is None else own,
        )

    def _identifier(self, operation: dict[str, Any], pointer: Pointer) -> str | None:
        name = self._reading.text(operation, "operationId", pointer)
        place = child(pointer, "operationId")
        if not name.strip():
            return None
        if has_control(name):
            self._reading.findings.error(
                "operation-id",
                place,
                f"The operationId {shown(name)} holds control characters.",
                "Use letters, digits, hyphens and underscores.",
            )
            return None
        first = self._identifiers.setdefault(name, place)
        if first == place:
            return name
        self._reading.findings.warning(
            "operation-id-duplicate",
            place,
            f"The operationId {shown(name)} is given to two operations; "
            "this one is named after its method and path.",
            "Give each operation its own.",
            related=[first],
        )
        return None

    def _tags(self, operation: dict[str, Any], pointer: Pointer) -> tuple[str, ...]:
        tags: dict[str, None] = {}
        for tag, place in self._reading.items(operation, "tags", pointer):
            if isinstance(tag, str):
                tags[tag] = None
            else:
                self._reading.findings.warning(
                    "text-type", place, "A tag should be text; it is ignored.", "Quote it."
                )
        return tuple(tags)

    def _with_variables(self, operation: Operation, variables: tuple[str, ...]) -> Operation:
        """The operation with one path parameter for each variable of its path."""
        findings = self._reading.findings
        kept = []
        for parameter in operation.parameters:
            if parameter.location != "path" or parameter.name in variables:
                kept.append(parameter)
                continue
            self._reading.set_aside.append(("unused path parameter", parameter.pointer))
            findings.warning(
                "path-parameter-unused",
                parameter.pointer,
                f"The path parameter {shown(parameter.name)} is not in the path "
                f"{shown(operation.path, 120)}; it is ignored.",
                "Write it into the path in braces, or remove it.",
            )
        declared = {parameter.name for parameter in kept if parameter.location == "path"}
        for name in variables:
            if name not in declared:
                kept.append(self._undeclared(operation, name))
                findings.warning(
                    "path-variable-undeclared",
                    operation.pointer,
                    f"The variable {{{shown(name)[1:-1]}}} of the path has no parameter; "
                    "it is read as a string.",
                    "Declare a parameter of that name with `in: path`.",
                )
        return replace(operation, parameters=tuple(kept))

    def _undeclared(self, operation: Operation, name: str) -> Parameter:
        return Parameter(
            pointer=operation.pointer,
            name=name,
            location="path",
            required=True,
            deprecated=False,
            description="",
            style="simple",
            explode=False,
            allow_reserved=False,
            schema=Schema(
                document=self._reading.document,
                pointer=operation.pointer,
                value={"type": "string"},
            ),
            content=None,
        )
