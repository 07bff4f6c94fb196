"""What an application is made of is not looked at again by the garbage collector; cycles still are found."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import gc, weakref
from proxygen.runtime import collect_rarely

class Node: ...

collect_rarely()
print(gc.get_freeze_count() > 1000, gc.isenabled())
one = Node()
one.itself = one
known = weakref.ref(one)
del one
made = [[] for _ in range(gc.get_threshold()[0] + 1)]
print(known() is None)
"""


def test_an_application_stays_and_cycles_that_come_later_are_still_found() -> None:
    command = [sys.executable, "-c", _PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    assert done.stdout.split() == ["True", "True", "True"]
