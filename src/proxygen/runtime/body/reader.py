"""Which kind of body a request has, by its Content-Type and its operation; and the reading of it."""

from __future__ import annotations

import types
from collections.abc import AsyncIterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Protocol, Union, get_args, get_origin

from proxygen.runtime.body.form_body import FormBody, FormReader
from proxygen.runtime.body.head_lines import body_lines
from proxygen.runtime.body.json_body import JsonBody, JsonReader
from proxygen.runtime.body.limits import BodyLimits
from proxygen.runtime.body.media_type import (
    MediaType,
    choose,
    content_type,
    is_encoded,
    parse_media_type,
    require_utf_8,
    unsupported,
)
from proxygen.runtime.body.multipart_body import MultipartBody, MultipartReader
from proxygen.runtime.body.raw_body import RawBody, read_raw
from proxygen.runtime.body.stream import ClientDisconnected, Receive, Scope, declared_length
from proxygen.runtime.errors import EdgeError
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.operation import AbsentParent, BodyKind, Content, Operation, Place
from proxygen.runtime.parameters.validation import Validator, invalid, missing

if TYPE_CHECKING:
    from proxygen.runtime.context import RequestContext

_KINDS = {
    Place.BODY: BodyKind.JSON,
    Place.FORM: BodyKind.FORM,
    Place.PART: BodyKind.MULTIPART,
}
_REMEMBERED_TYPES: Final = 64
_CLASSES = {BodyKind.JSON: JsonBody, BodyKind.FORM: FormBody, BodyKind.MULTIPART: MultipartBody}


class Outgoing(Protocol):
    """A request body that has been judged, or judges itself while it is sent."""

    failure: EdgeError | ClientDisconnected | None
    """Why the stream raised, once it has."""

    def outgoing(
        self, identity: Identity | None
    ) -> tuple[bytes | AsyncIterator[bytes] | None, int | None]:
        """What to send, with identity in it, and its length in bytes where it is known."""
        ...


ReadBody = JsonBody[Any] | FormBody[Any] | MultipartBody[Any] | RawBody
_Reader = JsonReader[Any] | FormReader[Any] | MultipartReader[Any] | None


class BodyReader:
    """Reads the bodies of one operation into the classes of its handler's annotation.

    The annotation's arms are those of the operation's contents, in order, kind by kind; contents of a kind
    share an arm where there is only one (equal arms of a union are one). Where identity is bound into the
    body, a content that would carry none is 415: its client would speak for itself.
    """

    __slots__ = (
        "_bound_kinds",
        "_carries_identity",
        "_contents",
        "_of_type",
        "_readers",
        "_required",
    )

    def __init__(self, operation: Operation, hint: Any) -> None:
        if operation.body is None:
            raise ValueError(f"{operation.service}.{operation.operation_id} takes no body")
        self._contents = operation.body.content
        self._required = operation.body.required
        self._bound_kinds = {_KINDS[b.place] for b in operation.bindings if b.place in _KINDS}
        self._carries_identity = any(
            b.place in _KINDS and b.absent_parent is AbsentParent.REFUSE for b in operation.bindings
        )
        self._of_type = lru_cache(_REMEMBERED_TYPES)(self._choose)
        arms = [arm for arm in _arms(hint) if arm is not type(None)]
        self._readers: list[_Reader] = [None] * len(self._contents)
        for kind, body_class in _CLASSES.items():
            indices = [i for i, c in enumerate(self._contents) if c.kind is kind]
            models = [get_args(arm)[0] for arm in arms if get_origin(arm) is body_class]
            if len(models) == 1 and indices:
                models *= len(indices)
            if len(models) != len(indices):
                raise TypeError(
                    f"{operation.service}.{operation.operation_id}: {len(indices)} contents of kind "
                    f"{kind}, but {len(models)} {body_class.__name__} arms in the annotation of `body`"
                )
            for index, model in zip(indices, models, strict=True):
                self._readers[index] = _reader(operation, self._contents[index], Validator(model))

    async def read(
        self, scope: Scope, receive: Receive, context: RequestContext, limits: BodyLimits
    ) -> ReadBody | None:
        """The request's body, None where it may be and is absent; raises 400, 408, 413, 415 or 422."""
        headers = scope["headers"]
        lines = body_lines(headers)
        value = content_type(headers, lines)
        if value is None and declared_length(scope, lines) == 0:
            return self._absent(scope, receive, limits)
        reader, media_type = self._of_type(value)
        if reader is None:
            body = read_raw(scope, receive, limits)
            if body is None and self._required:
                raise invalid([missing("body")])
            return body
        if lines.codings and is_encoded(headers, lines):
            raise unsupported()
        length = declared_length(scope, lines)
        if isinstance(reader, MultipartReader):
            return await reader.read(receive, length, context, limits, media_type)
        return await reader.read(receive, length, context, limits)

    def _choose(self, content_type: bytes | None) -> tuple[_Reader, MediaType | None]:
        """The reader for bodies with this Content-Type, None for one that is not read; 415 where there is
        none, or it reads text and this is in another charset."""
        media_type = None
        if content_type is not None:
            media_type = parse_media_type(content_type.decode("latin-1"))
            if media_type is None:
                raise unsupported()
        index = choose(self._contents, media_type)
        if self._bound_kinds and self._contents[index].kind not in self._bound_kinds:
            raise unsupported()
        reader = self._readers[index]
        if reader is not None:
            require_utf_8(media_type)
        return reader, media_type

    def _absent(self, scope: Scope, receive: Receive, limits: BodyLimits) -> ReadBody | None:
        if self._required or self._carries_identity:
            raise invalid([missing("body")])
        only_raw = all(content.kind is BodyKind.RAW for content in self._contents)
        return read_raw(scope, receive, limits) if only_raw else None


def _arms(hint: Any) -> Sequence[Any]:
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


def _reader(operation: Operation, content: Content, validator: Validator[Any]) -> _Reader:
    if content.kind is BodyKind.JSON:
        return JsonReader(operation, validator)
    if content.kind is BodyKind.FORM:
        return FormReader(operation, content, validator)
    return MultipartReader(operation, content, validator)
