"""Normalises allOf, anyOf and oneOf to what both a class and a JSON Schema validator judge alike.

allOf of objects without common properties is inheritance, with common ones it is one merged object. oneOf
stays where its branches pin a discriminator, and is anyOf otherwise: the downstream checks exclusiveness.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from proxygen.ir.ledger import Outcome
from proxygen.ir.schema import NamedSchema
from proxygen.lower import keywords
from proxygen.lower.references import PART, child, reference_of
from proxygen.openapi.model import Schema

if TYPE_CHECKING:
    from proxygen.lower.schemas import SchemaBook

Json = Any
NULL: Final = {"type": "null"}
WIDEST: Final = 250
"""Alternatives of a choice; `A | B | …` of more is beyond what Python's own compiler nests."""

_SILENT: Final = frozenset(
    {
        "allOf",
        "default",
        "deprecated",
        "description",
        "discriminator",
        "example",
        "examples",
        "externalDocs",
        "nullable",
        "readOnly",
        "title",
        "writeOnly",
        "xml",
    }
)
_ANNOTATIONS: Final = _SILENT - {"allOf", "discriminator", "nullable", "xml", "externalDocs"}
"""What is said to people of one member of an allOf."""


def is_class(node: Json) -> bool:
    """Whether the schema becomes a class of its own, so that it needs a name."""
    return isinstance(node, Mapping) and (
        "properties" in node
        or "allOf" in node
        or "oneOf" in node
        or node.get("additionalProperties") is False
    )


def is_sized_map(node: Json) -> bool:
    """Whether the schema is a map with a limit, which is checked only where it stands alone."""
    return isinstance(node, Mapping) and ("minProperties" in node or "maxProperties" in node)


def combined(
    book: SchemaBook, schema: Schema, parts: tuple[str, ...], depth: int
) -> dict[str, Json] | None:
    """The schema's combination of others; None where it has none that decides what it is."""
    words = [word for word in ("allOf", "oneOf", "anyOf") if _members(schema, word)]
    if not words:
        return None
    if _loops(book, schema):
        book.refuse("reference-cycle", schema, "the schema is made of itself")
        return {}
    if words[0] == "allOf":
        for word in words[1:]:
            book.note(word, "union-beside-all-of", schema, f"`{word}` beside `allOf`")
        return _all_of(book, schema, parts, depth)
    value = schema.value
    if keywords.constant_of(value) is not None:
        return None
    if "properties" in value or _only_required(schema, words[0]):
        for word in words:
            book.note(word, "union-beside-object", schema, f"`{word}` is left to the downstream")
        return None
    for word in words[1:]:
        book.note(word, "union-beside-union", schema, f"`{word}` is left to the downstream")
    return _union(book, schema, words[0], parts, depth)


def settled(node: Json, defs: Mapping[str, NamedSchema]) -> Json:
    """What only all definitions together can say: where a base leads, and which value of a tag is whose."""
    if not isinstance(node, Mapping):
        return node
    if "allOf" in node:
        return {**node, "allOf": [_base(part, defs) for part in node["allOf"]]}
    return _settled_union(node, defs)


def _base(part: Json, defs: Mapping[str, NamedSchema]) -> Json:
    """A class to inherit from: the one that a mere reference to it stands for, which is no class."""
    while (reference := reference_of(part)) is not None:
        behind = defs[reference.removeprefix("#/$defs/")]
        if behind.imported is not None or reference_of(behind.value) is None:
            break
        part = {"$ref": behind.value["$ref"]}
    return part


