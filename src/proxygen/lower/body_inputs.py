"""Finds the named inputs of a JSON body: every place in it where a client could say who somebody is."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from proxygen.diagnostics import Location
from proxygen.ir.gateway import Place
from proxygen.lower.naming import folded
from proxygen.lower.references import escaped, reference_of, references_in
from proxygen.lower.schemas import SchemaBook

Json = Any

_DEEPEST: Final = 12
_MOST: Final = 250
"""Classes that are entered by every way that leads to them. What lies behind more is reported as repeated."""

_NOWHERE: Final = Location("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A place where a client could say something: `name` is a JSON pointer where `place` is BODY.

    `loose` says that an object around it may be absent or null, `repeated` that it is inside an array, a map
    or an object that holds itself, `branch` that only some branches of a union have it.
    """

    place: Place
    name: str
    required: bool
    nullable: bool
    location: Location
    loose: bool = False
    repeated: bool = False
    branch: bool = False

    @property
    def wire_name(self) -> str:
        """The last part of a pointer, or the name."""
        if self.place is not Place.BODY:
            return self.name
        return self.name.rpartition("/")[2].replace("~1", "/").replace("~0", "~")

    @property
    def target(self) -> str:
        """The input in the words of the configuration."""
        if self.place is Place.BODY:
            return self.name
        return f"{'form' if self.place is Place.PART else self.place.value}:{self.name}"


