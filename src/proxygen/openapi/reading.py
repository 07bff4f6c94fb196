"""What the parsers of one document share: its values, its references, and what they have found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from proxygen.openapi.findings import Findings
from proxygen.openapi.model import Example, Schema
from proxygen.openapi.references import References
from proxygen.openapi.schemas import SchemaWalk
from proxygen.openapi.selection import Selector
from proxygen.openapi.version import Version
from proxygen.source.document import Document, Pointer
from proxygen.source.pointers import child

T = TypeVar("T")


class Reading:
    """One document while it is parsed. A component is parsed once, however often it is referred to."""

    def __init__(
        self,
        document: Document,
        version: Version,
        findings: Findings,
        selector: Selector | None = None,
    ) -> None:
        self.selector = selector
        self.document = document
        self.version = version
        self.findings = findings
        self.references = References(document, findings)
        self.schemas = SchemaWalk(self.references, findings)
        self.set_aside: list[tuple[str, Pointer]] = []
        self.reached: set[Pointer] = set()
        """The places of all objects that were asked for so far, references followed."""
        self._parsed: dict[tuple[str, Pointer], Any] = {}

    def object_at(
        self, value: Any, pointer: Pointer, noun: str
    ) -> tuple[dict[str, Any], Pointer] | None:
        """An object of OpenAPI, its `$ref` followed; None, reported, where none stands."""
        resolved = self.references.resolve(value, pointer)
        if resolved is None:
            return None
        found, place = resolved
        self.reached.add(place)
        if isinstance(found, dict):
            return found, place
        self.findings.error(
            "object-type",
            place,
            f"Here should be {noun}, and there is {_kind(found)}.",
            "Write an object.",
        )
        return None

    def once(
        self,
        noun: str,
        value: Any,
        pointer: Pointer,
        parse: Callable[[Reading, dict[str, Any], Pointer], T | None],
    ) -> T | None:
        """What stands here or at the end of its `$ref`, parsed once per place."""
        resolved = self.object_at(value, pointer, noun)
        if resolved is None:
            return None
        found, place = resolved
        key = (noun, place)
        if key not in self._parsed:
            self._parsed[key] = parse(self, found, place)
        parsed: T | None = self._parsed[key]
        return parsed

    def members(
        self, owner: dict[str, Any], name: str, pointer: Pointer
    ) -> Iterator[tuple[str, Any, Pointer]]:
        """The members of a map that `owner` may hold under `name`, extensions left out."""
        members = owner.get(name)
        if members is None:
            return
        place = child(pointer, name)
        if not isinstance(members, dict):
            self.findings.error(
                "object-type",
                place,
                f"`{name}` should be an object, and there is {_kind(members)}.",
                "Write an object.",
            )
            return
        for key, value in members.items():
            yield key, value, child(place, key)

    def items(
        self, owner: dict[str, Any], name: str, pointer: Pointer
    ) -> Iterator[tuple[Any, Pointer]]:
        """The items of an array that `owner` may hold under `name`."""
        items = owner.get(name)
        if items is None:
            return
        place = child(pointer, name)
        if not isinstance(items, list):
            self.findings.error(
                "object-type",
                place,
                f"`{name}` should be an array, and there is {_kind(items)}.",
                "Write an array.",
            )
            return
        for number, value in enumerate(items):
            yield value, child(place, number)

    def schema(self, owner: dict[str, Any], name: str, pointer: Pointer) -> Schema | None:
        """The schema that `owner` may hold under `name`."""
        if name not in owner:
            return None
        place = child(pointer, name)
        self.schemas.add(owner[name], place)
        return Schema(document=self.document, pointer=place, value=owner[name])

    def examples(self, owner: dict[str, Any], pointer: Pointer) -> tuple[Example, ...]:
        """`example` and `examples` of a parameter, header or media type; nothing external is read."""
        found = []
        if "example" in owner:
            found.append(Example(pointer=child(pointer, "example"), value=owner["example"]))
        named = owner.get("examples")
        if isinstance(named, list):
            return tuple(found)
        for _, value, place in self.members(owner, "examples", pointer):
            resolved = self.object_at(value, place, "an example object")
            if resolved is None:
                continue
            example, origin = resolved
            for key in ("value", "dataValue"):
                if key in example:
                    found.append(Example(pointer=child(origin, key), value=example[key]))
                    break
        return tuple(found)

    def text(self, owner: dict[str, Any], name: str, pointer: Pointer) -> str:
        """A text that `owner` may hold under `name`; a number or boolean is read as it is written."""
        value = owner.get(name)
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        self.findings.warning(
            "text-type",
            child(pointer, name),
            f"`{name}` should be text, and there is {_kind(value)}.",
            "Quote it.",
        )
        return str(value).lower() if isinstance(value, bool) else _scalar_text(value)

    def flag(
        self, owner: dict[str, Any], name: str, pointer: Pointer, *, default: bool = False
    ) -> bool:
        """A boolean that `owner` may hold under `name`."""
        value = owner.get(name, default)
        if isinstance(value, bool):
            return value
        self.findings.error(
            "flag-type",
            child(pointer, name),
            f"`{name}` should be true or false, and there is {_kind(value)}.",
            "Write true or false, without quotes.",
        )
        return default


def _scalar_text(value: Any) -> str:
    return str(value) if isinstance(value, int | float) else ""


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, int | float):
        return "a number"
    return "an array" if isinstance(value, list) else "an object"
