"""The correlation and request ids of one request, from its headers or new (design: "Correlation")."""

from __future__ import annotations

import hashlib
import random
import re
import struct
from binascii import hexlify
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

if TYPE_CHECKING:
    from proxygen.runtime.transport.seam import HeaderList

NAMESPACE: Final = UUID("6f2d0a52-6a0e-5a0c-9c5e-0d3b6f0f6b11")
"""The uuid5 namespace of canonical ids whose original is no UUID; fixed, so that services agree."""

_IN_NAMESPACE: Final = hashlib.sha1(NAMESPACE.bytes, usedforsecurity=False)
"""Copied for each name: to find an algorithm takes longer than to use it."""
_VARIANTS: Final = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
_VERSION_4: Final = 4 << 76 | 0b10 << 62
_FREE: Final = (1 << 128) - 1 & ~(0xF << 76) & ~(0b11 << 62)
"""The bits of a UUID that are neither version nor variant (RFC 9562, 4)."""
_GROUPS: Final = struct.Struct("8s4s4s4s12s")
_VISIBLE = re.compile(rb"[\x21-\x7e]{1,128}")
_HEX = "[0-9a-fA-F]"
_UUID = re.compile(
    rf"(?:urn:uuid:)?(\{{)?({_HEX}{{8}}-?{_HEX}{{4}}-?{_HEX}{{4}}-?{_HEX}{{4}}-?{_HEX}{{12}})(?(1)\}})"
)


class CorrelationContext(NamedTuple):
    """`original` goes downstream and back to the client; `canonical` is for logs and error bodies, and
    `canonical_text` is how they have it."""

    original: str
    canonical_text: str

    @property
    def canonical(self) -> UUID:
        """The canonical id."""
        return UUID(self.canonical_text)

    @classmethod
    def new(cls) -> CorrelationContext:
        """A context of the edge's own."""
        canonical = _new_id()
        return cls(canonical, canonical)

    @classmethod
    def of(cls, original: str) -> CorrelationContext:
        """The context of a value that already meets the grammar."""
        found = _UUID.fullmatch(original)
        if found is not None:
            return cls(original, _hyphened(found[2].replace("-", "").lower().encode()))
        return cls(original, _derived_id(original))

    @classmethod
    def from_headers(cls, headers: HeaderList) -> tuple[CorrelationContext, str]:
        """The context and the request id; each new unless it came once, as 1 to 128 visible ASCII."""
        correlation: list[bytes] = []
        request: list[bytes] = []
        for name, value in headers:
            length = len(name)
            if length == _CORRELATION_LENGTH:
                if name.lower() == b"x-correlation-id":
                    correlation.append(value)
            elif length == _REQUEST_LENGTH and name.lower() == b"x-request-id":
                request.append(value)
        original = _single(correlation)
        context = cls.new() if original is None else cls.of(original)
        return context, _single(request) or _new_id()


_CORRELATION_LENGTH: Final = len(b"x-correlation-id")
_REQUEST_LENGTH: Final = len(b"x-request-id")


def _single(values: list[bytes]) -> str | None:
    if len(values) == 1 and _VISIBLE.fullmatch(values[0]):
        return values[0].decode("ascii")
    return None


def _new_id() -> str:
    """A random UUID (RFC 9562, 5.4), as text at once: it tells requests apart and is no secret, so the
    generator need not be the system's."""
    number = random.getrandbits(128) & _FREE | _VERSION_4
    return _hyphened(hexlify(number.to_bytes(16)))


def _derived_id(name: str) -> str:
    """The UUID of a name in `NAMESPACE` (RFC 9562, 5.5), as `uuid.uuid5` has it."""
    digest = _IN_NAMESPACE.copy()
    digest.update(name.encode("utf-8"))
    digits = digest.hexdigest()
    return (
        f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-"
        f"{_VARIANTS[digits[16]]}{digits[17:20]}-{digits[20:32]}"
    )


def _hyphened(digits: bytes) -> str:
    return b"-".join(_GROUPS.unpack(digits)).decode("ascii")
