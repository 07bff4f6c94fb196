"""Makes the client's variant of a contract: the downstream's without the fields that identity fills."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proxygen.ir.schema import ContractRef
from proxygen.lower.references import reference_of, tokens
from proxygen.lower.schemas import SchemaBook

Json = Any
Paths = frozenset[tuple[str, ...]]


class ClientVariants:
    """The variants of one book; the same cut of the same class is made once."""

    def __init__(self, book: SchemaBook) -> None:
        self._book = book
        self._made: dict[tuple[str, Paths], str] = {}

    def contract(self, downstream: ContractRef, pointers: frozenset[str]) -> ContractRef:
        """The class without the fields at `pointers`; the same one where there is nothing to leave out."""
        paths = frozenset(tokens(pointer) for pointer in pointers)
        if not paths:
            return downstream
        return self._book.reference(self._variant(downstream.name, paths))

    def _variant(self, name: str, paths: Paths) -> str:
        if (name, paths) not in self._made:
            client = self._book.names.fresh("Client", name)
            self._made[name, paths] = client
            value = self._without(self._book.value(name), paths)
            self._book.define(client, value, self._book.pointer(name))
        return self._made[name, paths]

    def _without(self, node: Json, paths: Paths) -> Json:
        if not isinstance(node, Mapping) or not paths:
            return node
        reference = reference_of(node)
        if reference is not None:
            name = reference.removeprefix("#/$defs/")
            found = frozenset(path for path in paths if _has(self._book, node, path))
            return {"$ref": f"#/$defs/{self._variant(name, found)}"} if found else node
        cut = dict(node)
        for word in ("allOf", "anyOf", "oneOf"):
            if word in node:
                cut[word] = [self._without(member, paths) for member in node[word]]
        if "discriminator" in node and "oneOf" in node:
            old = [branch["$ref"] for branch in node["oneOf"]]
            new = dict(zip(old, (branch["$ref"] for branch in cut["oneOf"]), strict=True))
            mapping = {tag: new[place] for tag, place in node["discriminator"]["mapping"].items()}
            cut["discriminator"] = {**node["discriminator"], "mapping": mapping}
        gone = {path[0] for path in paths if len(path) == 1}
        if "required" in node:
            cut["required"] = [name for name in node["required"] if name not in gone]
            if not cut["required"]:
                del cut["required"]
        if "properties" in node:
            cut["properties"] = {
                name: self._without(
                    one, frozenset(path[1:] for path in paths if path[0] == name and len(path) > 1)
                )
                for name, one in node["properties"].items()
                if name not in gone
            }
        return without_examples(cut)


def without_examples(node: dict[str, Json]) -> dict[str, Json]:
    """Examples of the whole show the fields that were left out."""
    return {word: value for word, value in node.items() if word not in ("examples", "default")}


def without_values(value: Json, pointers: frozenset[str]) -> Json:
    """An example without the values at `pointers`."""
    for pointer in sorted(pointers):
        value = _without_value(value, tokens(pointer))
    return value


def _without_value(value: Json, path: tuple[str, ...]) -> Json:
    if not isinstance(value, Mapping) or path[0] not in value:
        return value
    if len(path) == 1:
        return {name: one for name, one in value.items() if name != path[0]}
    return {**value, path[0]: _without_value(value[path[0]], path[1:])}


def _has(book: SchemaBook, node: Json, path: tuple[str, ...], depth: int = 0) -> bool:
    node = book.resolved(node)
    if not isinstance(node, Mapping) or depth > 50:
        return False
    if any(
        _has(book, member, path, depth + 1)
        for word in ("allOf", "anyOf", "oneOf")
        for member in node.get(word, ())
    ):
        return True
    one = node.get("properties", {}).get(path[0])
    if one is None:
        return False
    return len(path) == 1 or _has(book, one, path[1:], depth + 1)
