"""JSON pointers (RFC 6901): how tokens are escaped and joined."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,15}")


def escape(token: str) -> str:
    """One reference token as it stands in a pointer."""
    return token.replace("~", "~0").replace("/", "~1")


def unescape(token: str) -> str:
    """One reference token as the key that it names."""
    return token.replace("~1", "/").replace("~0", "~")


def child(pointer: str, *tokens: str | int) -> str:
    """The pointer of a member below `pointer`."""
    return pointer + "".join(f"/{escape(str(token))}" for token in tokens)


def join(tokens: Iterable[str | int]) -> str:
    """The pointer that these tokens make."""
    return child("", *tokens)


def split(pointer: str) -> tuple[str, ...]:
    """The keys that a pointer names, from the root."""
    if not pointer:
        return ()
    return tuple(unescape(token) for token in pointer.removeprefix("/").split("/"))


def index(token: str, length: int) -> int | None:
    """The number of the item that a token names in an array of this length (RFC 6901, section 4)."""
    number = int(token) if _INDEX.fullmatch(token) else length
    return number if number < length else None