def _settled_union(node: Mapping[str, Json], defs: Mapping[str, NamedSchema]) -> Json:
    """A union with its discriminator's mapping, or as anyOf where its branches do not pin the tag."""
    if "oneOf" not in node or "discriminator" not in node:
        return node
    tag = node["discriminator"]["propertyName"]
    mapping: dict[str, str] = {}
    whole = True
    for branch in node["oneOf"]:
        values = _tags(branch["$ref"].removeprefix("#/$defs/"), tag, defs)
        if not values or set(values) & set(mapping):
            whole = False
            break
        mapping |= dict.fromkeys(values, branch["$ref"])
    rest = {word: value for word, value in node.items() if word not in ("oneOf", "discriminator")}
    if whole:
        discriminator = {"propertyName": tag, "mapping": mapping}
        return {"oneOf": node["oneOf"], "discriminator": discriminator, **rest}
    return {"anyOf": node["oneOf"], **rest}


def nullable(node: dict[str, Json]) -> dict[str, Json]:
    """The schema, or null."""
    if not node:
        return node
    if "anyOf" in node:
        return node if NULL in node["anyOf"] else {**node, "anyOf": [*node["anyOf"], NULL]}
    if "const" in node or "enum" in node:
        members = node["enum"] if "enum" in node else [node["const"]]
        rest = {word: value for word, value in node.items() if word not in ("const", "enum")}
        return {**rest, "enum": members if None in members else [*members, None]}
    kind = node.get("type")
    if isinstance(kind, str) and kind != "object":
        return node if kind == "null" else {**node, "type": [kind, "null"]}
    return {"anyOf": [node, NULL]}


def _all_of(
    book: SchemaBook, schema: Schema, parts: tuple[str, ...], depth: int
) -> dict[str, Json]:
    value = schema.value
    every = _members(schema, "allOf")
    members = [member for member in every if _speaks(member)]
    own = Schema(
        document=schema.document,
        pointer=schema.pointer,
        value={word: item for word, item in value.items() if word not in ("allOf", "nullable")},
    )
    if own.value.keys() - _SILENT == {"type"}:
        book.findings.leave("type beside allOf", f"{schema.pointer}/type")
    elif _speaks(own):
        members.append(own)
    for member in every:
        if len(members) != 1 or member is not members[0]:
            _note_annotations(book, member)
    if not members:
        node: dict[str, Json] = {}
    elif len(members) == 1:
        node = book.normal(members[0], parts, depth + 1)
    elif all(_is_object(book, member) for member in members):
        node = _joined(book, schema, members, parts, depth)
    else:
        node = _mixed(book, schema, members, parts, depth)
    if value.get("nullable") is not True:
        return node
    if is_class(node):
        node = book.hoisted(node, _part(schema, "value"), (*parts, "Value"))
    return nullable(node)


def _note_annotations(book: SchemaBook, member: Schema) -> None:
    """What a member says to people, which the whole that it becomes a part of does not say."""
    if isinstance(member.value, Mapping):
        for word in sorted(member.value.keys() & _ANNOTATIONS):
            book.findings.leave("annotation", f"{member.pointer}/{word}")


@dataclass(slots=True)
class FlatObject:
    """The members of an object, those of its own allOf included."""

    properties: dict[str, Schema] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    closed: frozenset[str] | None = None
    common: bool = False

    def add(self, other: FlatObject) -> None:
        self.common = (
            self.common or other.common or bool(set(self.properties) & set(other.properties))
        )
        self.properties |= other.properties
        self.required += other.required
        if self.closed is None or other.closed is None:
            self.closed = other.closed if self.closed is None else self.closed
        else:
            self.closed = self.closed & other.closed


