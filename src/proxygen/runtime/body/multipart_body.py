"""A multipart body: forwarded as it streams, with identity first, and never finished unless it is valid."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Final, Generic, TypeVar
from urllib.parse import unquote

from proxygen.runtime.body.fields import FieldReader
from proxygen.runtime.body.limits import BodyLimits
from proxygen.runtime.body.media_type import MediaType, covers, parse_media_type
from proxygen.runtime.body.multipart_framing import (
    Closing,
    Data,
    Event,
    Head,
    MultipartFraming,
    Opening,
    PartHead,
    check_boundary,
    malformed,
)
from proxygen.runtime.body.stream import (
    ClientDisconnected,
    Receive,
    read_chunks,
    too_large,
)
from proxygen.runtime.errors import EdgeError
from proxygen.runtime.headers.names import fold_name
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.operation import (
    Binding,
    Content,
    OnClientValue,
    Operation,
    Part,
    Place,
    Validation,
)
from proxygen.runtime.parameters.pairs import bound_name
from proxygen.runtime.parameters.validation import (
    Problem,
    Validator,
    bound,
    invalid,
    missing,
    problem,
    report_lines,
)
from proxygen.runtime.target import bound_value

if TYPE_CHECKING:
    from proxygen.runtime.context import RequestContext

T = TypeVar("T")

READ_AHEAD_BYTES: Final = 65_536
"""A body declared to be no longer is judged before anything is sent."""


class MultipartBody(Generic[T]):
    """A multipart body on its way; its text parts are judged against T when they have gone by.

    `failure` is set when the stream raised: what the client is to be told, however the transport put it.
    """

    __slots__ = ("_bindings", "_boundary", "_chunks", "_length", "failure")

    def __init__(
        self,
        chunks: AsyncIterator[bytes] | bytes,
        length: int | None,
        boundary: bytes,
        bindings: tuple[Binding, ...],
    ) -> None:
        self._chunks = chunks
        self._length = length
        self._boundary = boundary
        self._bindings = bindings
        self.failure: EdgeError | ClientDisconnected | None = None

    def outgoing(
        self, identity: Identity | None
    ) -> tuple[bytes | AsyncIterator[bytes] | None, int | None]:
        """The bound parts and then the client's, and the number of bytes where it is known."""
        own = b"".join(self._part(binding, identity) for binding in self._bindings)
        if isinstance(self._chunks, bytes):
            content = own + self._chunks
            return content, len(content)
        length = None if self._length is None else self._length + len(own)
        return self._stream(own, self._chunks), length

    def _part(self, binding: Binding, identity: Identity | None) -> bytes:
        value = bound_value(binding, identity)
        if value is None:
            return b""
        disposition = f'Content-Disposition: form-data; name="{binding.name}"'.encode()
        return b"\r\n".join((b"--" + self._boundary, disposition, b"", value.encode(), b""))

    async def _stream(self, own: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        try:
            if own:
                yield own
            async for chunk in chunks:
                yield chunk
        except (EdgeError, ClientDisconnected) as error:
            self.failure = error
            raise


class MultipartReader(Generic[T]):
    """Reads the multipart bodies of one operation."""

    __slots__ = (
        "bindings",
        "bound",
        "fields",
        "on_client_value",
        "parts",
        "required",
        "validation",
    )

    def __init__(self, operation: Operation, content: Content, validator: Validator[T]) -> None:
        self.bindings = tuple(b for b in operation.bindings if b.place is Place.PART)
        for binding in self.bindings:
            if not binding.name.isprintable() or '"' in binding.name or "\\" in binding.name:
                raise ValueError(f"not the name of a part: {binding.name!r}")
        self.bound = {fold_name(b.name): b.name for b in self.bindings}
        self.on_client_value = operation.on_client_value
        self.parts = {part.name: part for part in content.parts}
        self.fields = FieldReader(content.parts, validator, operation.validation)
        self.required = operation.body is not None and operation.body.required
        self.validation = operation.validation

    async def read(
        self,
        receive: Receive,
        length: int | None,
        context: RequestContext,
        limits: BodyLimits,
        media_type: MediaType | None,
    ) -> MultipartBody[T] | None:
        """The body, of this declared length in bytes; raises 400, 408, 413 or 422, now where it is short,
        else while it is being sent."""
        if length == 0:
            if self.required or self.bindings:
                raise invalid([missing("body")])
            return None
        if length is not None and length > limits.upload_bytes:
            raise too_large()
        named = None if media_type is None else media_type.parameter("boundary")
        boundary = check_boundary(named)
        filtering = _Filter(self, boundary, limits.form_bytes, context.reports)
        chunks = filtering.run(read_chunks(receive, limits=limits))
        if length is not None and length <= READ_AHEAD_BYTES:
            content = b"".join([chunk async for chunk in chunks])
            return MultipartBody(content, None, boundary, self.bindings)
        keeps_length = not self.bindings or self.on_client_value is OnClientValue.REJECT
        return MultipartBody(chunks, length if keeps_length else None, boundary, self.bindings)


class _Filter(Generic[T]):
    """One body's passage: lets a part through once its head is judged, the end once all are."""

    __slots__ = (
        "_budget",
        "_dropping",
        "_fields",
        "_framing",
        "_pending",
        "_reader",
        "_reports",
        "_text",
        "_texts",
    )

    def __init__(
        self, reader: MultipartReader[T], boundary: bytes, budget: int, reports: list[str]
    ) -> None:
        self._reader = reader
        self._framing = MultipartFraming(boundary)
        self._budget = budget
        self._reports = reports
        self._fields: dict[str, list[str]] = {}
        self._texts: list[bytes] | None = None
        self._text = ""
        self._pending = b""
        self._dropping = False

    async def run(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The client's bytes, less the parts that are replaced; the closing delimiter only if all is well."""
        closing = b""
        async for chunk in chunks:
            out: list[bytes] = []
            for event in self._framing.feed(chunk):
                if isinstance(event, Closing):
                    closing = self._close(event)
                else:
                    out.append(self._pass(event))
            ready = b"".join(out)
            if ready:
                yield ready
        tail = self._framing.end()
        self._reader.fields.judge(self._fields, [], self._reports)
        yield closing + tail

    def _pass(self, event: Event) -> bytes:
        if isinstance(event, Head):
            self._begin(event.head)
            if self._dropping:
                return b""
            wire, self._pending = self._pending + event.wire, b""
            return wire
        if isinstance(event, Data):
            return b"" if self._dropping else self._keep(event.wire)
        self._finish()
        if isinstance(event, Opening) or not self._dropping:
            self._pending = event.wire
        return b""

    def _close(self, event: Closing) -> bytes:
        self._finish()
        if not self._dropping:
            return event.wire
        # The delimiter before the dropped part has not gone out: it becomes the closing one.
        return self._pending.removesuffix(b"\r\n") + b"--"

    def _begin(self, head: PartHead) -> None:
        reader = self._reader
        folded = bound_name(unquote(head.name), frozenset(reader.bound)) if reader.bound else None
        self._dropping = folded is not None
        self._texts = None
        if folded is not None:
            self._client_value(bound("body", reader.bound[folded]))
            return
        part = reader.parts.get(head.name)
        if part is None:
            return
        if part.content_types and head.content_type is not None:
            self._check_type(part, head.content_type)
        if part.binary:
            self._fields.setdefault(part.name, []).append("")
            return
        self._text, self._texts = part.name, []

    def _client_value(self, found: Problem) -> None:
        if self._reader.on_client_value is OnClientValue.REJECT:
            raise invalid([found])
        if self._reader.on_client_value is OnClientValue.REPORT:
            self._reports.extend(report_lines([found]))

    def _check_type(self, part: Part, text: str) -> None:
        media_type = parse_media_type(text)
        if media_type is not None and covers(part.content_types, media_type.name):
            return
        found = problem("content_type", ("body", part.name), "Unsupported media type of this part")
        if self._reader.validation is Validation.ENFORCE:
            raise invalid([found])
        if self._reader.validation is Validation.REPORT:
            self._reports.extend(report_lines([found]))

    def _keep(self, wire: bytes) -> bytes:
        if self._texts is not None:
            self._budget -= len(wire)
            if self._budget < 0:
                raise too_large()
            self._texts.append(wire)
        return wire

    def _finish(self) -> None:
        if self._texts is None:
            return
        try:
            text = b"".join(self._texts).decode("utf-8")
        except UnicodeDecodeError:
            raise malformed() from None
        self._fields.setdefault(self._text, []).append(text)
        self._texts = None
