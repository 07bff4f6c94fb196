"""What every answer gets on its way out, whoever has made it."""

from __future__ import annotations

from proxygen.runtime.context import RequestContext
from proxygen.runtime.headers import complete


def context() -> RequestContext:
    return RequestContext.from_headers([(b"x-correlation-id", b"abc")])


def test_the_correlation_id_is_added_where_it_is_missing() -> None:
    assert complete([(b"a", b"1")], context()) == [(b"a", b"1"), (b"x-correlation-id", b"abc")]


def test_a_correlation_id_that_is_there_stays_single() -> None:
    lines = [(b"x-correlation-id", b"abc"), (b"a", b"1")]
    assert complete(lines, context()) == lines


def test_the_edges_own_lines_take_the_place_of_others_of_their_name() -> None:
    noted = context()
    noted.answer_headers.append((b"vary", b"Origin"))
    got = complete([(b"Vary", b"Cookie"), (b"vary", b"Accept"), (b"a", b"1")], noted)
    assert got == [(b"a", b"1"), (b"vary", b"Origin"), (b"x-correlation-id", b"abc")]