def _joined(
    book: SchemaBook,
    schema: Schema,
    members: Sequence[Schema],
    parts: tuple[str, ...],
    depth: int,
) -> dict[str, Json]:
    flat, bases, own = FlatObject(), [], FlatObject()
    for member in members:
        one = flat_object(book, member)
        flat.add(one)
        if reference_of(member.value) is None:
            own.add(one)
        else:
            bases.append(book.normal(member, parts, depth + 1))
    inherits = (
        bases and not flat.common and flat.closed is None and all("$ref" in base for base in bases)
    )
    taken = own if inherits else flat
    node = book.object_of(_open(schema), taken.properties, taken.required, parts, depth)
    if flat.closed is not None:
        if flat.closed.issuperset(flat.properties):
            return {"type": "object", **node, "additionalProperties": False}
        book.note(
            "additionalProperties",
            "closed-member",
            schema,
            "a member of `allOf` forbids what another one names; that is left to the downstream",
        )
    if not inherits:
        return {"type": "object", **node}
    hidden = "readOnly" if book.direction.value == "requests" else "writeOnly"
    strange = [name for name in node.get("properties", {}) if name not in own.properties]
    for name in strange:
        origin = flat.properties.get(name)
        if origin is not None:
            del node["properties"][name]
            if isinstance(origin.value, Mapping) and origin.value.get(hidden) is True:
                node["required"].remove(name)
    node = {word: item for word, item in node.items() if item}
    return {"allOf": [*bases, {"type": "object", **node}] if node else bases}


def _mixed(
    book: SchemaBook,
    schema: Schema,
    members: Sequence[Schema],
    parts: tuple[str, ...],
    depth: int,
) -> dict[str, Json]:
    """allOf of other things than objects: values of one type merge; of the rest, objects are kept."""
    targets = [target for member in members if (target := book.target(member)) is not None]
    plain = [
        target
        for target in targets
        if isinstance(target.value, Mapping)
        and not any(_members(target, word) for word in ("allOf", "anyOf", "oneOf"))
    ]
    kinds = {keywords.types_of(target.value) for target in plain} - {()}
    if len(plain) == len(targets) and len(kinds) == 1:
        merged: dict[str, Json] = {}
        for target in plain:
            merged |= target.value
        return book.plain(_with(schema, merged), parts, depth)
    objects = [member for member in members if _is_object(book, member)]
    book.note(
        "allOf", "mixed-all-of", schema, "members that are no objects are left to the downstream"
    )
    if len(objects) > 1:
        return _joined(book, schema, objects, parts, depth)
    return book.normal(objects[0], parts, depth + 1) if objects else {}


def _union(
    book: SchemaBook, schema: Schema, word: str, parts: tuple[str, ...], depth: int
) -> dict[str, Json]:
    branches: list[Json] = []
    with_null = schema.value.get("nullable") is True or "null" in keywords.types_of(schema.value)
    for number, member in enumerate(_members(schema, word)):
        names = (*parts, _label(member, number))
        node = book.normal(member, names, depth + 1)
        if node == {}:
            return {}
        if node == NULL or NULL in node.get("anyOf", ()):
            with_null = True
        if set(node) == {"anyOf"}:
            inner = node["anyOf"]
        elif is_sized_map(node):
            inner = [book.defined(node, member, names)]
        else:
            inner = [book.hoisted(node, member, names)]
        branches += [one for one in inner if one not in (NULL, *branches)]
    if len(branches) > WIDEST:
        book.note(
            word, "wide-union", schema, f"a choice of more than {WIDEST} is left to the downstream"
        )
        return {}
    discriminator = schema.value.get("discriminator")
    if not branches:
        return dict(NULL)
    if len(branches) == 1:
        only: dict[str, Json] = branches[0]
        return nullable(only) if with_null else only
    tag = discriminator.get("propertyName") if isinstance(discriminator, Mapping) else None
    if isinstance(tag, str) and all(reference_of(branch) for branch in branches):
        node = {"oneOf": branches, "discriminator": {"propertyName": tag}}
        if not with_null:
            return node
        return nullable(
            book.hoisted(node, _part(schema, "value"), parts if depth else (*parts, "Value"))
        )
    if word == "oneOf":
        book.findings.count("oneOf without a discriminator", Outcome.PASSED)
    return nullable({"anyOf": branches}) if with_null else {"anyOf": branches}


