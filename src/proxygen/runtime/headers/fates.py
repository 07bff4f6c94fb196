"""What becomes of each line of a head, by its name alone: worked out once for each list of names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Final

from proxygen.runtime.transport.head_names import remembered
from proxygen.runtime.transport.seam import HeaderList

_REMEMBERED_NAMES: Final = 1024
_REMEMBERED_LISTS: Final = 64


class Fate(Enum):
    """What becomes of a line: READ is Connection, which names others; PICKED is a Cookie of which some pairs
    are declared; MAPPED says where something is."""

    KEPT = auto()
    DROPPED = auto()
    READ = auto()
    PICKED = auto()
    MAPPED = auto()


_GO_ON: Final = frozenset({Fate.KEPT, Fate.MAPPED})


@dataclass(frozen=True, slots=True)
class Fates:
    """Of the lines of one head.

    `goes_on` says it of each, `names` are those of the lines that do, in lower case. `read` and `picked` are
    the places of lines whose values tell more; `maps` says whether a line is mapped, `traced` whether one of
    those that go on may be of a trace. `hosts` are the places of lines of Host, as ASGI writes it.
    """

    goes_on: tuple[bool, ...]
    names: tuple[bytes, ...]
    read: tuple[int, ...]
    picked: tuple[int, ...]
    maps: bool
    traced: bool
    hosts: tuple[int, ...]


def fates_by(fate_of: Callable[[bytes], Fate]) -> Callable[[HeaderList], Fates]:
    """The fates of a head's lines, by the rule for one name."""
    by_name = lru_cache(_REMEMBERED_NAMES)(fate_of)

    def read(names: tuple[bytes, ...]) -> Fates:
        fates = [by_name(name) for name in names]
        going = [name.lower() for name, fate in zip(names, fates, strict=True) if fate in _GO_ON]
        return Fates(
            goes_on=tuple(fate in _GO_ON for fate in fates),
            names=tuple(going),
            read=tuple(at for at, fate in enumerate(fates) if fate is Fate.READ),
            picked=tuple(at for at, fate in enumerate(fates) if fate is Fate.PICKED),
            maps=Fate.MAPPED in fates,
            traced=any(b"trace" in name for name in going),
            hosts=tuple(at for at, name in enumerate(names) if name == b"host"),
        )

    return remembered(read, _REMEMBERED_LISTS)
