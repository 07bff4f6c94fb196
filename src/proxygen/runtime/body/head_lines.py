"""Which lines of a request's head speak of its body, worked out once for each list of names."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from proxygen.runtime.transport.head_names import name_in
from proxygen.runtime.transport.seam import HeaderList

_REMEMBERED: Final = 512
_MOST_LINES: Final = 64
"""A head with more of them is read anew each time, so that what is remembered is small."""


class BodyLines(NamedTuple):
    """The places of the lines of each name, in their order."""

    lengths: tuple[int, ...]
    transfers: tuple[int, ...]
    types: tuple[int, ...]
    codings: tuple[int, ...]


def body_lines(headers: HeaderList) -> BodyLines:
    """Of an ASGI scope's headers, whatever the case of their names."""
    names = tuple(map(name_in, headers))
    return _remembered(names) if len(names) <= _MOST_LINES else _read(names)


def _read(names: tuple[bytes, ...]) -> BodyLines:
    lowered = [name.lower() for name in names]

    def places(wanted: bytes) -> tuple[int, ...]:
        return tuple(at for at, name in enumerate(lowered) if name == wanted)

    return BodyLines(
        lengths=places(b"content-length"),
        transfers=places(b"transfer-encoding"),
        types=places(b"content-type"),
        codings=places(b"content-encoding"),
    )


_remembered = lru_cache(_REMEMBERED)(_read)
