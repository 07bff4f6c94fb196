"""Puts one folder in the place of another so that nobody ever sees half of either.

On Linux `renameat2(RENAME_EXCHANGE)` swaps the two names in one step of the kernel. Where it is missing
(another system, some network file systems) two renames do it, and a process killed between them leaves
the new folder complete under its staging name, from which `recover` finishes.
"""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_UNSUPPORTED = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP})


def exchange(staged: Path, live: Path, aside: Path) -> Path | None:
    """Swap `staged` into the place of `live`; returns where the old tree is now, None if there was none.

    `aside` is a free name for the old tree where the two cannot be swapped in one step.
    """
    if not live.exists():
        staged.rename(live)
        return None
    if _exchanged(staged, live):
        return staged
    live.rename(aside)
    staged.rename(live)
    return aside


def recover(staged: Path, live: Path, aside: Path) -> None:
    """Finish what a process killed between the two renames has begun."""
    if aside.is_dir() and not live.exists():
        (staged if staged.is_dir() else aside).rename(live)


def _exchanged(staged: Path, live: Path) -> bool:
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    result = renameat2(
        _AT_FDCWD, os.fsencode(staged), _AT_FDCWD, os.fsencode(live), _RENAME_EXCHANGE
    )
    if result == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNSUPPORTED:
        return False
    raise OSError(number, os.strerror(number), str(live))
