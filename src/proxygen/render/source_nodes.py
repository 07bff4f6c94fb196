"""The few Python expressions that generated files are made of, as data for the gate to print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Name:
    """A name, dotted or not: `operations.REGISTER_BATCH`."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call: `arguments` by position, then `keywords` in order."""

    function: str
    arguments: tuple[Expression, ...] = ()
    keywords: tuple[tuple[str, Expression], ...] = ()


@dataclass(frozen=True, slots=True)
class Subscript:
    """A generic with one argument: `JsonBody[Batch]`."""

    value: str
    index: Expression


@dataclass(frozen=True, slots=True)
class Union:
    """Arms joined by `|`, for annotations."""

    arms: tuple[Expression, ...]


Expression = Name | Call | Subscript | Union | Any
"""A node, or a plain value (JSON's, bytes, or a tuple, list or dict of expressions)."""


def names_in(expression: Expression) -> Iterator[str]:
    """The first part of every name that an expression refers to, with repetitions."""
    match expression:
        case Name(text):
            yield text.partition(".")[0]
        case Call(function, arguments, keywords):
            yield function.partition(".")[0]
            yield from names_in(arguments)
            yield from names_in(tuple(value for _, value in keywords))
        case Subscript(value, index):
            yield value.partition(".")[0]
            yield from names_in(index)
        case Union(arms):
            yield from names_in(arms)
        case tuple() | list():
            for item in expression:
                if not isinstance(item, str):
                    yield from names_in(item)
        case dict():
            for item in expression.values():
                if not isinstance(item, str):
                    yield from names_in(item)
        case _:
            return


def keywords(*fields: tuple[str, Expression, Expression]) -> tuple[tuple[str, Expression], ...]:
    """The keyword arguments of (name, value, default) whose value is not the default."""
    return tuple((name, value) for name, value, default in fields if value != default)
