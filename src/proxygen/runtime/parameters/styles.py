"""Parameter styles (OAS 3.1.1, 4.8.12.6): one parameter's wire strings, cut into its JSON value."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from pydantic_core import from_json

from proxygen.runtime.operation import Parameter
from proxygen.runtime.parameters.pairs import decode
from proxygen.runtime.parameters.scalars import Scalar, scalar_of

Cut = Callable[[list[str]], Any]
"""From the raw occurrences of a parameter, at least one, to its value."""

_DELIMITERS = {
    "spaceDelimited": re.compile(r"%20|\+| "),
    "pipeDelimited": re.compile(r"%7[Cc]|\|"),
}
_COMMA = re.compile(",")


def members_of(parameter: Parameter) -> Callable[[str], Scalar]:
    """How each property of an object parameter is read."""
    known = {name: scalar_of(types) for name, types in parameter.shape.properties}
    others = scalar_of(parameter.shape.types)
    return lambda name: known.get(name, others)


def query_cut(parameter: Parameter) -> Cut:
    """For `form`, `spaceDelimited` and `pipeDelimited` in a query, less exploded objects."""
    return _cut(parameter, decode, _DELIMITERS.get(parameter.style, _COMMA))


def cookie_cut(parameter: Parameter) -> Cut:
    """For `form` in a cookie."""
    return _cut(parameter, unquote, _COMMA)


def header_cut(parameter: Parameter) -> Cut:
    """For `simple` in a header: nothing is percent-decoded, blanks around commas do not count."""
    return _cut(parameter, lambda text: text.strip(" \t"), _COMMA)


def path_cut(parameter: Parameter) -> Cut:
    """For `simple`, `label` and `matrix` in a path."""
    plain = _cut(parameter, unquote, _COMMA)
    if parameter.style == "label":
        return lambda raws: plain([_unlabel(raws[0], exploded=parameter.explode)])
    if parameter.style == "matrix":
        return lambda raws: plain([_unmatrix(raws[0], parameter)])
    return plain


def _cut(parameter: Parameter, decoded: Callable[[str], str], delimiter: re.Pattern[str]) -> Cut:
    container = parameter.shape.container
    scalar = scalar_of(parameter.shape.types)
    if container == "array":
        whole = parameter.explode and parameter.style in _EXPLODED_IN_OCCURRENCES
        return lambda raws: [
            scalar(decoded(item)) for raw in raws for item in _items(raw, delimiter, whole=whole)
        ]
    if container == "object":
        member = members_of(parameter)
        equals = parameter.explode and parameter.style not in _EXPLODED_IN_OCCURRENCES
        return lambda raws: {
            name: member(name)(text)
            for name, text in _named(raws[-1], delimiter, decoded, equals=equals)
        }
    if container == "json":
        return lambda raws: _json_or_text(decoded(raws[-1]))
    return lambda raws: scalar(decoded(raws[-1]))


_EXPLODED_IN_OCCURRENCES = ("form", "spaceDelimited", "pipeDelimited", "deepObject")
"""Styles whose exploded values are occurrences of their own."""


def _items(raw: str, delimiter: re.Pattern[str], *, whole: bool) -> list[str]:
    if whole:
        return [raw]
    return delimiter.split(raw) if raw else []


def _named(
    raw: str, delimiter: re.Pattern[str], decoded: Callable[[str], str], *, equals: bool
) -> list[tuple[str, str]]:
    pieces = delimiter.split(raw) if raw else []
    if equals:
        split = [piece.partition("=") for piece in pieces]
        return [(decoded(name), decoded(text)) for name, _, text in split]
    names, texts = pieces[::2], pieces[1::2]
    return [(decoded(n), decoded(t)) for n, t in zip(names, [*texts, ""], strict=False)]


def _unlabel(raw: str, *, exploded: bool) -> str:
    text = raw.removeprefix(".")
    return text.replace(".", ",") if exploded else text


def _unmatrix(raw: str, parameter: Parameter) -> str:
    """`;name=a,b`, exploded `;name=a;name=b`, and of an object `;k=v;k=v`, as `simple` has them."""
    text = raw.removeprefix(";")
    if not parameter.explode:
        return text.partition("=")[2]
    if parameter.shape.container == "object":
        return text.replace(";", ",")
    return ",".join(piece.partition("=")[2] for piece in text.split(";"))


def _json_or_text(text: str) -> Any:
    try:
        return from_json(text)
    except ValueError:
        return text


def nested(names: list[str], value: Any, into: dict[str, Any]) -> None:
    """Put a value of `deepObject` where its brackets say."""
    *parents, last = names
    for name in parents:
        child = into.setdefault(name, {})
        if not isinstance(child, dict):
            return
        into = child
    if isinstance(into.get(last), list):
        into[last].append(value)
    elif last in into:
        into[last] = [into[last], value]
    else:
        into[last] = value
