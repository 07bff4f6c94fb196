"""Tells which `pattern`s the edge can check: those that pydantic's linear-time regex engine takes."""

from __future__ import annotations

from functools import lru_cache

from pydantic_core import SchemaError, SchemaValidator, core_schema


@lru_cache(maxsize=4096)
def is_checkable(pattern: str) -> bool:
    """Whether pydantic compiles the pattern (no look-around, and not beyond a size)."""
    try:
        SchemaValidator(core_schema.str_schema(pattern=pattern))
    except SchemaError:
        return False
    return True
