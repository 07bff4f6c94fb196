"""What the names in a head say, worked out once for each list of names."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple, TypeVar

from proxygen.runtime.transport.seam import HeaderList

TOKEN: Final = b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""Bytes of a method or a field name (RFC 9110, 5.6.2)."""

name_in: Final[Callable[[tuple[bytes, bytes]], bytes]] = itemgetter(0)
value_in: Final[Callable[[tuple[bytes, bytes]], bytes]] = itemgetter(1)

_Read = TypeVar("_Read")
_REMEMBERED: Final = 512
_MOST_LINES: Final = 64
"""A head with more of them is read anew each time, so that what is remembered is small."""


def remembered(
    read: Callable[[tuple[bytes, ...]], _Read], lists: int
) -> Callable[[HeaderList], _Read]:
    """What `read` makes of the names of a head's lines, kept for so many lists of names."""
    known = lru_cache(lists)(read)

    def of(headers: HeaderList) -> _Read:
        names = tuple(map(name_in, headers))
        return known(names) if len(names) <= _MOST_LINES else read(names)

    return of


class HeadNames(NamedTuple):
    """`size` are the bytes of all names; `sound` says whether each is a token.

    `lengths` and `codings` are the places of the lines that frame the body (RFC 9112, 6), `hosts` those of
    Host.
    """

    size: int
    sound: bool
    lengths: tuple[int, ...]
    codings: tuple[int, ...]
    hosts: tuple[int, ...]


def _read(names: tuple[bytes, ...]) -> HeadNames:
    lowered = [name.lower() for name in names]

    def places(wanted: bytes) -> tuple[int, ...]:
        return tuple(at for at, name in enumerate(lowered) if name == wanted)

    joined = b"".join(names)
    return HeadNames(
        size=len(joined),
        sound=all(names) and not joined.translate(None, TOKEN),
        lengths=places(b"content-length"),
        codings=places(b"transfer-encoding"),
        hosts=places(b"host"),
    )


names_of: Final = remembered(_read, _REMEMBERED)
"""Of these lines."""
