"""Parses parameters: their defaults, their grammar, and which of the path item's an operation keeps."""

from __future__ import annotations

from typing import Any, Final

from proxygen.openapi.model import Parameter
from proxygen.openapi.parse_content import parse_content
from proxygen.openapi.reading import Reading
from proxygen.openapi.wire_names import has_control, is_token
from proxygen.source.document import Pointer
from proxygen.source.pointers import child
from proxygen.source.refusal import shown

_STYLES: Final = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form", "cookie"),
}
"""Location → the styles that it may have, the default first (OAS 3.2.0, 4.12)."""

_NOT_PARAMETERS: Final = frozenset({"accept", "content-type", "authorization"})
"""Header parameters of these names shall be ignored (OAS 3.1.1, 4.8.12.2)."""


def parse_parameters(
    reading: Reading, owner: dict[str, Any], pointer: Pointer
) -> tuple[Parameter, ...]:
    """The parameters of a path item or operation, in document order."""
    parsed: dict[tuple[str, str], Parameter] = {}
    for value, place in reading.items(owner, "parameters", pointer):
        parameter = reading.once("a parameter object", value, place, parse_parameter)
        if parameter is None:
            continue
        key = _key(parameter)
        if key in parsed:
            reading.findings.error(
                "parameter-duplicate",
                place,
                f"The {parameter.location} parameter {shown(parameter.name)} is declared twice.",
                "Keep one of the two.",
                related=[parsed[key].pointer],
            )
            continue
        parsed[key] = parameter
    return tuple(parsed.values())


def merge_parameters(
    shared: tuple[Parameter, ...], own: tuple[Parameter, ...]
) -> tuple[Parameter, ...]:
    """An operation's parameters: those of its path item unless it declares them itself."""
    overridden = {_key(parameter) for parameter in own}
    return (*(item for item in shared if _key(item) not in overridden), *own)


def parse_parameter(reading: Reading, value: dict[str, Any], pointer: Pointer) -> Parameter | None:
    """A parameter object with its defaults (OAS 3.1.1, 4.8.12)."""
    name, location = value.get("name"), value.get("in")
    if location == "querystring" and reading.version.minor >= 2:
        reading.set_aside.append(("querystring parameter", pointer))
        return None
    if not (isinstance(location, str) and location in _STYLES):
        _refuse_location(reading, location, pointer)
        return None
    if name == "" and location != "path":
        _set_aside_nameless(reading, location, pointer)
        return None
    if not isinstance(name, str) or not _is_sendable(name, location):
        _refuse_name(reading, name, location, pointer)
        return None
    if location == "header" and name.lower() in _NOT_PARAMETERS:
        reading.set_aside.append(("parameter", pointer))
        return None
    style, explode = _style(reading, value, location, pointer)
    content = parse_content(reading, value, pointer)
    schema = reading.schema(value, "schema", pointer)
    _check_shape(reading, value, name, pointer)
    return Parameter(
        pointer=pointer,
        name=name,
        location=location,
        required=_required(reading, value, location, pointer),
        deprecated=reading.flag(value, "deprecated", pointer),
        description=reading.text(value, "description", pointer),
        style=style,
        explode=explode,
        allow_reserved=reading.flag(value, "allowReserved", pointer),
        schema=None if content else schema,
        content=content[0] if content else None,
        examples=reading.examples(value, pointer),
    )


def _is_sendable(name: str, location: str) -> bool:
    if location in {"header", "cookie"}:
        return is_token(name)
    return bool(name) and not has_control(name)


def _refuse_location(reading: Reading, location: Any, pointer: Pointer) -> None:
    given = shown(location) if isinstance(location, str) else "nothing readable"
    reading.findings.error(
        "parameter-location",
        child(pointer, "in"),
        f"The parameter says `in`: {given}.",
        "Write path, query, header or cookie; a body goes into `requestBody`.",
    )


def _set_aside_nameless(reading: Reading, location: str, pointer: Pointer) -> None:
    """`?=value` can be sent, and no framework reads it: it is passed on with the rest of the query.

    No header or cookie can be sent without a name.
    """
    reading.set_aside.append(("nameless parameter", pointer))
    said = "it is forwarded unread" if location == "query" else "no request can have it"
    reading.findings.warning(
        "parameter-nameless",
        child(pointer, "name"),
        f"A {location} parameter has an empty name; {said}.",
        "Name it, or remove it.",
    )


def _refuse_name(reading: Reading, name: Any, location: str, pointer: Pointer) -> None:
    given = shown(name) if isinstance(name, str) and name else "Nothing"
    reading.findings.error(
        "parameter-name",
        child(pointer, "name"),
        f"{given} is no name of a {location} parameter.",
        "Use letters, digits, hyphens and underscores; headers and cookies take tokens (RFC 9110, 5.6.2).",
    )


def _style(
    reading: Reading, value: dict[str, Any], location: str, pointer: Pointer
) -> tuple[str, bool]:
    styles = _STYLES[location]
    style = value.get("style", styles[0])
    if style not in styles:
        reading.findings.error(
            "parameter-style",
            child(pointer, "style"),
            f"A {location} parameter cannot have the style {shown(str(style))}.",
            f"Write {' or '.join(styles)}.",
        )
        style = styles[0]
    default = style in {"form", "cookie"}
    return style, reading.flag(value, "explode", pointer, default=default)


def _required(reading: Reading, value: dict[str, Any], location: str, pointer: Pointer) -> bool:
    required = reading.flag(value, "required", pointer, default=False)
    if location == "path" and not required:
        reading.findings.warning(
            "path-parameter-optional",
            pointer,
            "A path parameter is not marked as required; it is read as required.",
            "Write `required: true`.",
        )
        return True
    return required


def _check_shape(reading: Reading, value: dict[str, Any], name: str, pointer: Pointer) -> None:
    content = value.get("content")
    if "schema" in value and content is not None:
        reading.findings.warning(
            "parameter-shape",
            pointer,
            f"The parameter {shown(name)} has both `schema` and `content`; `content` counts.",
            "Keep one of the two.",
        )
    elif isinstance(content, dict) and len(content) > 1:
        reading.findings.warning(
            "parameter-shape",
            child(pointer, "content"),
            f"The parameter {shown(name)} has several media types; the first one counts.",
            "Keep one.",
        )
    elif "schema" not in value and not content:
        reading.findings.warning(
            "parameter-shape",
            pointer,
            f"The parameter {shown(name)} has neither `schema` nor `content`; any text is valid.",
            "Give it a schema.",
        )


def _key(parameter: Parameter) -> tuple[str, str]:
    name = parameter.name.lower() if parameter.location == "header" else parameter.name
    return parameter.location, name
