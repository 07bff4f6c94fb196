"""What every answer gets on its way out, whoever has made it."""

from __future__ import annotations

import pytest

from proxygen.runtime.context import RequestContext
from proxygen.runtime.headers.writer import complete


def context() -> RequestContext:
    return RequestContext.from_headers([(b"x-correlation-id", b"abc")])


def test_the_correlation_id_is_added_where_it_is_missing() -> None:
    assert complete([(b"a", b"1")], context()) == [(b"a", b"1"), (b"x-correlation-id", b"abc")]


def test_a_correlation_id_that_is_there_stays_single() -> None:
    lines = [(b"x-correlation-id", b"abc"), (b"a", b"1")]
    assert complete(lines, context()) == lines


def test_the_edges_own_lines_take_the_place_of_others_of_their_name() -> None:
    noted = context()
    noted.answer_headers.append((b"x-frame-options", b"DENY"))
    got = complete([(b"X-Frame-Options", b"A"), (b"x-frame-options", b"B"), (b"a", b"1")], noted)
    assert got == [(b"a", b"1"), (b"x-frame-options", b"DENY"), (b"x-correlation-id", b"abc")]


@pytest.mark.parametrize(
    ("theirs", "value"),
    [
        ((), b"Origin"),
        ((b"Accept",), b"Accept, Origin"),
        ((b"Cookie, accept", b"Accept"), b"Cookie, accept, Origin"),
        ((b"origin",), b"origin"),
        ((b"Accept, *",), b"*"),
        ((b",", b" "), b"Origin"),
    ],
    ids=["none", "one", "two lines", "the same", "everything", "empty"],
)
def test_vary_names_what_the_answers_maker_and_the_edge_looked_at(
    theirs: tuple[bytes, ...], value: bytes
) -> None:
    noted = context()
    noted.answer_headers.append((b"vary", b"Origin"))
    once = complete([(b"Vary", line) for line in theirs], noted)
    assert once == [(b"vary", value), (b"x-correlation-id", b"abc")]
    assert sorted(complete(once, noted)) == sorted(once)
