"""Remembers which modules were found to be what their views say, so that each text is judged but once.

A verdict is kept under a hash of all that it rests on: the module's place, its text as it was just rendered,
and the skeleton. Nothing of what is written comes from there.
"""

from __future__ import annotations

from proxygen.cache import Cache, key_of
from proxygen.generator import generator_digest
from proxygen.render.skeleton import Skeleton, check_skeleton, parse

_KIND = "modules"


def judge(path: str, text: str, skeleton: Skeleton | None, *, cache: Cache) -> None:
    """Raise unless this is Python and, with a `skeleton`, has that one; asked again only of a new text."""
    outline = ("",) if skeleton is None else (*skeleton.outline, "", *sorted(skeleton.calls))
    key = key_of([generator_digest(), path, text, *outline])
    if cache.get(_KIND, key) == key.encode():
        return
    if skeleton is None:
        parse(path, text)
    else:
        check_skeleton(path, text, skeleton)
    cache.put(_KIND, key, key.encode())
