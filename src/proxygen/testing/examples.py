"""What a generated test knows about an operation: a request that a client may send, and an answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

BOUNDARY = "proxygen-example-boundary"


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonExample:
    """A JSON body, as a client sends it: without bound fields."""

    media_type: str
    value: Any

    def encode(self) -> tuple[str, bytes]:
        """Content-Type and bytes."""
        return self.media_type, json.dumps(self.value).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormExample:
    """A urlencoded body: decoded pairs in order."""

    media_type: str
    fields: Sequence[tuple[str, str]]

    def encode(self) -> tuple[str, bytes]:
        """Content-Type and bytes."""
        return self.media_type, urlencode(self.fields).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartExample:
    """One part of a multipart body; a part with a `filename` is a file."""

    name: str
    content: bytes
    filename: str | None = None
    content_type: str | None = None

    def encode(self) -> bytes:
        """Header lines, an empty line, and the content (RFC 7578, 4.2)."""
        filename = "" if self.filename is None else f'; filename="{self.filename}"'
        lines = [f'Content-Disposition: form-data; name="{self.name}"{filename}']
        if self.content_type is not None:
            lines.append(f"Content-Type: {self.content_type}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.content


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipartExample:
    """A multipart body: its parts in order."""

    media_type: str
    parts: Sequence[PartExample]

    def encode(self) -> tuple[str, bytes]:
        """Content-Type with the boundary, and bytes."""
        delimiter = f"--{BOUNDARY}".encode()
        body = b"".join(delimiter + b"\r\n" + part.encode() + b"\r\n" for part in self.parts)
        return f"{self.media_type}; boundary={BOUNDARY}", body + delimiter + b"--\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawExample:
    """A body that the edge does not read."""

    media_type: str
    content: bytes

    def encode(self) -> tuple[str, bytes]:
        """Content-Type and bytes."""
        return self.media_type, self.content


BodyExample = JsonExample | FormExample | MultipartExample | RawExample


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExample:
    """A request that the edge contract allows.

    `path` has a raw, percent-encoded segment for every variable of the edge's template; `query` is raw,
    without its question mark.
    """

    path: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    body: BodyExample | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseExample:
    """A success of the downstream's; without a `body` where it has none, or none is known."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: JsonExample | RawExample | None = None
