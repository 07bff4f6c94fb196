"""Fields of a urlencoded form that an `encoding` writes in a style of parameters (OAS 3.1.1, 4.8.15.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from proxygen.runtime.operation import Parameter, Part
from proxygen.runtime.parameters.scalars import scalar_of
from proxygen.runtime.parameters.styles import members_of, nested

Fields = dict[str, list[str]]
"""Decoded values by decoded name, in the client's order."""

_DEEP: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_BRACKETED: Final = re.compile(r"\[([^\[\]]*)\]")
_DELIMITERS: Final = {"spaceDelimited": " ", "pipeDelimited": "|"}


class StyledFields:
    """The fields of one form that are written in a style; a field without one is not looked at.

    Delimiters count encoded and not: what makes a form encodes its commas, and means them.
    """

    __slots__ = ("_cuts", "_deep", "_required")

    def __init__(self, parts: tuple[Part, ...]) -> None:
        styled = [part for part in parts if part.style]
        self._deep = {
            part.name: members_of(Parameter(name=part.name, shape=part.shape))
            for part in styled
            if part.style == "deepObject"
        }
        self._required = [
            part.name for part in styled if part.style == "deepObject" and part.required
        ]
        self._cuts = {part.name: _cut(part) for part in styled if part.style != "deepObject"}

    def take(self, fields: Fields) -> dict[str, Any]:
        """The values of these fields, which are taken out of `fields`.

        A `deepObject` without members cannot be seen, so one that is required is there.
        """
        values: dict[str, Any] = {name: {} for name in self._required}
        for key in list(fields):
            if key in self._cuts:
                values[key] = self._cuts[key](fields.pop(key))
                continue
            match = _DEEP.fullmatch(key) if self._deep else None
            if match is not None and match[1] in self._deep:
                names = _BRACKETED.findall(match[2])
                member = self._deep[match[1]](names[0])
                into = values.setdefault(match[1], {})
                for text in fields.pop(key):
                    nested(names, member(text), into)
        return values


def _cut(part: Part) -> Callable[[list[str]], Any]:
    """An array, or an object of names and values in turn; of what is sent twice, both count."""
    delimiter = _DELIMITERS.get(part.style, ",")

    def items(texts: list[str]) -> list[str]:
        return [item for text in texts if text for item in text.split(delimiter)]

    if part.shape.container == "array":
        scalar = scalar_of(part.shape.types)
        return lambda texts: [scalar(item) for item in items(texts)]
    member = members_of(Parameter(name=part.name, shape=part.shape))

    def read(texts: list[str]) -> Mapping[str, Any]:
        found = items(texts)
        pairs = zip(found[::2], [*found[1::2], ""], strict=False)
        return {name: member(name)(text) for name, text in pairs}

    return read
