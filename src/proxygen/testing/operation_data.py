"""What a generated test class says of its operation, and how its tests send requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import httpx
import pytest

from proxygen.runtime import Operation
from proxygen.testing.edge import ORGANISATION, EdgeUnderTest, Sent
from proxygen.testing.examples import RequestExample, ResponseExample
from proxygen.testing.expected import Expected
from proxygen.testing.requests import Call, call_of

MALLORY = "mallory"
NO_EXAMPLE = "no example"
HEAD_LENGTH = "1234"
"""The Content-Length of an answer to HEAD: of a body that does not come. A 204 has none (RFC 9110, 8.6)."""


class OperationData:
    """One typed route; `request` None says that no valid request is known, and why."""

    operation: ClassVar[Operation]
    expected: ClassVar[Expected]
    request: ClassVar[RequestExample | None]
    missing: ClassVar[tuple[str, ...]] = ()
    response: ClassVar[ResponseExample | None] = None
    declared: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "request" in vars(cls) and cls.request is None:
            for name in [name for name in dir(cls) if name.startswith("test_")]:
                setattr(cls, name, None)
            cls.test_has_an_example = _no_example  # type: ignore[attr-defined]

    @property
    def authenticated(self) -> bool:
        """Whether a token is read."""
        return self.expected.auth != "public"

    def call(
        self,
        edge: EdgeUnderTest,
        *,
        org_id: str | None = ORGANISATION,
        scopes: Sequence[str] | None = None,
    ) -> Call:
        """The example as a request of alice's, with a token where the operation reads one."""
        assert self.request is not None
        return call_of(self.expected, self.request, edge, org_id=org_id, scopes=scopes)

    def reply(self) -> httpx.Response:
        """The example of a success, as the downstream sends it."""
        example = self.response or ResponseExample(status=200)
        headers = [*example.headers.items(), ("x-kept", "one"), ("x-kept", "two")]
        content = b""
        if example.body is not None:
            media_type, content = example.body.encode()
            headers.append(("content-type", media_type))
        if self.expected.method == "HEAD" and example.status != 204:
            headers.append(("content-length", HEAD_LENGTH))
        if self.expected.method == "HEAD":
            return httpx.Response(example.status, headers=headers)
        return httpx.Response(example.status, headers=headers, content=content)

    def exchange(
        self, edge: EdgeUnderTest, call: Call, reply: httpx.Response | Exception | None = None
    ) -> httpx.Response:
        """Sends `call` while the downstream answers `reply`, the example's success unless said."""
        edge.answers(self.reply() if reply is None else reply)
        return edge.send(call.method, call.target, call.headers, call.content)

    def only_request(self, edge: EdgeUnderTest) -> Sent:
        """The one request that the downstream received."""
        sent = edge.sent()
        assert len(sent) == 1
        return sent[0]

    def assert_detail(self, edge: EdgeUnderTest, answer: httpx.Response, detail: str) -> None:
        """The edge's own answer, in either format, and nothing else."""
        if self.expected.method == "HEAD":
            assert answer.content == b""
            return
        content = answer.json()
        assert content["detail"] == detail
        if edge.edge.error_format == "detail":
            assert set(content) == {"detail"}


def _no_example(self: OperationData) -> None:
    """Counted as "no example", never as passed."""
    pytest.skip(f"{NO_EXAMPLE}: {', '.join(self.missing)}")
