"""Names of services: Python identifiers that collide with nothing in the generated package."""

from __future__ import annotations

import keyword
import re
from typing import Final

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")
_UNFIT: Final = re.compile(r"[^a-z0-9]+")
_BOUNDARY: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

RESERVED_NAMES: Final = frozenset(
    {
        *("app", "contracts", "generated", "health", "main", "operations", "providers", "proxygen"),
        *("routers", "settings", "tests", "conftest", "json", "typing", "logging", "asyncio"),
        *("con", "prn", "aux", "nul", "clock", "none", "true", "false"),
        *(f"{device}{number}" for device in ("com", "lpt") for number in range(10)),
    }
)
"""Modules that are written beside services or imported there, and files that Windows cannot have."""


def is_service_name(name: str) -> bool:
    """Whether a service may be called so."""
    return (
        _NAME.fullmatch(name) is not None
        and not keyword.iskeyword(name)
        and name not in RESERVED_NAMES
    )


def service_name(stem: str) -> str:
    """The name of the service that a document's stem gives: `Order API.v2` is `order_api_v2`."""
    words = _UNFIT.sub("_", _BOUNDARY.sub("_", stem).lower()).strip("_")[:54].rstrip("_")
    name = words if words and words[0].isalpha() else f"service_{words}".rstrip("_")
    return name if is_service_name(name) else f"{name}_service"
