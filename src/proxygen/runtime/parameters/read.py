"""The parameters of one place of an operation, read from the wire into the model that judges them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, Literal, NamedTuple, TypeVar

from pydantic_core import to_json

from proxygen.runtime.operation import Operation, Parameter, Validation
from proxygen.runtime.parameters.pairs import decode
from proxygen.runtime.parameters.scalars import scalar_of
from proxygen.runtime.parameters.styles import (
    Cut,
    cookie_cut,
    header_cut,
    members_of,
    nested,
    path_cut,
    query_cut,
)
from proxygen.runtime.parameters.validation import Invalid, Problem, Validator, problem
from proxygen.runtime.transport.seam import HeaderList

T = TypeVar("T")
Location = Literal["path", "query", "header", "cookie"]

MAX_OCCURRENCES: Final = 16
"""A scalar that is sent more often is refused: each occurrence is judged, since any may be believed."""

_DEEP = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_BRACKETED = re.compile(r"\[([^\[\]]*)\]")


class WireRequest(NamedTuple):
    """What parameters are read from: raw path captures, the raw query, the header lines."""

    captures: Mapping[str, str]
    query: str
    headers: HeaderList


Occurrences = dict[str, list[str]]
"""The raw values of each parameter, by wire name (of a header in lower case), in order."""


class ParameterReader(Generic[T]):
    """Reads the parameters that an operation declares at one location into `model`.

    Undeclared ones are left alone. Where validation does not pass or is off, the value is the model as built
    from what came, unchecked.
    """

    __slots__ = (
        "_cuts",
        "_deep",
        "_location",
        "_occurrences",
        "_spread",
        "_unchecked",
        "_validator",
    )

    def __init__(self, operation: Operation, location: Location, model: type[T]) -> None:
        parameters = {
            "path": operation.path,
            "query": operation.query,
            "header": operation.headers,
            "cookie": operation.cookies,
        }[location]
        self._location = location
        self._occurrences = _OCCURRENCES[location]
        self._unchecked = operation.validation is Validation.OFF
        self._validator: Validator[T] = Validator(model)
        self._cuts: dict[str, tuple[str, str, Cut, bool]] = {}
        self._deep: list[Parameter] = []
        self._spread: list[Parameter] = []
        for parameter in parameters:
            self._add(parameter)

    def _add(self, parameter: Parameter) -> None:
        name = parameter.name
        if parameter.style == "deepObject":
            self._deep.append(parameter)
        elif (
            self._location == "query"
            and parameter.explode
            and parameter.shape.container == "object"
        ):
            self._spread.append(parameter)
        else:
            key = name.lower() if self._location == "header" else name
            scalar = parameter.shape.container in ("", "json")
            self._cuts[key] = (key, name, _CUTS[self._location](parameter), scalar)

    def read(self, wire: WireRequest) -> tuple[T, list[Problem]]:
        """The model, and what is wrong: none where validation is off."""
        found = self._occurrences(wire)
        values: dict[str, Any] = {}
        repeated: list[tuple[str, Cut, list[str]]] = []
        for key, name, cut, scalar in self._cuts.values():
            raws = found.get(key)
            if raws is None:
                continue
            values[name] = cut(raws)
            if scalar and len(raws) > 1:
                repeated.append((name, cut, raws))
        for parameter in self._deep:
            _read_deep(parameter, found, values)
        for parameter in self._spread:
            _read_spread(parameter, found, values)
        content = to_json(values)
        if self._unchecked:
            return self._validator.unchecked(content), []
        result = self._validator.read(content, self._location)
        problems = self._judge_repeated(values, repeated) if repeated else []
        if not isinstance(result, Invalid):
            return result, problems
        return self._validator.unchecked(content), result.problems + problems

    def _judge_repeated(
        self, values: dict[str, Any], repeated: list[tuple[str, Cut, list[str]]]
    ) -> list[Problem]:
        """What is wrong with all but the last occurrence of each scalar."""
        problems: list[Problem] = []
        for name, cut, raws in repeated:
            if len(raws) > MAX_OCCURRENCES:
                problems.append(problem("repeated", (self._location, name), "Sent too many times"))
                continue
            for raw in dict.fromkeys(raws[:-1]):
                other = to_json({**values, name: cut([raw])})
                result = self._validator.read(other, self._location)
                if isinstance(result, Invalid):
                    problems += [p for p in result.problems if p["loc"][1:2] == [name]]
        return problems


_CUTS: Final[dict[str, Callable[[Parameter], Cut]]] = {
    "path": path_cut,
    "query": query_cut,
    "header": header_cut,
    "cookie": cookie_cut,
}


def _path_occurrences(wire: WireRequest) -> Occurrences:
    return {name: [raw] for name, raw in wire.captures.items()}


def _query_occurrences(wire: WireRequest) -> Occurrences:
    found: Occurrences = {}
    if wire.query:
        for piece in wire.query.split("&"):
            if piece:
                name, _, raw = piece.partition("=")
                found.setdefault(decode(name), []).append(raw)
    return found


def _header_occurrences(wire: WireRequest) -> Occurrences:
    found: Occurrences = {}
    for name, value in wire.headers:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _cookie_occurrences(wire: WireRequest) -> Occurrences:
    found: Occurrences = {}
    for name, value in wire.headers:
        if name.lower() != b"cookie":
            continue
        for pair in value.decode("latin-1").split(";"):
            key, equals, raw = pair.strip(" \t").partition("=")
            if equals:
                found.setdefault(key, []).append(raw)
    return found


_OCCURRENCES: Final[dict[str, Callable[[WireRequest], Occurrences]]] = {
    "path": _path_occurrences,
    "query": _query_occurrences,
    "header": _header_occurrences,
    "cookie": _cookie_occurrences,
}


def _read_deep(parameter: Parameter, found: Occurrences, values: dict[str, Any]) -> None:
    """`deepObject`: `name[key]=value`, brackets nesting where they are repeated.

    Without members it cannot be seen, so one that is required is there.
    """
    member = members_of(parameter)
    value: dict[str, Any] = {}
    for key, raws in found.items():
        match = _DEEP.fullmatch(key)
        if match is None or match[1] != parameter.name:
            continue
        names = _BRACKETED.findall(match[2])
        for raw in raws:
            nested(names, member(names[0])(decode(raw)), value)
    if value or parameter.required:
        values[parameter.name] = value


def _read_spread(parameter: Parameter, found: Occurrences, values: dict[str, Any]) -> None:
    """An exploded `form` object: each of its named properties is a query parameter of its own.

    As above, one that is required is there.
    """
    value = {
        name: scalar_of(types)(decode(found[name][-1]))
        for name, types in parameter.shape.properties
        if name in found
    }
    if value or parameter.required:
        values[parameter.name] = value
