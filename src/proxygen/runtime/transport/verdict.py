"""Judges the head of an answer, whoever has read it: only a sound one is passed on."""

from __future__ import annotations

from typing import Final

from proxygen.runtime.kinds import Kind
from proxygen.runtime.transport.head_names import HeadNames, names_of, value_in
from proxygen.runtime.transport.seam import HeaderList, TransportError

MAX_HEAD: Final = 64 * 1024
"""Bytes of an answer's status line and header fields."""
MAX_FIELDS: Final = 256
"""Header fields of an answer."""
CONTROLS: Final = bytes([*range(9), *range(10, 32), 127])
"""Bytes that no field value has (RFC 9110, 5.5)."""


def judge(status: int, headers: HeaderList) -> HeadNames:
    """What the names say of a head that may be passed on; raises `TransportError` for any other.

    RFC 9110, 5.5, 8.6 and 15; RFC 9112, 6: a status that is one, fields that are fields, framed at most once.
    """
    if not 200 <= status <= 599:
        raise TransportError(Kind.PROTOCOL, "a status that is none")
    names = names_of(headers)
    values = b"".join(map(value_in, headers))
    count = len(headers)
    if count > MAX_FIELDS or names.size + len(values) + 4 * count > MAX_HEAD:
        raise TransportError(Kind.HEADERS_TOO_LARGE, "the head exceeds its limits")
    if not names.sound or len(values.translate(None, CONTROLS)) != len(values):
        raise TransportError(Kind.PROTOCOL, "a field that is none")
    if names.lengths:
        length = headers[names.lengths[0]][1]
        if len(names.lengths) > 1 or not length.isdigit() or len(length) > 18:
            raise TransportError(Kind.PROTOCOL, "a Content-Length that is none, or two")
    if names.codings:
        if len(names.codings) > 1 or headers[names.codings[0]][1].lower() != b"chunked":
            raise TransportError(Kind.PROTOCOL, "a Transfer-Encoding other than one chunked")
        if names.lengths:
            raise TransportError(Kind.PROTOCOL, "framed twice")
    return names
