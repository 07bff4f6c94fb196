"""A typed JSON body: read whole, judged strictly, forwarded in the client's own bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from proxygen.runtime.body import json_identity
from proxygen.runtime.body.limits import BodyLimits
from proxygen.runtime.body.stream import (
    ClientDisconnected,
    Receive,
    too_large,
)
from proxygen.runtime.body.strict_json import not_json, read_strict
from proxygen.runtime.body.whole import WholeReader
from proxygen.runtime.errors import EdgeError
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.operation import OnClientValue, Operation, Validation
from proxygen.runtime.parameters.validation import (
    Invalid,
    InvalidJsonError,
    Problem,
    Validator,
    invalid,
    missing,
    report_lines,
)

if TYPE_CHECKING:
    from proxygen.runtime.context import RequestContext

T = TypeVar("T")

_NO_PLAN: Final = json_identity.Plan()


class JsonBody(Generic[T]):
    """A JSON body that met its contract (or was let through, where the operation's validation says so)."""

    __slots__ = ("_plan", "_text", "_validator", "_value", "content", "failure")

    def __init__(
        self,
        content: bytes,
        text: str,
        plan: json_identity.Plan,
        validator: Validator[T],
        value: tuple[T, ...],
    ) -> None:
        self.content = content
        """The client's bytes."""
        self.failure: EdgeError | ClientDisconnected | None = None
        self._text = text
        self._plan = plan
        self._validator = validator
        self._value = value

    @property
    def value(self) -> T:
        """The contract's model; where validation did not pass or was off, its fields as they came."""
        if not self._value:
            self._value = (self._validator.unchecked(self.content),)
        return self._value[0]

    def outgoing(
        self, identity: Identity | None
    ) -> tuple[bytes | AsyncIterator[bytes] | None, int | None]:
        """The client's bytes with identity in them, and their number."""
        content = self.content
        if self._plan is not _NO_PLAN:
            content = json_identity.apply(self._plan, self._text, identity).encode("utf-8")
        return content, len(content)


class JsonReader(Generic[T]):
    """Reads the JSON bodies of one operation."""

    __slots__ = ("_bound", "_on_client_value", "_required", "_validation", "_validator", "_whole")

    def __init__(self, operation: Operation, validator: Validator[T]) -> None:
        self._bound = json_identity.parse_bindings(operation.bindings)
        self._on_client_value = operation.on_client_value
        self._validation = operation.validation
        self._validator = validator
        self._required = operation.body is not None and operation.body.required
        self._whole = WholeReader()

    async def read(
        self, receive: Receive, length: int | None, context: RequestContext, limits: BodyLimits
    ) -> JsonBody[T] | None:
        """The body, of this declared length in bytes; raises 400, 408, 413 or 422."""
        if length is not None and length > limits.json_bytes:
            raise too_large()
        content = await self._whole.read(
            receive, max_bytes=limits.json_bytes, seconds=limits.total_seconds
        )
        if not content:
            if self._required or (self._bound is not None and self._bound.refuses_absence):
                raise invalid([missing("body")])
            return None
        return self.parse(content, context.reports)

    def parse(self, content: bytes, reports: list[str]) -> JsonBody[T]:
        """The body of these bytes; what is only to be reported is added to `reports`."""
        text, tree = read_strict(content)
        root, plan = self._bound, _NO_PLAN
        if root is None:
            value = self._validate(content, [], reports)
        else:
            objects = json_identity.objects_of(root, tree)
            theirs = json_identity.client_values(root, objects)
            refused = theirs if self._on_client_value is OnClientValue.REJECT else []
            value = self._validate(content, refused, reports)
            if self._on_client_value is OnClientValue.REPORT:
                reports.extend(report_lines(theirs))
            unplaced = json_identity.absent_parents(root, tree, objects)
            if unplaced:
                raise invalid(unplaced)
            try:
                plan = json_identity.plan(text, objects, clean=not theirs)
            except RecursionError:
                # Read once at the limit, it is beyond it a few calls further down.
                raise not_json() from None
        return JsonBody(content, text, plan, self._validator, value)

    def _validate(
        self, content: bytes, refused: list[Problem], reports: list[str]
    ) -> tuple[T, ...]:
        """The value in a tuple, an empty one where it was not judged or did not pass."""
        problems = list(refused)
        value: tuple[T, ...] = ()
        if self._validation is not Validation.OFF:
            try:
                result = self._validator.read(content, "body")
            except InvalidJsonError:
                raise not_json() from None
            if not isinstance(result, Invalid):
                value = (result,)
            elif self._validation is Validation.ENFORCE:
                problems += result.problems
            else:
                reports.extend(report_lines(result.problems))
        if problems:
            raise invalid(problems)
        return value
