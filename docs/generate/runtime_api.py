"""What `proxygen.runtime` exports, with signatures and docstrings."""

from __future__ import annotations

import enum
import inspect
import re
from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel

from proxygen import runtime

FOR_TEAMS: Final = (
    "collect_rarely",
    "create_edge",
    "edge_providers",
    "extend_openapi",
    "log_setup",
    "serve",
    "Identity",
    "BeforeForward",
    "PendingForward",
    "EdgeError",
    "CorrelationContext",
    "EdgeSettings",
    "ServiceSettings",
    "SettingsError",
)
"""What a team's own code may want; the rest is what generated code is made of."""


def for_teams() -> str:
    """A section for each name that a team's own code may import."""
    return "\n".join(map(_section, FOR_TEAMS))


def for_generated_code() -> str:
    """A section for each other name."""
    return "\n".join(_section(name) for name in runtime.__all__ if name not in FOR_TEAMS)


def _section(name: str) -> str:
    value = getattr(runtime, name)
    parts = [f"### `{name}`"]
    if isinstance(value, type):
        if not issubclass(value, (enum.Enum, BaseModel, Exception)):
            parts.append(_python(f"class {name}{_signature(value)}"))
        parts += [_text(value), *_members(value)]
    elif callable(value):
        parts.append(_python(f"def {name}{_signature(value)}"))
        parts.append(_text(value))
    else:
        parts.append(f"`{value!r}`")
    return "\n\n".join(part for part in parts if part) + "\n"


def _members(value: type) -> Iterator[str]:
    if issubclass(value, enum.Enum):
        yield "Values: " + ", ".join(f"`{item.value}`" for item in value) + "."
        return
    for name, member in vars(value).items():
        if name.startswith("_") and name != "__call__":
            continue
        function = (
            member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        )
        if inspect.isfunction(function) and function.__doc__:
            kind = "async def" if inspect.iscoroutinefunction(function) else "def"
            shown = (
                f"{name}: {_returned(function)}"
                if isinstance(member, property)
                else f"{kind} {name}{_signature(function)}"
            )
            yield f"`{shown}`\n: " + _text(function).replace("\n", "\n  ")


def _returned(function: object) -> str:
    return str(inspect.signature(function).return_annotation)  # type: ignore[arg-type]


def _signature(value: object) -> str:
    """As it is written in the source; empty where there is none."""
    try:
        signature = str(inspect.signature(value))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return ""
    unquoted = re.sub(r"'([\w.\[\], |]+)'", r"\1", signature)
    return re.sub(
        r"\b(?:[a-z_]+\.)+(?=[A-Z])|<factory>|<(.+?): .+?>", lambda found: found[1] or "", unquoted
    )


def _python(text: str) -> str:
    """A signature as a block, broken by parameter where it is long."""
    if len(text) > 88 and "(" in text:
        head, _, rest = text.partition("(")
        inside, _, tail = rest.rpartition(")")
        text = head + "(\n    " + ",\n    ".join(_split(inside)) + ",\n)" + tail
    return f"```python\n{text}\n```"


def _split(inside: str) -> list[str]:
    """Parameters, at the commas that stand in no bracket."""
    parts, depth = [""], 0
    for character in inside:
        depth += (character in "[({") - (character in "])}")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def _text(value: object) -> str:
    """Its own docstring; a dataclass without one has its signature there, which says nothing more."""
    return inspect.cleandoc(getattr(value, "__doc__", None) or "")