def flat_object(book: SchemaBook, schema: Schema) -> FlatObject:
    """The members of an object schema, those of its allOf included, as they stand in the document."""
    flat = FlatObject()
    target = book.target(schema)
    if target is None or not isinstance(target.value, Mapping):
        return flat
    for member in _members(target, "allOf"):
        flat.add(flat_object(book, member))
    properties = target.value.get("properties")
    required = target.value.get("required")
    names = properties if isinstance(properties, Mapping) else {}
    flat.add(
        FlatObject(
            properties={name: child(target, "properties", name) for name in names},
            required=[name for name in required if isinstance(name, str)]
            if isinstance(required, list)
            else [],
            closed=frozenset(names) if target.value.get("additionalProperties") is False else None,
        )
    )
    return flat


def _is_object(book: SchemaBook, schema: Schema) -> bool:
    target = book.target(schema)
    if target is None or not isinstance(target.value, Mapping):
        return False
    value = target.value
    if "anyOf" in value or "oneOf" in value or "enum" in value or "const" in value:
        return False
    if not _speaks(target):
        return all(_is_object(book, member) for member in _members(target, "allOf"))
    types = keywords.types_of(value)
    if types not in (("object",), ()) or (
        not types and "properties" not in value and "required" not in value and "allOf" not in value
    ):
        return False
    return all(_is_object(book, member) for member in _members(target, "allOf"))


def _loops(book: SchemaBook, schema: Schema) -> bool:
    """Whether a schema is reached from itself by allOf, anyOf, oneOf and references alone."""
    above: dict[str, None] = {}
    branches = [iter([schema])]
    while branches:
        one = next(branches[-1], None)
        if one is None:
            branches.pop()
            if above:
                book.acyclic.add(above.popitem()[0])
            continue
        target = book.target(one)
        if target is None or target.pointer in book.acyclic:
            continue
        if target.pointer in above:
            return True
        above[target.pointer] = None
        words = ("allOf", "anyOf", "oneOf")
        branches.append(iter([member for word in words for member in _members(target, word)]))
    return False


def _tags(name: str, tag: str, defs: Mapping[str, NamedSchema]) -> tuple[str, ...]:
    """The strings that a required property of an object may be; none where it is not pinned."""
    values: tuple[str, ...] = ()
    needed = False
    left: list[Json] = [{"$ref": f"#/$defs/{name}"}]
    while left:
        node = left.pop(0)
        reference = reference_of(node)
        if reference is not None:
            found = defs.get(reference.removeprefix("#/$defs/"))
            node = found.value if found is not None else {}
        left += node.get("allOf", [])
        needed = needed or tag in node.get("required", ())
        one = node.get("properties", {}).get(tag)
        if one is not None:
            values = (one["const"],) if "const" in one else tuple(one.get("enum", ()))
    return values if needed and all(isinstance(value, str) for value in values) else ()


def _members(schema: Schema, word: str) -> list[Schema]:
    if not isinstance(schema.value, Mapping) or reference_of(schema.value) is not None:
        return []
    members = schema.value.get(word)
    if not isinstance(members, list):
        return []
    return [child(schema, word, number) for number in range(len(members))]


def _speaks(schema: Schema) -> bool:
    """Whether a member says more than text."""
    return isinstance(schema.value, Mapping) and bool(
        schema.value.keys() - _SILENT or schema.value.get("allOf")
    )


def _only_required(schema: Schema, word: str) -> bool:
    return all(
        isinstance(member.value, Mapping)
        and {"required", "not"} & member.value.keys()
        and member.value.keys() <= {"required", "not", "title", "description"}
        for member in _members(schema, word)
    )


def _label(schema: Schema, number: int) -> str:
    title = schema.value.get("title") if isinstance(schema.value, Mapping) else None
    return title if isinstance(title, str) and title else f"Option{number + 1}"


def _part(schema: Schema, key: str) -> Schema:
    return Schema(
        document=schema.document, pointer=f"{schema.pointer}{PART}{key}", value=schema.value
    )


def _with(schema: Schema, value: Mapping[str, Json]) -> Schema:
    return Schema(document=schema.document, pointer=schema.pointer, value=value)


def _open(schema: Schema) -> Schema:
    more = schema.value.get("additionalProperties")
    return _with(schema, {} if more is None or more is False else {"additionalProperties": more})
