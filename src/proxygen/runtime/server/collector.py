"""Python's garbage collector, told what an edge's requests are like."""

from __future__ import annotations

import gc
from typing import Final

_YOUNG: Final = 20_000
"""Objects that are made before the collector looks at them (700 by default): requests in flight have
thousands, which it would visit again and again, and a request leaves no cycles."""


def collect_rarely() -> None:
    """Called once, when an application is complete: what there is stays, and is never looked at again.

    For the whole process. Cycles are still found, later; without this each search looks at every object of
    the application too, which takes longer than all that one request does.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG)
