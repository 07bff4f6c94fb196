"""Where an answer points: a downstream's Location as the edge's client may see it (RFC 9110, 10.2.2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from proxygen.runtime.transport.seam import Origin

_UNSAFE = re.compile(r"[^\x21-\x7e]|\\")
_ABSOLUTE = re.compile(r"(?i)(https?)://([^/?#]*)([^?#]*)(.*)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}


def map_location(
    value: bytes, *, origin: Origin, edge_path: Callable[[str], str | None]
) -> bytes | None:
    """The reference for the client, or None where it must be dropped.

    Absolute to the downstream itself: the edge's path for it, or dropped; to any other host: dropped. A
    reference with an authority but no scheme, or with a byte that browsers read as one: dropped. A path is
    mapped where the edge has one for it; every other relative reference is kept.
    """
    text = value.decode("latin-1")
    if _UNSAFE.search(text) or text.startswith("//"):
        return None
    absolute = _ABSOLUTE.fullmatch(text)
    if absolute is not None:
        scheme, authority, path, rest = absolute.groups()
        if not _is_origin(scheme.lower(), authority.lower(), origin):
            return None
        mapped = edge_path(path or "/")
        if mapped is None or mapped.startswith("//"):
            return None
        return (mapped + rest).encode("ascii")
    if _SCHEME.match(text):
        return None
    if text.startswith("/"):
        cut = re.search(r"[?#]", text)
        end = len(text) if cut is None else cut.start()
        mapped = edge_path(text[:end])
        return value if mapped is None else (mapped + text[end:]).encode("ascii")
    return value


def _is_origin(scheme: str, authority: str, origin: Origin) -> bool:
    default = _DEFAULT_PORTS[scheme]
    if authority.endswith(":" + default):
        authority = authority[: -len(default) - 1]
    return authority == origin.authority.lower()
