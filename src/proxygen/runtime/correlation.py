"""The correlation and request ids of one request, from its headers or new (design: "Correlation")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4, uuid5

NAMESPACE: Final = UUID("6f2d0a52-6a0e-5a0c-9c5e-0d3b6f0f6b11")
"""The uuid5 namespace of canonical ids whose original is no UUID; fixed, so that services agree."""

_VISIBLE = re.compile(rb"[\x21-\x7e]{1,128}")
_HEX = "[0-9a-fA-F]"
_UUID = re.compile(
    rf"(?:urn:uuid:)?(\{{)?({_HEX}{{8}}-?{_HEX}{{4}}-?{_HEX}{{4}}-?{_HEX}{{4}}-?{_HEX}{{12}})(?(1)\}})"
)


@dataclass(frozen=True, slots=True)
class CorrelationContext:
    """`original` goes downstream and back to the client; `canonical` is for logs and error bodies."""

    original: str
    canonical: UUID

    @classmethod
    def new(cls) -> CorrelationContext:
        """A context of the edge's own."""
        canonical = uuid4()
        return cls(str(canonical), canonical)

    @classmethod
    def of(cls, original: str) -> CorrelationContext:
        """The context of a value that already meets the grammar."""
        found = _UUID.fullmatch(original)
        if found is not None:
            return cls(original, UUID(found[2]))
        return cls(original, uuid5(NAMESPACE, original))

    @classmethod
    def from_headers(cls, headers: Iterable[tuple[bytes, bytes]]) -> tuple[CorrelationContext, str]:
        """The context and the request id; each new unless it came once, as 1 to 128 visible ASCII."""
        correlation: list[bytes] = []
        request: list[bytes] = []
        for name, value in headers:
            if len(name) == _CORRELATION_LENGTH and name.lower() == b"x-correlation-id":
                correlation.append(value)
            elif len(name) == _REQUEST_LENGTH and name.lower() == b"x-request-id":
                request.append(value)
        original = _single(correlation)
        context = cls.new() if original is None else cls.of(original)
        return context, _single(request) or str(uuid4())


_CORRELATION_LENGTH: Final = len(b"x-correlation-id")
_REQUEST_LENGTH: Final = len(b"x-request-id")


def _single(values: list[bytes]) -> str | None:
    if len(values) == 1 and _VISIBLE.fullmatch(values[0]):
        return values[0].decode("ascii")
    return None
