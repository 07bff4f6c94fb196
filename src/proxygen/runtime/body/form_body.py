"""A urlencoded form: read whole, judged by its fields, forwarded in the client's own bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import quote

from proxygen.runtime.body.fields import FieldReader
from proxygen.runtime.body.form_styles import StyledFields
from proxygen.runtime.body.limits import BodyLimits
from proxygen.runtime.body.stream import (
    ClientDisconnected,
    Receive,
    too_large,
)
from proxygen.runtime.body.whole import WholeReader
from proxygen.runtime.errors import EdgeError
from proxygen.runtime.headers.names import fold_name
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.operation import Binding, Content, OnClientValue, Operation, Place
from proxygen.runtime.parameters.pairs import decode_pairs, find_bound, without
from proxygen.runtime.parameters.validation import Validator, bound, invalid, missing, report_lines
from proxygen.runtime.target import bound_value

if TYPE_CHECKING:
    from proxygen.runtime.context import RequestContext

T = TypeVar("T")


class FormBody(Generic[T]):
    """A form that met its contract (or was let through, where the operation's validation says so)."""

    __slots__ = ("_bindings", "_raw", "failure", "value")

    def __init__(self, raw: str, value: T, bindings: tuple[Binding, ...]) -> None:
        self.value = value
        self.failure: EdgeError | ClientDisconnected | None = None
        self._raw = raw
        self._bindings = bindings

    def outgoing(
        self, identity: Identity | None
    ) -> tuple[bytes | AsyncIterator[bytes] | None, int | None]:
        """The client's pairs behind the bound ones, and the number of bytes."""
        pairs = [self._raw] if self._raw else []
        for binding in reversed(self._bindings):
            value = bound_value(binding, identity)
            if value is not None:
                pairs.insert(0, f"{quote(binding.name, safe='')}={quote(value, safe='')}")
        content = "&".join(pairs).encode("utf-8")
        return content, len(content)


class FormReader(Generic[T]):
    """Reads the urlencoded bodies of one operation."""

    __slots__ = (
        "_bindings",
        "_bound",
        "_fields",
        "_on_client_value",
        "_required",
        "_styled",
        "_whole",
    )

    def __init__(self, operation: Operation, content: Content, validator: Validator[T]) -> None:
        self._bindings = tuple(b for b in operation.bindings if b.place is Place.FORM)
        self._bound = {fold_name(b.name): b.name for b in self._bindings}
        self._on_client_value = operation.on_client_value
        self._fields = FieldReader(content.parts, validator, operation.validation)
        self._styled = StyledFields(content.parts)
        self._required = operation.body is not None and operation.body.required
        self._whole = WholeReader()

    async def read(
        self, receive: Receive, length: int | None, context: RequestContext, limits: BodyLimits
    ) -> FormBody[T] | None:
        """The body, of this declared length in bytes; raises 400, 408, 413 or 422."""
        if length is not None and length > limits.form_bytes:
            raise too_large()
        content = await self._whole.read(
            receive, max_bytes=limits.form_bytes, seconds=limits.total_seconds
        )
        if not content:
            if self._required or self._bindings:
                raise invalid([missing("body")])
            return None
        return self.parse(content, context.reports)

    def parse(self, content: bytes, reports: list[str]) -> FormBody[T]:
        """The body of these bytes; what is only to be reported is added to `reports`."""
        try:
            raw = content.decode("utf-8")
        except UnicodeDecodeError:
            raise EdgeError(400, "Invalid form body") from None
        found = list(find_bound(raw, frozenset(self._bound))) if self._bound else []
        theirs = [bound("body", self._bound[folded]) for _, _, folded in found]
        fields: dict[str, list[str]] = {}
        for pair in decode_pairs(raw):
            fields.setdefault(pair.name, []).append(pair.value)
        refused = theirs if self._on_client_value is OnClientValue.REJECT else []
        styled = self._styled.take(fields)
        value = self._fields.judge(fields, refused, reports, styled)
        if self._on_client_value is OnClientValue.REPORT:
            reports.extend(report_lines(theirs))
        kept = without(raw, [(start, end) for start, end, _ in found]) if found else raw
        return FormBody(kept, value, self._bindings)
