"""Tells which `pattern`s the edge can check: those that pydantic's linear-time regex engine takes."""

from __future__ import annotations

from functools import lru_cache

from pydantic_core import SchemaError, SchemaValidator, core_schema


def is_checkable(pattern: str) -> bool:
    """Whether pydantic compiles the pattern (no look-around, and not beyond a size)."""
    return _compiled(pattern) is not None


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern finds something in the text, by the engine that the edge uses."""
    compiled = _compiled(pattern)
    return compiled is None or compiled.isinstance_python(text)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> SchemaValidator | None:
    try:
        return SchemaValidator(core_schema.str_schema(pattern=pattern))
    except SchemaError:
        return None
