"""Normalises the schemas of a document: named, closed, local, in words that the edge checks.

One book per service and direction: requests do not require what is readOnly, responses do not require what is
writeOnly (OAS 3.1.1, 4.8.24). Whatever becomes a class is a definition of its own with a final name.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from enum import StrEnum
from typing import Any

from proxygen.diagnostics import Location
from proxygen.ir.schema import ContractRef, NamedSchema, SchemaSet
from proxygen.lower import combine, keywords
from proxygen.lower.ledger import Findings
from proxygen.lower.naming import ServiceNames
from proxygen.lower.references import PART, child, escaped, follow, reference_of
from proxygen.openapi.model import Schema
from proxygen.source.document import Document

Json = Any

DEEPEST = 200
"""Levels of nesting inside one definition; what is deeper is not a schema that people wrote."""


class Direction(StrEnum):
    """Which side sends: the name is that of the contracts module."""

    REQUESTS = "requests"
    RESPONSES = "responses"


class ClassNames:
    """The class name of each schema of a service: the same in both directions, by place in the document."""

    def __init__(self, names: ServiceNames, components: Sequence[tuple[str, Schema]]) -> None:
        self._names = names
        self._of_pointer = {
            schema.pointer: names.class_(name)
            for name, schema in components
            if reference_of(schema.value) is None
        }

    def of(self, pointer: str, *parts: str) -> str:
        """The name of the schema at `pointer`; `parts` make one where it has none yet."""
        if pointer not in self._of_pointer:
            self._of_pointer[pointer] = self._names.class_(*parts)
        return self._of_pointer[pointer]

    def fresh(self, *parts: str) -> str:
        """A name for what the document has no place for."""
        return self._names.class_(*parts)


class SchemaBook:
    """The definitions that one contracts module needs, found by asking for contracts."""

    def __init__(
        self,
        document: Document,
        direction: Direction,
        class_names: ClassNames,
        findings: Findings,
        *,
        imported: Mapping[str, str] | None = None,
        formats: Sequence[str] = (),
    ) -> None:
        self.direction = direction
        self.names = class_names
        self.findings = findings
        self._imported = imported or {}
        self._formats = ("uuid", "date", *formats)
        self._document = document
        self._defs: dict[str, NamedSchema] = {}
        self._values: dict[str, Json] = {}
        self._waiting: deque[tuple[str, Schema]] = deque()
        self._known: set[str] = set()
        self._unsettled: list[str] = []
        self.acyclic: set[str] = set()
        self.reached: set[str] = set()
        """The places that references have led to."""
        self._merged: dict[str, tuple[Json, Mapping[str, Json]]] = {}

    def contract(self, schema: Schema, *parts: str) -> ContractRef:
        """The class of a schema: its component's, or one that is named by `parts`."""
        name = self._name_of(self.node(schema, parts), schema, parts)
        return self.reference(name)

    def define(self, name: str, value: Json, pointer: str) -> ContractRef:
        """A definition made by `lower` itself, which no class of the team's stands for."""
        self._put(NamedSchema(name=name, value=value, pointer=pointer))
        return self.reference(name)

    def locate(self, pointer: str) -> Location:
        """The place of a pointer in the document."""
        return self._document.locate(pointer.partition(PART)[0])

    def reference(self, name: str) -> ContractRef:
        """The reference to a definition of this book."""
        return ContractRef(
            module=self.direction.value, name=name, imported=self._defs[name].imported
        )

    def value(self, name: str) -> Json:
        """The definition's schema."""
        return self._defs[name].value

    def pointer(self, name: str) -> str:
        """Where the definition comes from."""
        return self._defs[name].pointer

    def resolved(self, node: Json) -> Json:
        """The node, or what it refers to."""
        while (reference := reference_of(node)) is not None:
            node = self.value(reference.removeprefix("#/$defs/"))
        return node

    def merged(self, node: Json) -> Mapping[str, Json]:
        """The resolved node, with what it inherits by allOf taken in."""
        reference = reference_of(node)
        node = self.resolved(node)
        if reference is None:
            return self._flat(node)
        known = self._merged.get(reference)
        if known is None or known[0] is not node:
            known = self._merged[reference] = (node, self._flat(node))
        return known[1]

    def _flat(self, node: Json) -> Mapping[str, Json]:
        if not isinstance(node, Mapping):
            return {}
        if "allOf" not in node:
            return node
        whole: dict[str, Json] = {"type": "object", "properties": {}, "required": []}
        for part in [*node["allOf"], {word: node[word] for word in node if word != "allOf"}]:
            one = self.merged(part)
            whole["properties"] |= one.get("properties", {})
            whole["required"] += [n for n in one.get("required", ()) if n not in whole["required"]]
            if "additionalProperties" in one:
                whole["additionalProperties"] = one["additionalProperties"]
        return whole

    def defs(self) -> Mapping[str, Json]:
        """All definitions, as JSON Schema's `$defs`; grows as contracts are asked for."""
        return self._values

    def schema_set(self) -> SchemaSet:
        """The definitions in the order in which they were found."""
        return SchemaSet(
            module=self.direction.value,
            schemas=tuple(self._defs.values()),
            formats=tuple(dict.fromkeys(self._formats)),
        )

    def node(self, schema: Schema, parts: tuple[str, ...]) -> Json:
        """The normalised schema for use in place; classes inside it are named after `parts`."""
        node = self.inline(schema, parts, 0)
        while self._waiting:
            name, waiting = self._waiting.popleft()
            self._add(name, self.normal(waiting, (name,), 0), waiting.pointer)
        while self._unsettled:
            name = self._unsettled.pop()
            unsettled = self._defs[name]
            self._put(replace(unsettled, value=combine.settled(unsettled.value, self._defs)))
        return combine.settled(node, self._defs)

    def inline(self, schema: Schema, parts: tuple[str, ...], depth: int) -> dict[str, Json]:
        """Like `normal`, with what becomes a class moved to a definition."""
        return self.hoisted(self.normal(schema, parts, depth), schema, parts)

    def normal(self, schema: Schema, parts: tuple[str, ...], depth: int) -> Json:
        """One schema in JSON Schema 2020-12."""
        value = schema.value
        if depth > DEEPEST:
            self._error("schema-depth", schema, f"more than {DEEPEST} levels of nesting")
            return {}
        if not isinstance(value, Mapping):
            if value is False:
                self._passed("false schema", "unchecked-false", schema, "nothing may stand here")
            return {}
        if (reference := reference_of(value)) is not None:
            self._note_beside(schema, value.keys() - {"$ref", "nullable"})
            return self._referred(schema, reference)
        node = combine.combined(self, schema, parts, depth)
        if node is None:
            node = self.plain(schema, parts, depth)
            for word in keywords.without_effect(value, node):
                self.findings.leave("constraint without effect", _keyword(schema, word))
        if "discriminator" in value and not self._discriminates(node):
            self.findings.leave("unused discriminator", _keyword(schema, "discriminator"))
        for word, rule, reason in keywords.unchecked(value):
            self.note(word, rule, schema, reason)
        said = keywords.texts(value)
        if "$ref" not in node:
            return {**node, **said}
        self._note_beside(schema, said.keys() & value.keys())
        return node

    def _discriminates(self, node: Json) -> bool:
        """Whether a schema, or the class that it or null is, has kept a discriminator."""
        for one in (node, *node.get("anyOf", ())):
            name = (reference_of(one) or "").removeprefix("#/$defs/")
            if "discriminator" in one or "discriminator" in _mapping(self._values.get(name)):
                return True
        return False

    def plain(self, schema: Schema, parts: tuple[str, ...], depth: int) -> dict[str, Json]:
        """One schema without combinations."""
        value = schema.value
        constant = keywords.constant_of(value)
        if constant is not None:
            return constant
        types = keywords.types_of(value)
        kinds = [kind for kind in types if kind != "null"]
        if not types:
            return {}
        if not kinds:
            return {"type": "null"}
        if len(kinds) == 1:
            node = self.typed(kinds[0], schema, parts, depth)
            if len(types) == 1:
                return node
            if combine.is_class(node):
                names = parts if depth else (*parts, "Value")
                return combine.nullable(self.hoisted(node, _part(schema, "value"), names))
            return combine.nullable(node)
        branches = []
        for kind in kinds:
            branch = self.typed(kind, schema, (*parts, kind), depth)
            branches.append(self.hoisted(branch, _part(schema, kind), (*parts, kind)))
        if "null" in types:
            branches.append({"type": "null"})
        return {"anyOf": branches}

    def hoisted(self, node: Json, place: Schema, parts: tuple[str, ...]) -> dict[str, Json]:
        """The node itself, or the reference to it where it becomes a class."""
        if not combine.is_class(node):
            bare: dict[str, Json] = node
            return bare
        return self.defined(node, place, parts)

    def defined(self, node: Json, place: Schema, parts: tuple[str, ...]) -> dict[str, Json]:
        """The reference to the node as a definition of its own."""
        return {"$ref": f"#/$defs/{self._name_of(node, place, parts)}"}

    def typed(
        self, kind: str, schema: Schema, parts: tuple[str, ...], depth: int
    ) -> dict[str, Json]:
        """The schema as far as it concerns one JSON type."""
        node: dict[str, Json] = {"type": kind, **keywords.constraints_of(kind, schema.value)}
        listed = kind == "array" and "prefixItems" not in schema.value
        if listed and isinstance(schema.value.get("items"), Mapping):
            node["items"] = self.inline(child(schema, "items"), (*parts, "Item"), depth + 1)
        if kind == "object":
            properties = {
                name: child(schema, "properties", name)
                for name in _mapping(schema.value.get("properties"))
            }
            node |= self.object_of(schema, properties, _strings(schema.value), parts, depth)
        return node

    def object_of(
        self,
        schema: Schema,
        properties: Mapping[str, Schema],
        required: Sequence[str],
        parts: tuple[str, ...],
        depth: int,
    ) -> dict[str, Json]:
        """The keywords of an object; `properties` may come from several members of an `allOf`."""
        node: dict[str, Json] = {}
        written: dict[str, Json] = {}
        hidden = set()
        dropped = "readOnly" if self.direction is Direction.REQUESTS else "writeOnly"
        for name, one in properties.items():
            if one.value is False:
                self._passed("false schema", "unchecked-false", one, "the property may not be sent")
                continue
            written[name] = self.inline(one, (*parts, name), depth + 1)
            if isinstance(one.value, Mapping) and one.value.get(dropped) is True:
                hidden.add(name)
        for name in required:
            written.setdefault(name, {})
        if written:
            node["properties"] = written
        elif keywords.types_of(schema.value) == ("object",):
            node |= keywords.sizes_of_map(schema.value)
        needed = [name for name in dict.fromkeys(required) if name not in hidden]
        if needed:
            node["required"] = needed
        more = schema.value.get("additionalProperties")
        if "patternProperties" not in schema.value and more is not None:
            if isinstance(more, Mapping):
                extra = child(schema, "additionalProperties")
                node["additionalProperties"] = self.inline(extra, (*parts, "Value"), depth + 1)
            elif isinstance(more, bool):
                node["additionalProperties"] = more
        return node

    def target(self, schema: Schema) -> Schema | None:
        """What a schema refers to at last, itself where it refers to nothing; None in a cycle."""
        seen: set[str] = set()
        while (reference := reference_of(schema.value)) is not None:
            found = follow(schema, reference)
            if found is None:
                self._error("unresolved-reference", schema, f"`{reference}` points at no schema")
                return None
            self.reached.add(found.pointer)
            if found.pointer in seen:
                self._error("reference-cycle", schema, f"`{reference}` refers to itself at last")
                return None
            seen.add(found.pointer)
            schema = found
        return schema

    def _referred(self, schema: Schema, reference: str) -> dict[str, Json]:
        target = self.target(schema)
        if target is None:
            return {}
        if not isinstance(target.value, Mapping):
            return {}
        name = self.names.of(target.pointer, *_named_by(target.pointer))
        if name not in self._known:
            self._known.add(name)
            self._waiting.append((name, target))
        node: dict[str, Json] = {"$ref": f"#/$defs/{name}"}
        if schema.value.get("nullable") is True:
            return {"anyOf": [node, {"type": "null"}]}
        return node

    def _name_of(self, node: Json, schema: Schema, parts: tuple[str, ...]) -> str:
        reference = reference_of(node)
        if reference is not None:
            return reference.removeprefix("#/$defs/")
        name = self.names.of(schema.pointer, *parts)
        if name not in self._defs:
            self._known.add(name)
            self._add(name, node, schema.pointer)
        return name

    def _add(self, name: str, value: Json, pointer: str) -> None:
        description = value.get("description", "") if isinstance(value, Mapping) else ""
        component = pointer.rpartition("/")[2]
        if combine.is_class(value) and ("oneOf" in value or "allOf" in value):
            self._unsettled.append(name)
        self._put(
            NamedSchema(
                name=name,
                value=value,
                pointer=pointer,
                description=description,
                imported=self._imported.get(component),
            )
        )

    def _put(self, schema: NamedSchema) -> None:
        self._defs[schema.name] = schema
        self._values[schema.name] = schema.value

    def _note_beside(self, schema: Schema, words: Set[str]) -> None:
        """Keywords beside a reference; OAS 3.0.4, 4.7.23 ignores them, and what refers has no class here."""
        for word in sorted(words):
            self.findings.leave("beside a reference", _keyword(schema, word))

    def _passed(self, construct: str, rule: str, schema: Schema, detail: str) -> None:
        place = schema.document.locate(schema.pointer)
        self.findings.passed(construct, rule, place, detail)

    def _error(self, rule: str, schema: Schema, found: str) -> None:
        place = schema.document.locate(schema.pointer)
        self.findings.error(
            rule, place, found, "correct the document, or adjust it with an overlay"
        )

    def note(self, word: str, rule: str, schema: Schema, detail: str) -> None:
        """A line of the ledger for a keyword of a schema that the downstream checks alone."""
        at = "const" if word == "enum" and word not in schema.value else word
        pointer = _keyword(schema, at) if at in schema.value else schema.pointer.partition(PART)[0]
        self.findings.passed(word, rule, schema.document.locate(pointer), detail)

    def refuse(self, rule: str, schema: Schema, found: str) -> None:
        """An error in the document."""
        self._error(rule, schema, found)


def _part(schema: Schema, key: str) -> Schema:
    """A part of a schema that the document has no pointer for."""
    return Schema(
        document=schema.document, pointer=f"{schema.pointer}{PART}{key}", value=schema.value
    )


def _keyword(schema: Schema, word: str) -> str:
    """The place of a keyword of a schema."""
    return f"{schema.pointer.partition(PART)[0]}/{escaped(word)}"


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _strings(value: Mapping[str, Json]) -> tuple[str, ...]:
    required = value.get("required")
    if not isinstance(required, list):
        return ()
    return tuple(name for name in required if isinstance(name, str))


def _named_by(pointer: str) -> tuple[str, ...]:
    parts = [part for part in pointer.split("/") if part and not part.isdigit()]
    return tuple(parts[-2:]) if len(parts) > 1 else tuple(parts)
