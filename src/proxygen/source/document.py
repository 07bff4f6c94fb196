"""A loaded document: plain JSON values, and the place of every node on request."""

from __future__ import annotations

from typing import Any, Protocol

from proxygen.diagnostics import Location

Pointer = str
"""A JSON pointer (RFC 6901), `""` for the root."""


class Document(Protocol):
    """One file of the user's, read once; values are shared and never mutated."""

    @property
    def file(self) -> str:
        """The file's name as diagnostics show it."""
        ...

    @property
    def value(self) -> Any:
        """The whole document as JSON values."""
        ...

    def locate(self, pointer: Pointer) -> Location:
        """Line and column of the node (its key, where it is a member); the nearest ancestor's if absent.

        Cheap to call for many pointers: the positions are read once, when first asked for.
        """
        ...
