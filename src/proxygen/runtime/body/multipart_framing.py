"""The framing of a multipart body, in the one form that every reader reads alike (RFC 2046, 5.1.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from proxygen.runtime.errors import EdgeError

MAX_PART_HEADER_BYTES: Final = 8192
MAX_PARTS: Final = 1000

_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=?]{1,70}")
"""RFC 2046 also has the blank, which readers trim or not."""

_HEADER = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\x20-\x7e\x80-\xff\t]*)")
_DISPOSITION = re.compile(
    r'form-data((?:;[ ]?[A-Za-z]+\*?=(?:"(?:[^"\\\x00-\x1f\x7f]|\\(?!"))*"|[^\x00-\x20\x7f";\\]+))+)',
    re.IGNORECASE,
)
_PARAMETER = re.compile(r';[ ]?([A-Za-z]+\*?)=(?:"([^"]*)"|([^\x00-\x20\x7f";\\]+))')
_NAME_WITHIN = re.compile(r"[^;]*;[ \t]*(?:file)?name[ \t]*\*?[ \t]*=", re.IGNORECASE)
"""In a quoted value: a parameter of its own to readers that split at every semicolon."""
_TRANSFER_ENCODINGS: Final = (b"7bit", b"8bit", b"binary")
_NESTED: Final = (b"multipart/", b"message/")


def malformed() -> EdgeError:
    """400."""
    return EdgeError(400, "Invalid multipart body")


def check_boundary(boundary: str | None) -> bytes:
    """The boundary's bytes; 400 where there is none or readers may not agree on it."""
    if boundary is None or not _BOUNDARY.fullmatch(boundary):
        raise malformed()
    return boundary.encode("ascii")


@dataclass(frozen=True, slots=True)
class PartHead:
    """A part's own header block: its field name as sent, whether it is a file, its media type or None."""

    name: str
    is_file: bool
    content_type: str | None


def parse_head(block: bytes) -> PartHead:
    """Read a part's header lines; 400 for all that two parsers could read in two ways."""
    lines: dict[bytes, bytes] = {}
    for line in block.split(b"\r\n"):
        found = _HEADER.fullmatch(line)
        if found is None or found[1].lower() in lines:
            raise malformed()
        lines[found[1].lower()] = found[2].rstrip(b" \t")
    if lines.get(b"content-transfer-encoding", b"binary").lower() not in _TRANSFER_ENCODINGS:
        raise malformed()
    try:
        disposition = lines[b"content-disposition"].decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        raise malformed() from None
    media = lines.get(b"content-type")
    if media is not None and media.lower().startswith(_NESTED):
        raise malformed()
    return _with_disposition(disposition, None if media is None else media.decode("latin-1"))


def _with_disposition(disposition: str, content_type: str | None) -> PartHead:
    whole = _DISPOSITION.fullmatch(disposition)
    if whole is None:
        raise malformed()
    parameters: dict[str, str] = {}
    for key, quoted, token in _PARAMETER.findall(whole[1]):
        if key.lower() in parameters or _NAME_WITHIN.search(quoted):
            raise malformed()
        parameters[key.lower()] = quoted or token
    name = parameters.get("name")
    if not name or "\\" in name or not parameters.keys() <= {"name", "filename", "filename*"}:
        raise malformed()
    is_file = "filename" in parameters or "filename*" in parameters
    return PartHead(name, is_file, content_type)


@dataclass(frozen=True, slots=True)
class Opening:
    """The first delimiter; `wire` are its bytes."""

    wire: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """A part begins; `wire` is its header block with the blank line."""

    wire: bytes
    head: PartHead


@dataclass(frozen=True, slots=True)
class Data:
    """Some bytes of the current part's content."""

    wire: bytes


@dataclass(frozen=True, slots=True)
class Delimiter:
    """The current part has ended and another begins; `wire` are the delimiter's bytes."""

    wire: bytes


@dataclass(frozen=True, slots=True)
class Closing:
    """The last part has ended; `wire` are the closing delimiter's bytes."""

    wire: bytes


Event = Opening | Head | Data | Delimiter | Closing


class MultipartFraming:
    """Cuts a body into parts as it arrives: no preamble, no padding, no epilogue but one CRLF.

    Two dashes and the boundary are a delimiter behind CRLF, and nowhere else: some readers take LF or CR for
    a line end, and would find parts where others see content. Every byte fed comes out in exactly one event,
    or of `end`, in order.
    """

    __slots__ = ("_buffer", "_delimiter", "_next", "_parts")

    def __init__(self, boundary: bytes) -> None:
        self._delimiter = b"\r\n--" + boundary
        self._buffer = b""
        self._parts = 0
        self._next: Callable[[], Event | None] = self._opening

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """The events that are complete with these bytes."""
        self._buffer += chunk
        while (event := self._next()) is not None:
            yield event

    def end(self) -> bytes:
        """The bytes behind the closing delimiter; 400 where it has not come or they are not one CRLF."""
        if self._next != self._epilogue or self._buffer not in (b"", b"\r\n"):
            raise malformed()
        return self._buffer

    def _take(self, length: int) -> bytes:
        wire, self._buffer = self._buffer[:length], self._buffer[length:]
        return wire

    def _opening(self) -> Event | None:
        first = self._delimiter[2:]
        if len(self._buffer) < len(first) + 2:
            return None
        if not self._buffer.startswith(first):
            raise malformed()
        return self._after_delimiter(len(first), first=True)

    def _after_delimiter(self, length: int, *, first: bool = False) -> Event:
        ending = self._buffer[length : length + 2]
        wire = self._take(length + 2)
        if ending == b"--":
            self._next = self._epilogue
            return Closing(wire)
        if ending != b"\r\n":
            raise malformed()
        self._next = self._head
        return Opening(wire) if first else Delimiter(wire)

    def _head(self) -> Event | None:
        cut = self._buffer.find(b"\r\n\r\n", 0, MAX_PART_HEADER_BYTES)
        if cut < 0:
            if len(self._buffer) >= MAX_PART_HEADER_BYTES:
                raise malformed()
            return None
        self._parts += 1
        if self._parts > MAX_PARTS or self._buffer.find(self._delimiter[2:], 0, cut) >= 0:
            raise malformed()
        head = parse_head(self._buffer[:cut])
        self._next = self._data
        return Head(self._take(cut + 4), head)

    def _data(self) -> Event | None:
        delimiter = self._delimiter
        cut = self._buffer.find(delimiter[2:]) - 2
        if cut < -2:
            ready = len(self._buffer) - len(delimiter) + 1
            return Data(self._take(ready)) if ready > 0 else None
        if not self._buffer.startswith(b"\r\n", max(cut, 0)):
            raise malformed()
        if cut > 0:
            return Data(self._take(cut))
        if len(self._buffer) < len(delimiter) + 2:
            return None
        return self._after_delimiter(len(delimiter))

    def _epilogue(self) -> Event | None:
        if len(self._buffer) > 2:
            raise malformed()
        return None
