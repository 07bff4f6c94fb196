"""Example values of parameters as they stand on the wire (OAS 3.1.1, 4.8.12.3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from proxygen.ir.gateway import Parameter, Part

_DELIMITERS = {"form": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C"}


def text_value(value: Any) -> str:
    """A value outside JSON: a string as it is, everything else as JSON spells it."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def encoded(text: str) -> bytes:
    """Text as UTF-8; what UTF-8 cannot say (a lone surrogate) becomes a question mark."""
    return text.encode("utf-8", "replace")


def can_be_sent(parameter: Parameter) -> bool:
    """Whether a parameter has an example that its place on the wire can hold."""
    if not parameter.has_example:
        return False
    if parameter.location != "header":
        return True
    value = header_value(parameter)
    return value.isascii() and value.isprintable() and value == value.strip()


def path_segment(parameter: Parameter) -> str:
    """The raw text of a path variable, percent-encoded (`simple`, `label`, `matrix`)."""
    name, value = quote(parameter.name, safe="", errors="replace"), parameter.example
    if parameter.shape.container == "json":
        return _encoded(json.dumps(value))
    match parameter.style:
        case "label":
            return "." + _joined(value, "." if parameter.explode else ",", parameter.explode)
        case "matrix":
            return _matrix(name, value, explode=parameter.explode)
        case _:
            return _joined(value, ",", parameter.explode)


def query_pairs(parameter: Parameter) -> list[str]:
    """The raw pairs of a query parameter (`form`, `spaceDelimited`, `pipeDelimited`, `deepObject`)."""
    name, value = quote(parameter.name, safe="", errors="replace"), parameter.example
    if parameter.shape.container == "json":
        return [f"{name}={_encoded(json.dumps(value))}"]
    if is_spread(parameter):
        return [f"{_encoded(key)}={_encoded(item)}" for key, item in value.items()]
    if isinstance(value, Mapping) and parameter.style == "deepObject":
        return [f"{name}%5B{_encoded(key)}%5D={_encoded(item)}" for key, item in value.items()]
    if isinstance(value, list) and parameter.explode:
        return [f"{name}={_encoded(item)}" for item in value]
    return [f"{name}={_joined(value, _DELIMITERS.get(parameter.style, ','), explode=False)}"]


def styled_fields(part: Part, value: Any) -> list[tuple[str, str]]:
    """The fields of a form that are an array or object in a style, names and texts not encoded."""
    if part.style == "deepObject":
        members = value.items() if isinstance(value, Mapping) else ()
        return [(f"{part.name}[{key}]", text_value(item)) for key, item in members]
    delimiter = unquote(_DELIMITERS.get(part.style, ","))
    items = [one for pair in value.items() for one in pair] if isinstance(value, Mapping) else value
    if not isinstance(items, list):
        return []
    return [(part.name, delimiter.join(text_value(item) for item in items))]


def is_spread(parameter: Parameter) -> bool:
    """Whether each member of the example is a query parameter of its own (exploded `form`)."""
    return (
        isinstance(parameter.example, Mapping)
        and parameter.explode
        and parameter.style != "deepObject"
        and parameter.shape.container != "json"
    )


def header_value(parameter: Parameter) -> str:
    """The value of a header parameter (`simple`), not encoded."""
    value = parameter.example
    if parameter.shape.container == "json":
        return json.dumps(value)
    if isinstance(value, Mapping):
        glue = "=" if parameter.explode else ","
        return ",".join(f"{key}{glue}{text_value(item)}" for key, item in value.items())
    if isinstance(value, list):
        return ",".join(text_value(item) for item in value)
    return text_value(value)


def cookie_pairs(parameter: Parameter) -> list[tuple[str, str]]:
    """Names and values of a cookie parameter (`form`)."""
    value = parameter.example
    if isinstance(value, Mapping) and parameter.explode:
        return [(str(key), _encoded(item)) for key, item in value.items()]
    if parameter.shape.container == "json":
        return [(parameter.name, _encoded(json.dumps(value)))]
    return [(parameter.name, _joined(value, ",", explode=False))]


def _matrix(name: str, value: Any, *, explode: bool) -> str:
    if isinstance(value, list) and explode:
        return "".join(f";{name}={_encoded(item)}" for item in value)
    if isinstance(value, Mapping) and explode:
        return "".join(f";{_encoded(key)}={_encoded(item)}" for key, item in value.items())
    return f";{name}={_joined(value, ',', explode=False)}"


def _joined(value: Any, delimiter: str, explode: bool) -> str:
    if isinstance(value, Mapping):
        glue = "=" if explode else delimiter
        return delimiter.join(f"{_encoded(k)}{glue}{_encoded(v)}" for k, v in value.items())
    if isinstance(value, list):
        return delimiter.join(_encoded(item) for item in value)
    return _encoded(value)


def _encoded(value: Any) -> str:
    return quote(text_value(value), safe="", errors="replace")
