"""The types of generated contracts where JSON Schema and Python differ in what they take for equal."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BeforeValidator, StrictInt
from pydantic_core import PydanticCustomError

_HYPHENATED: Final = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")


def _whole(value: Any) -> Any:
    """`1.0` is an integer (JSON Schema 2020-12, core, 4.2.3)."""
    return int(value) if type(value) is float and value.is_integer() else value


def _no_boolean(value: Any) -> Any:
    """To Python, True is 1."""
    if type(value) is bool:
        raise PydanticCustomError("literal_error", "Input should not be a boolean")
    return value


def _boolean(value: Any) -> Any:
    """To Python, 1 is True."""
    if type(value) is not bool:
        raise PydanticCustomError("bool_type", "Input should be a valid boolean")
    return value


def _hyphenated(value: Any) -> Any:
    """One spelling of the several that Python reads (RFC 4122, 3)."""
    if isinstance(value, str) and _HYPHENATED.fullmatch(value) is None:
        raise PydanticCustomError("uuid_parsing", "Input should be a valid UUID, with hyphens")
    return value


Integer = Annotated[StrictInt, BeforeValidator(_whole)]
"""A number without a fraction: 1 and 1.0, no string, no boolean."""

OnlyTrue = Annotated[Literal[True], BeforeValidator(_boolean)]
"""`const: true`."""

OnlyFalse = Annotated[Literal[False], BeforeValidator(_boolean)]
"""`const: false`."""

NO_BOOLEAN: Final = BeforeValidator(_no_boolean)
"""Beside a Literal with 0 or 1 in it."""

Uuid = Annotated[UUID, BeforeValidator(_hyphenated)]
"""`format: uuid`."""
