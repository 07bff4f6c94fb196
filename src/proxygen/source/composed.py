"""A document made of parts of others: every node still stands where it was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proxygen.diagnostics import Location
from proxygen.source.document import Document, Pointer
from proxygen.source.pointers import escape, index, split

Origin = tuple[Document, Pointer]
"""Where a node was written."""


class Origins:
    """Where the members of new containers come from; what is not noted stands as its parent says.

    Containers are known by identity, so they must be new, and are kept alive here.
    """

    __slots__ = ("_alive", "_members")

    def __init__(self) -> None:
        self._members: dict[int, dict[str, Origin]] = {}
        self._alive: list[Any] = []

    def note(self, container: Any, key: str | int, origin: Origin) -> None:
        """Member `key` of this container was written there."""
        members = self._members.get(id(container))
        if members is None:
            members = self._members[id(container)] = {}
            self._alive.append(container)
        members[str(key)] = origin

    def of(self, container: Any, key: str) -> Origin | None:
        """Where this member was written, if that was noted."""
        members = self._members.get(id(container))
        return None if members is None else members.get(key)

    def all_of(self, container: Any) -> Mapping[str, Origin]:
        """Every member of this container that was noted."""
        return self._members.get(id(container), {})


class ComposedDocument:
    """A `Document` whose value was put together from others'; see `Origins`."""

    __slots__ = ("_base", "_origins", "_value")

    def __init__(self, base: Document, value: Any, origins: Origins) -> None:
        self._base = base
        self._value = value
        self._origins = origins

    @property
    def file(self) -> str:
        """The main document's file."""
        return self._base.file

    @property
    def value(self) -> Any:
        """The whole document as JSON values."""
        return self._value

    def origin(self, pointer: Pointer) -> Origin:
        """The document and pointer where the node, or its nearest ancestor that exists, was written."""
        document: Document = self._base
        place = ""
        node = self._value
        for token in split(pointer):
            if isinstance(node, dict):
                known = token in node
                following = node.get(token)
            else:
                number = index(token, len(node)) if isinstance(node, list) else None
                known = number is not None
                following = None if number is None else node[number]
            noted = self._origins.of(node, token) if known else None
            document, place = noted or (document, f"{place}/{escape(token)}")
            node = following
        return document, place

    def locate(self, pointer: Pointer) -> Location:
        """Line and column of the node in the file where it was written."""
        document, place = self.origin(pointer)
        return document.locate(place)
