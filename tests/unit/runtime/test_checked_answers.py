"""What is refused of an answer after any transport, also one of a team's that accepts everything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from proxygen.runtime.kinds import Kind
from proxygen.runtime.transport.checked import CheckedTransport, checked
from proxygen.runtime.transport.fast import FastTransport
from proxygen.runtime.transport.seam import (
    HeaderList,
    Inbound,
    Limits,
    Origin,
    Outbound,
    TransportError,
)
from proxygen.runtime.transport.verdict import MAX_FIELDS, MAX_HEAD

LIMITS = Limits(connect=1.0, pool=1.0, write=1.0, read=1.0, idle=1.0)


@dataclass(slots=True)
class Lenient:
    """A transport that passes on whatever it is told, and the answer itself."""

    status: int = 200
    headers: HeaderList = field(default_factory=list)
    pieces: tuple[bytes, ...] = (b"abc", b"def")
    at_hand: bool = True
    closed: int = 0

    async def send(self, request: Outbound) -> Inbound:
        return self

    async def chunks(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece

    async def aclose(self) -> None:
        self.closed += 1


def asked(method: str = "GET") -> Outbound:
    return Outbound(method=method, target=b"/", headers=[], body=None, limits=LIMITS)


HEADS: dict[str, tuple[int, HeaderList, Kind]] = {
    "status 99": (99, [], Kind.PROTOCOL),
    "status 100": (100, [], Kind.PROTOCOL),
    "status 101": (101, [], Kind.PROTOCOL),
    "status 199": (199, [], Kind.PROTOCOL),
    "status 600": (600, [], Kind.PROTOCOL),
    "status 999": (999, [], Kind.PROTOCOL),
    "two lengths": (200, [(b"Content-Length", b"6")] * 2, Kind.PROTOCOL),
    "length and coding": (
        200,
        [(b"content-length", b"6"), (b"Transfer-Encoding", b"chunked")],
        Kind.PROTOCOL,
    ),
    "coding and length": (
        200,
        [(b"Transfer-Encoding", b"chunked"), (b"content-length", b"6")],
        Kind.PROTOCOL,
    ),
    "coding twice": (200, [(b"Transfer-Encoding", b"chunked")] * 2, Kind.PROTOCOL),
    **{
        f"coding {value!r}": (200, [(b"Transfer-Encoding", value)], Kind.PROTOCOL)
        for value in (b"gzip", b"gzip, chunked", b"chunked, chunked", b"identity", b"")
    },
    **{
        f"length {value!r}": (200, [(b"Content-Length", value)], Kind.PROTOCOL)
        for value in (b"", b"-1", b"+1", b"1x", b"0x1", b"1, 1", b"1 1", b"9" * 19)
    },
    **{
        f"value {value!r}": (200, [(b"X-A", b"1"), (b"X-B", value)], Kind.PROTOCOL)
        for value in (b"a\0", b"a\r", b"a\n", b"a\r\nX-User-ID: m", b"\x1b", b"\x7f")
    },
    **{
        f"name {name!r}": (200, [(b"X-A", b"1"), (name, b"1")], Kind.PROTOCOL)
        for name in (b"", b"X A", b"X-A:", b"X\nB", b"X\r", b"\xe5", b"X\0", b"X(", b"\n")
    },
    "as many fields": (200, [(b"X", b"1")] * (MAX_FIELDS + 1), Kind.HEADERS_TOO_LARGE),
    "as many bytes": (200, [(b"X", b"1" * (MAX_HEAD - 3))], Kind.HEADERS_TOO_LARGE),
}


@pytest.mark.parametrize(("status", "headers", "kind"), HEADS.values(), ids=HEADS)
async def test_a_head_that_no_answer_may_have_is_refused_and_freed(
    status: int, headers: HeaderList, kind: Kind
) -> None:
    lenient = Lenient(status, headers)
    with pytest.raises(TransportError) as raised:
        await CheckedTransport(lenient).send(asked())
    assert (raised.value.kind, raised.value.sent) == (kind, True)
    assert lenient.closed == 1


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (200, []),
        (599, [(b"Content-Length", b"0")]),
        (200, [(b"TRANSFER-ENCODING", b"Chunked")]),
        (200, [(b"X", b""), (b"X-\xc3"[:1], b"\xe5\xff\t ")]),
        (200, [(b"X", b"1")] * MAX_FIELDS),
        (200, [(b"X", b"1" * (MAX_HEAD - 5))]),
    ],
    ids=["none", "length", "coding", "odd values", "many fields", "many bytes"],
)
async def test_any_other_passes_as_it_is(status: int, headers: HeaderList) -> None:
    lenient = Lenient(status, headers)
    assert await CheckedTransport(lenient).send(asked()) is lenient
    assert lenient.closed == 0


@pytest.mark.parametrize(
    ("limit", "expected"), [(6, b"abcdef"), (5, b"abcde"), (3, b"abc"), (1, b"a")]
)
async def test_a_body_is_cut_at_its_limit(limit: int, expected: bytes) -> None:
    inbound = await CheckedTransport(Lenient(), response_body=limit).send(asked())
    got = b""
    kind = None
    try:
        async for chunk in inbound.chunks():
            got += chunk
    except TransportError as error:
        kind = error.kind
    assert got == expected
    assert kind is (None if limit == 6 else Kind.BODY_TOO_LARGE)


async def test_a_length_beyond_the_limit_is_refused_before_the_head() -> None:
    lenient = Lenient(headers=[(b"Content-Length", b"6")])
    assert (await CheckedTransport(lenient, response_body=6).send(asked())).status == 200
    with pytest.raises(TransportError) as raised:
        await CheckedTransport(lenient, response_body=5).send(asked())
    assert raised.value.kind is Kind.BODY_TOO_LARGE
    assert lenient.closed == 1


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 304), ("GET", 204)])
async def test_a_length_without_a_body_is_no_length(method: str, status: int) -> None:
    lenient = Lenient(status, [(b"Content-Length", b"6")])
    checked = CheckedTransport(lenient, response_body=5)
    assert await checked.send(asked(method)) is lenient


def test_only_the_edges_own_transport_goes_without_a_second_check() -> None:
    class Derived(FastTransport):
        """Of a team, which may do anything in `send`."""

    origin = Origin("http", "127.0.0.1", 1)
    own = FastTransport(origin)
    assert checked(own) is own
    for other in (Lenient(), Derived(origin)):
        assert isinstance(checked(other), CheckedTransport)
    assert isinstance(checked(own, response_body=5), CheckedTransport)
