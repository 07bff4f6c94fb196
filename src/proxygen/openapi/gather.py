"""Gathers a document that is split over files into one, every node of which stands where it was written.

What a reference names in another file becomes a component under the last token of its pointer, or the
file's stem; path items, which not every version has components for, are put in place.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote, unquote

from proxygen.diagnostics import Diagnostic, Location, Severity
from proxygen.openapi.grammar import OPENAPI, SCHEMA, SWAGGER, Grammar, Shape, Slot, slots
from proxygen.openapi.references import ABSENT, value_at
from proxygen.source.budgets import BUDGETS, Budgets
from proxygen.source.composed import ComposedDocument, Origins
from proxygen.source.document import Document, Pointer
from proxygen.source.files import ReferenceRefusedError, SourceFile, SourceFiles
from proxygen.source.pointers import child, escape, join, split
from proxygen.source.refusal import shown

_HOMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        SCHEMA: "schemas",
        "response": "responses",
        "parameter": "parameters",
        "example": "examples",
        "request body": "requestBodies",
        "header": "headers",
        "security scheme": "securitySchemes",
        "link": "links",
        "callback": "callbacks",
    }
)
_SWAGGER_HOMES: Final[Mapping[str, str]] = MappingProxyType(
    {SCHEMA: "definitions", "response": "responses", "parameter": "parameters"}
)
_UNFIT: Final = re.compile(r"[^A-Za-z0-9._-]+")

_LIKE_REFERENCE: Final = re.compile(r"[/#]|\.(?:json|ya?ml)$")
_SAFE: Final = "/~!$&'()*+,;=:@"
_DEEPEST: Final = 20

Target = tuple[SourceFile, Pointer]
"""A node, by the file and the pointer where it was written."""


def gather(
    files: SourceFiles, *, budgets: Budgets = BUDGETS
) -> tuple[Document, tuple[Diagnostic, ...]]:
    """The whole document, and what is wrong with the references that lead to other files."""
    gathering = _Gathering(files, budgets)
    return gathering.document(), tuple(gathering.found)


class _Gathering:
    """One document on its way into one piece."""

    def __init__(self, files: SourceFiles, budgets: Budgets) -> None:
        self._files = files
        self._budgets = budgets
        self._root: dict[str, Any] = files.main.document.value
        self._swagger = "swagger" in self._root
        self._grammar: Grammar = SWAGGER if self._swagger else OPENAPI
        self._homes = _SWAGGER_HOMES if self._swagger else _HOMES
        self._origins = Origins()
        self._names: dict[tuple[str, SourceFile, Pointer], str] = {}
        self._taken: dict[str, set[str]] = {}
        self._waiting: deque[tuple[str, str, Target]] = deque()
        self._open: list[Target] = []
        self._inlined = 0
        self.found: list[Diagnostic] = []

    def document(self) -> Document:
        """The composed document."""
        main = self._files.main
        self._name_reexports()
        root, _ = self._placed(self._root, "document", (main, ""))
        hoisted: dict[str, dict[str, Any]] = {}
        while self._waiting:
            kind, name, (file, pointer) = self._waiting.popleft()
            node = value_at(file.document.value, pointer)
            value, (origin, place) = self._placed(node, kind, (file, pointer))
            section = hoisted.setdefault(self._homes[kind], {})
            section[name] = value
            self._origins.note(section, name, (origin.document, place))
        return ComposedDocument(main.document, self._with(root, hoisted), self._origins)

    def _with(self, root: dict[str, Any], hoisted: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """The document with the components from other files among its own."""
        if not hoisted:
            return root
        owner: Any = root if self._swagger else root.get("components")
        owner = dict(owner) if isinstance(owner, dict) else {}
        for home, section in hoisted.items():
            own = owner.get(home)
            whole = {**own, **section} if isinstance(own, dict) else dict(section)
            for name in whole:
                written = self._origins.of(section, name) or self._origins.of(own, name)
                if written is not None:
                    self._origins.note(whole, name, written)
            owner[home] = whole
        for key, noted in self._origins.all_of(root.get("components")).items():
            self._origins.note(owner, key, noted)
        new = owner if self._swagger else {**root, "components": owner}
        for key, noted in self._origins.all_of(root).items():
            self._origins.note(new, key, noted)
        return new

    def _name_reexports(self) -> None:
        """A component that is nothing but a reference to another file is what it refers to."""
        owner = self._root if self._swagger else self._root.get("components")
        for kind, home in self._homes.items():
            section = owner.get(home) if isinstance(owner, dict) else None
            if not isinstance(section, dict):
                continue
            self._taken[home] = set(section)
            base = f"/{home}" if self._swagger else f"/components/{home}"
            for name, value in section.items():
                if not _is_reference(value):
                    continue
                target = self._target(value["$ref"], (self._files.main, child(base, name)))
                if target is None or target[0] is self._files.main:
                    continue
                if (kind, *target) not in self._names:
                    self._names[kind, *target] = name
                    self._waiting.append((kind, name, target))

    def _placed(self, node: Any, kind: str, place: Target) -> tuple[Any, Target]:
        """The object with its references led to where their targets are now, and its own origin."""
        if not isinstance(node, dict):
            return node, place
        if isinstance(node.get("$ref"), str):
            if kind not in self._homes:
                return self._inlined_at(node, kind, place)
            reference = self._reference(node["$ref"], kind, place)
            if reference != node["$ref"]:
                node = {**node, "$ref": reference}
        return self._members(node, kind, place), place

    def _members(self, node: dict[str, Any], kind: str, place: Target) -> dict[str, Any]:
        file, pointer = place
        changed: dict[str, Any] = {}
        origins: dict[str, Target] = {}
        for key, slot, held in slots(node, kind, self._grammar):
            below = (file, f"{pointer}/{escape(key)}")
            new, origin = self._held(slot, held, below)
            if new is not held:
                changed[key] = new
            if origin != below:
                origins[key] = origin
        if kind == "discriminator":
            mapping = self._mapping(node.get("mapping"), place)
            if mapping is not None:
                changed["mapping"] = mapping
        return self._copied(node, changed, origins)

    def _copied(
        self, node: dict[str, Any], changed: dict[str, Any], origins: dict[str, Target]
    ) -> dict[str, Any]:
        if not changed:
            return node
        new = {**node, **changed}
        for key, (origin, pointer) in origins.items():
            self._origins.note(new, key, (origin.document, pointer))
        return new

    def _held(self, slot: Slot, held: Any, place: Target) -> tuple[Any, Target]:
        """What a field holds, rewritten: an object, or a list or map of them."""
        single = slot.shape is Shape.ONE
        if single or (slot.shape is Shape.EITHER and not isinstance(held, list)):
            return self._placed(held, slot.kind, place)
        if not _is_reference(held):
            return self._collection(slot.kind, held, place)
        target = self._target(held["$ref"], place)
        if target is None or target in self._open or len(self._open) >= _DEEPEST:
            return held, place
        self._open.append(target)
        followed = value_at(target[0].document.value, target[1])
        found = self._collection(slot.kind, followed, target)
        self._open.pop()
        return found

    def _collection(self, kind: str, held: Any, place: Target) -> tuple[Any, Target]:
        file, pointer = place
        if isinstance(held, list):
            items = [
                self._placed(item, kind, (file, f"{pointer}/{number}"))
                for number, item in enumerate(held)
            ]
            if all(new is old for (new, _), old in zip(items, held, strict=True)):
                return held, place
            whole = [new for new, _ in items]
            for number, (_, (source, where)) in enumerate(items):
                self._origins.note(whole, number, (source.document, where))
            return whole, place
        if not isinstance(held, dict):
            return held, place
        changed: dict[str, Any] = {}
        origins: dict[str, Target] = {}
        for key, member in held.items():
            below = (file, f"{pointer}/{escape(key)}")
            new, origin = self._placed(member, kind, below)
            if new is not member:
                changed[key] = new
            if origin != below:
                origins[key] = origin
        return self._copied(held, changed, origins), place

    def _inlined_at(self, node: dict[str, Any], kind: str, place: Target) -> tuple[Any, Target]:
        """What a reference of a kind without components names, put in its place."""
        file, pointer = place
        target = self._target(node["$ref"], place)
        if target is None or (target[0] is self._files.main and file is self._files.main):
            return self._members(node, kind, place), place
        if target in self._open:
            self._report("reference-cycle", place, "References go round in a circle.", _CURE_CYCLE)
            return {}, place
        self._inlined += 1
        if self._inlined > self._budgets.inlined or len(self._open) >= _DEEPEST:
            self._report(
                "reference-limit",
                place,
                f"References put more than {self._budgets.inlined} objects in place here, "
                f"or nest deeper than {_DEEPEST}.",
                "Name what repeats under components.",
            )
            return {}, place
        self._open.append(target)
        found = value_at(target[0].document.value, target[1])
        value, origin = self._placed(found, kind, target)
        self._open.pop()
        own = {key: member for key, member in node.items() if key != "$ref"}
        if not own or not isinstance(value, dict):
            return value, origin
        mine = self._members(own, kind, place)
        whole = {**value, **mine}
        for key in whole:
            noted = self._origins.of(mine if key in mine else value, key)
            if key in mine and noted is None:
                noted = (file.document, f"{pointer}/{escape(key)}")
            if noted is not None:
                self._origins.note(whole, key, noted)
        return whole, origin

    def _mapping(self, mapping: Any, place: Target) -> dict[str, Any] | None:
        """A discriminator's mapping, where it names schemas of other files."""
        if not isinstance(mapping, dict):
            return None
        new = {
            key: self._reference(value, SCHEMA, (place[0], child(place[1], "mapping", key)))
            if isinstance(value, str) and _LIKE_REFERENCE.search(value)
            else value
            for key, value in mapping.items()
        }
        return new if new != mapping else None

    def _reference(self, reference: str, kind: str, place: Target) -> str:
        """The reference as it is in the gathered document; itself where it leads nowhere."""
        main = self._files.main
        if place[0] is main and reference.startswith("#/"):
            return reference
        target = self._target(reference, place)
        if target is None:
            return reference
        if target[0] is main:
            return f"#{quote(target[1], safe=_SAFE)}"
        name = self._name(kind, target)
        home = self._homes[kind]
        pointer = join((home, name)) if self._swagger else join(("components", home, name))
        return f"#{quote(pointer, safe=_SAFE)}"

    def _name(self, kind: str, target: Target) -> str:
        """The component that stands for a node of another file."""
        key = (kind, *target)
        if key not in self._names:
            file, pointer = target
            stem = _UNFIT.sub("_", file.path.name.split(".")[0])
            last = _UNFIT.sub("_", split(pointer)[-1]) if pointer else stem
            taken = self._taken.setdefault(self._homes[kind], set())
            name = last or stem
            if name in taken:
                name = f"{name}_{stem}"
            number = 2
            while name in taken:
                name, number = f"{last}_{stem}_{number}", number + 1
            taken.add(name)
            self._names[key] = name
            self._waiting.append((kind, name, target))
        return self._names[key]

    def _target(self, reference: str, place: Target) -> Target | None:
        """Where a reference leads; None, reported, where that is nowhere or outside."""
        home = place[0]
        bare, _, fragment = reference.partition("#")
        identified = home.identified(bare) if bare else None
        if identified is not None:
            return home, identified + (_pointer(fragment) or "")
        try:
            file = self._files.open(home, reference)
        except ReferenceRefusedError as refused:
            self._report(refused.rule, place, refused.found, refused.cure, refused.location)
            return None
        if fragment and not fragment.startswith("/"):
            pointer = file.anchor(unquote(fragment))
        else:
            pointer = _pointer(fragment)
        if pointer is None or (file is self._files.main and not pointer):
            self._report(
                "reference-syntax",
                place,
                f"The reference {shown(reference)} names no pointer and no $anchor that exists.",
                "Write the pointer of what is meant.",
            )
            return None
        if file is not self._files.main and value_at(file.document.value, pointer) is ABSENT:
            self._report(
                "reference-unresolved",
                place,
                f"Nothing stands at {shown(reference, 120)}.",
                "Correct the reference, or add what it names.",
            )
            return None
        return file, pointer

    def _report(
        self, rule: str, place: Target, found: str, cure: str, cause: Location | None = None
    ) -> None:
        file, pointer = place
        location = file.document.locate(f"{pointer}/$ref")
        related = () if cause is None else (cause,)
        diagnostic = Diagnostic(rule, Severity.ERROR, location, found, cure, related)
        if diagnostic not in self.found:
            self.found.append(diagnostic)


_CURE_CYCLE: Final = "Let one of them be defined here."


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"$ref"} and isinstance(value["$ref"], str)


def _pointer(fragment: str) -> Pointer | None:
    pointer = unquote(fragment)
    if pointer and not pointer.startswith("/"):
        return None
    return join(split(pointer))
