"""Compares the parameters of an operation: by place and name, path variables by their position."""

from __future__ import annotations

from proxygen.changes.compare.ends import Ends, Found
from proxygen.changes.model import Direction
from proxygen.changes.surface import Endpoint
from proxygen.lower.routes import variables
from proxygen.openapi.model import Parameter, Schema

Key = tuple[str, str]
_PLAIN = ("string", "integer", "number", "boolean")


def parameter_changes(ends: Ends) -> Found:
    """The changes of parameters; those that identity fills in one version are told as bindings."""
    old, new = _named(ends.old), _named(ends.new)
    bound = _bound(ends.old) | _bound(ends.new)
    for key in dict.fromkeys([*old, *new]):
        one, other = old.get(key), new.get(key)
        if one is not None and other is not None:
            yield from _changes(ends, one, other)
        elif key in bound or key[0] == "path":
            continue
        elif one is not None:
            yield ends.gone("request-parameter-removed", one.pointer, f"{_titled(one)} is gone.")
        elif other is not None and other.required:
            found = f"{_titled(other)} is new and must be sent."
            yield ends.come("request-required-parameter-added", other.pointer, found)
        elif other is not None:
            yield ends.come("request-parameter-added", other.pointer, f"{_titled(other)} is new.")


def _changes(ends: Ends, one: Parameter, other: Parameter) -> Found:
    places = one.pointer, other.pointer
    title = _titled(other)
    if other.location != "path" and one.required != other.required:
        rule, what = "request-parameter-became-optional", "may be left out now"
        if other.required:
            rule, what = "request-parameter-became-required", "must be sent now"
        yield ends.noted(rule, *places, f"{title} {what}.")
    if _written(one) != _written(other):
        found = f"{title} is written as {_style(other)} now; it was {_style(one)}."
        yield ends.noted("request-parameter-style-changed", *places, found)
    if one.deprecated != other.deprecated:
        rule, what = "request-parameter-undeprecated", "is no longer deprecated"
        if other.deprecated:
            rule, what = "request-parameter-deprecated", "is deprecated"
        yield ends.noted(rule, *places, f"{title} {what}.")
    subject = f"{other.location} parameter `{other.name}`"
    yield ends.pair(Direction.REQUEST, (_schema(one), _schema(other)), places, subject)


def _named(end: Endpoint) -> dict[Key, Parameter]:
    positions = {name: str(number) for number, name in enumerate(variables(end.path))}
    return {_key(one, positions): one for one in end.parameters}


def _key(one: Parameter, positions: dict[str, str]) -> Key:
    match one.location:
        case "path":
            return one.location, positions.get(one.name, one.name)
        case "header":
            return one.location, one.name.lower()
    return one.location, one.name


def _bound(end: Endpoint) -> set[Key]:
    """The inputs that identity fills, as parameters are keyed."""
    return {
        (one.place.value, one.name.lower() if one.place.value == "header" else one.name)
        for one in (end.policy.bindings if end.policy is not None else ())
    }


def _titled(one: Parameter) -> str:
    return f"The {one.location} parameter `{one.name}`"


def _schema(one: Parameter) -> Schema | None:
    return one.content.schema if one.content is not None else one.schema


def _written(one: Parameter) -> tuple[object, ...]:
    """How its values are written; `explode` makes no difference to a plain one."""
    if one.content is not None:
        return ("content", one.content.media_type)
    value = one.schema.value if one.schema is not None else {}
    plain = isinstance(value, dict) and value.get("type") in _PLAIN
    return (one.style, None if plain else one.explode, one.allow_reserved)


def _style(one: Parameter) -> str:
    if one.content is not None:
        return one.content.media_type
    words = [one.style]
    words += ["exploded"] if one.explode else []
    words += ["reserved"] if one.allow_reserved else []
    return ", ".join(words)
