"""HTTP/1.1 on bytes, without I/O: a request's head is written, an answer is read (RFC 9112).

llhttp reads strictly; what it lets through and an edge must not is refused here.
"""

from __future__ import annotations

from collections import deque
from typing import NoReturn

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from proxygen.runtime.kinds import Kind
from proxygen.runtime.transport.head_names import TOKEN, names_of
from proxygen.runtime.transport.seam import HeaderList, Outbound, TransportError
from proxygen.runtime.transport.verdict import CONTROLS, MAX_FIELDS, MAX_HEAD, judge

MAX_SILENCE = 64 * 1024
"""Bytes of chunk extensions or trailers in a row, without a byte of body."""
MAX_INTERIM = 2000
"""1xx answers before the final one."""

_VISIBLE = bytes(range(0x21, 0x7F))
_VERSIONS = frozenset({"1.0", "1.1"})
_BODILESS = frozenset({204, 304})
_COLON = b": "


class WireError(Exception):
    """What came does not fit HTTP/1.1 or our limits."""

    def __init__(self, kind: Kind, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


def encode_head(request: Outbound, authority: bytes) -> bytes:
    """The head of a request, framing included; ValueError where a part could be read as something else."""
    name, target, headers, body, _, length, _ = request
    method = name.encode("ascii")
    if not method or method.translate(None, TOKEN):
        raise ValueError("the method is no token (RFC 9110, 5.6.2)")
    if not target or target.translate(None, _VISIBLE):
        raise ValueError("the target has a blank, a control character or a non-ASCII byte")
    names = names_of(headers)
    if not names.sound or names.hosts or names.lengths or names.codings:
        raise ValueError("a header name is no token, or is the transport's to write")
    if isinstance(body, bytes):
        length = len(body)
    if body is None:
        framing, extra = b"\r\n", 3
    elif length is None:
        framing, extra = b"Transfer-Encoding: chunked\r\n\r\n", 4
    else:
        framing, extra = b"Content-Length: %d\r\n\r\n" % length, 4
    begin = b"%b %b HTTP/1.1\r\nHost: %b" % (method, target, authority)
    head = b"\r\n".join([begin, *map(_COLON.join, headers), framing])
    if len(head) - len(head.translate(None, CONTROLS)) != 2 * (len(headers) + extra):
        raise ValueError("a header value has a control character")
    return head


class Answer:
    """One answer as its bytes come in: `status` is 0 until the final head is there."""

    __slots__ = (
        "_fed",
        "_head_only",
        "_interims",
        "_parser",
        "_refusal",
        "_silence",
        "buffered",
        "complete",
        "headers",
        "pieces",
        "reusable",
        "status",
    )

    def __init__(self, *, head_only: bool) -> None:
        self.status = 0
        self.headers: HeaderList = []
        self.pieces: deque[bytes] = deque()
        """Body bytes that nobody has taken yet."""
        self.buffered = 0
        """Bytes in `pieces`, for a reader that subtracts what it takes."""
        self.complete = False
        self.reusable = False
        """Whether the connection may carry another exchange; meaningful once complete."""
        self._head_only = head_only
        self._fed = 0
        self._silence = 0
        self._interims = 0
        self._refusal: WireError | None = None
        self._parser: HttpResponseParser | None = HttpResponseParser(self)

    @property
    def started(self) -> bool:
        """Whether any byte has come."""
        return self._fed > 0 or self._interims > 0

    def feed(self, data: bytes) -> None:
        """Takes the next bytes; WireError where they are refused, after what came before them was kept."""
        parser, taken = self._parser, self.buffered
        if parser is None:
            self.reusable = False
            return
        begins = not (self._fed or self._interims)
        self._fed += len(data)
        if begins and not (data.startswith(b"HTTP/") or b"HTTP/".startswith(data)):
            raise WireError(Kind.PROTOCOL, "the answer does not begin with a status line")
        try:
            parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            if self.complete:
                self.reusable = False
            elif self._refusal is not None:
                raise self._refusal from None
            else:
                kind = Kind.BODY_TRUNCATED if self.status else Kind.PROTOCOL
                raise WireError(kind, f"the answer is malformed: {error}") from None
        if self.complete:
            if self._head_only and not data.endswith(b"\r\n\r\n"):
                self.reusable = False
            self._parser = None
        elif not self.status:
            if self._fed > MAX_HEAD:
                raise WireError(Kind.HEADERS_TOO_LARGE, "the head exceeds its limit in bytes")
        elif self.buffered > taken:
            self._silence = 0
        else:
            self._silence += len(data)
            if self._silence > MAX_SILENCE:
                raise WireError(Kind.BODY_TRUNCATED, "chunk extensions or trailers without end")

    def end(self) -> None:
        """The downstream has closed its side; WireError where the answer was not complete."""
        self.reusable = False
        self._parser = None
        if self.complete:
            return
        if self.status and self._lasts_to_the_end():
            self.complete = True
        elif self.status:
            raise WireError(Kind.BODY_TRUNCATED, "the connection was closed within the body")
        else:
            raise WireError(Kind.RESET_BEFORE_HEADERS, "the connection was closed before a head")

    def drop(self) -> None:
        """Nothing more will be fed."""
        self._parser = None

    def on_message_begin(self) -> None:
        """A second message after the first is no part of this exchange."""
        if self.complete:
            raise WireError(Kind.PROTOCOL, "bytes after the answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field of the head; those of a trailer are dropped (RFC 9110, 6.5)."""
        if not self.status:
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Judges the head."""
        parser = self._parser
        if parser is None or self.complete:
            return
        status = parser.get_status_code()
        version = parser.get_http_version()
        if version not in _VERSIONS:
            self._refuse(Kind.PROTOCOL, "the version is neither HTTP/1.1 nor HTTP/1.0")
        if 100 <= status < 200:
            self._pass_over(status)
            return
        try:
            names = judge(status, self.headers)
        except TransportError as error:
            self._refuse(error.kind, error.detail)
        if names.codings and version == "1.0":
            self._refuse(Kind.PROTOCOL, "a Transfer-Encoding that is too new for the version")
        self.status = status
        if self._head_only:
            self.complete = True
            self.reusable = version == "1.1" and not _closes(self.headers)

    def on_body(self, body: bytes) -> None:
        """Bytes of the body, without transfer coding."""
        if not self.complete:
            self.pieces.append(body)
            self.buffered += len(body)

    def on_message_complete(self) -> None:
        """The end of an interim or of the final answer."""
        parser = self._parser
        if self.status and parser is not None and not self.complete:
            self.complete = True
            self.reusable = parser.should_keep_alive()

    def _pass_over(self, status: int) -> None:
        """An interim answer: what it says is nobody's."""
        if status == 101:
            self._refuse(Kind.PROTOCOL, "an upgrade nobody asked for")
        headers = self.headers
        if len(headers) > MAX_FIELDS or (self._fed > MAX_HEAD and _size(headers) > MAX_HEAD):
            self._refuse(Kind.HEADERS_TOO_LARGE, "the head exceeds its limits")
        self._interims += 1
        if self._interims > MAX_INTERIM:
            self._refuse(Kind.PROTOCOL, "interim answers without end")
        self.headers = []
        self._fed = 0

    def _lasts_to_the_end(self) -> bool:
        """Whether nothing but the end of the connection ends the body (RFC 9112, 6.3)."""
        names = names_of(self.headers)
        return not (names.codings or names.lengths or self.status in _BODILESS)

    def _refuse(self, kind: Kind, detail: str) -> NoReturn:
        self._refusal = WireError(kind, detail)
        raise self._refusal


def _closes(headers: HeaderList) -> bool:
    """Whether the connection ends with this answer, by its head alone: llhttp takes an answer to HEAD without
    a length for one with a body until the end."""
    tokens = [v.lower().split(b",") for name, v in headers if name.lower() == b"connection"]
    return any(token.strip() == b"close" for line in tokens for token in line)


def _size(headers: HeaderList) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers)