class BodyInputs:
    """The inputs of the bodies of one book; each class is walked through once for the same names."""

    def __init__(self, book: SchemaBook) -> None:
        self.book = book
        self._known: dict[tuple[str, frozenset[str]], tuple[Input, ...]] = {}
        self._carriers: dict[frozenset[str], dict[str, bool]] = {}

    def of(self, node: Json, location: Location, wanted: frozenset[str]) -> tuple[Input, ...]:
        """All properties of the outermost object, and below it those with a (folded) wanted name."""
        reference = reference_of(node)
        if reference is None:
            found = self._walked(node, wanted)
        elif (reference, wanted) in self._known:
            found = self._known[reference, wanted]
        else:
            found = self._known[reference, wanted] = self._walked(node, wanted)
        return tuple(replace(one, location=location) for one in found)

    def _walked(self, node: Json, wanted: frozenset[str]) -> tuple[Input, ...]:
        carriers = self._carriers.setdefault(wanted, {})
        walk = _Walk(book=self.book, wanted=wanted, carriers=carriers)
        walk.through(node)
        found: dict[tuple[str, bool, bool], Input] = {}
        for _, one in sorted(walk.found, key=lambda entry: entry[0]):
            found.setdefault((one.name, one.repeated, one.branch), one)
        return tuple(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """Where a walk is; `order` sorts spots as they stand in the document."""

    node: Json
    order: tuple[int, ...] = ()
    pointer: str = ""
    loose: bool = False
    repeated: bool = False
    branch: bool = False
    above: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Walk:
    """One walk, the nearest first; it ends, however many ways lead through the classes."""

    book: SchemaBook
    wanted: frozenset[str]
    carriers: dict[str, bool]
    found: list[tuple[tuple[int, ...], Input]] = field(default_factory=list)
    entered: set[str] = field(default_factory=set)
    left: int = _MOST

    def through(self, node: Json) -> None:
        spots = deque([_Spot(node=node)])
        while spots:
            spots.extend(self._below(spots.popleft()))

    def _below(self, spot: _Spot) -> Iterator[_Spot]:
        entered = self._entered(spot)
        if entered is None or entered.pointer.count("/") > _DEEPEST:
            return
        spot, node = entered, self.book.resolved(entered.node)
        if not isinstance(node, Mapping):
            return
        yield from _branches(spot, node)
        yield from self._properties(spot, self.book.merged(spot.node))
        for number, word in enumerate(("items", "additionalProperties")):
            if isinstance(node.get(word), Mapping):
                yield replace(
                    spot,
                    node=node[word],
                    order=(*spot.order, 2, number),
                    pointer=f"{spot.pointer}/*",
                    repeated=True,
                )

    def _entered(self, spot: _Spot) -> _Spot | None:
        """The spot inside the class that it refers to; None where nothing is to be found there."""
        reference = reference_of(spot.node)
        if reference is None:
            return spot
        if spot.above.count(reference) > 1 or (spot.pointer and not self._carries(reference)):
            return None
        repeated = spot.repeated or reference in spot.above
        if self.left <= 0:
            if reference in self.entered:
                return None
            repeated = True
        self.left -= 1
        self.entered.add(reference)
        return replace(spot, repeated=repeated, above=(*spot.above, reference))

    def _properties(self, spot: _Spot, whole: Mapping[str, Json]) -> Iterator[_Spot]:
        required = frozenset(whole.get("required", ()))
        for number, (name, one) in enumerate(whole.get("properties", {}).items()):
            wanted = folded(name) in self.wanted
            below = _has_below(one)
            if spot.pointer and not wanted and not below:
                continue
            pointer = f"{spot.pointer}/{escaped(name)}"
            order = (*spot.order, 1, number)
            nullable = _nullable(one, self.book)
            if not spot.pointer or wanted:
                found = Input(
                    place=Place.BODY,
                    name=pointer,
                    required=name in required,
                    nullable=nullable,
                    location=_NOWHERE,
                    loose=spot.loose,
                    repeated=spot.repeated,
                    branch=spot.branch,
                )
                self.found.append((order, found))
            if below:
                loose = spot.loose or name not in required or nullable
                yield replace(spot, node=one, order=order, pointer=pointer, loose=loose)

    def _carries(self, reference: str) -> bool:
        """Whether a wanted name is in a definition or in one that it leads to; each is looked at once."""
        seen: set[str] = set()
        left = [reference]
        while left:
            one = left.pop()
            if one in seen or self.carriers.get(one) is False:
                continue
            seen.add(one)
            node = self.book.value(one.removeprefix("#/$defs/"))
            if self.carriers.get(one) or any(
                folded(name) in self.wanted for name in _own_names(node)
            ):
                self.carriers[one] = self.carriers[reference] = True
                return True
            left += [f"#/$defs/{name}" for name in references_in(node)]
        self.carriers.update(dict.fromkeys(seen, False))
        return False


def _branches(spot: _Spot, node: Mapping[str, Json]) -> Iterator[_Spot]:
    for word in ("anyOf", "oneOf"):
        real = [member for member in node.get(word, ()) if member != {"type": "null"}]
        for number, member in enumerate(real):
            yield replace(
                spot,
                node=member,
                order=(*spot.order, 0, number),
                loose=spot.loose or len(real) < len(node[word]),
                branch=spot.branch or len(real) > 1,
            )


def _has_below(node: Json) -> bool:
    """Whether there can be properties inside a schema."""
    return isinstance(node, Mapping) and not node.keys().isdisjoint(
        ("$ref", "allOf", "anyOf", "oneOf", "properties", "items", "additionalProperties")
    )


def _own_names(node: Json) -> Iterator[str]:
    if isinstance(node, Mapping):
        yield from node.get("properties", ())
        for member in node.get("allOf", ()):
            yield from _own_names(member)


def _nullable(node: Json, book: SchemaBook) -> bool:
    node = book.resolved(node)
    if not isinstance(node, Mapping):
        return True
    if "enum" in node or "const" in node:
        return None in node.get("enum", [node.get("const")])
    kind = node.get("type")
    if kind is not None:
        return "null" in ([kind] if isinstance(kind, str) else kind)
    if "allOf" in node:
        return False
    members = [*node.get("anyOf", ()), *node.get("oneOf", ())]
    return any(_nullable(member, book) for member in members) if members else True
