"""The Authorization line and the subject's grammar (W88, W90 to W92)."""

from __future__ import annotations

import pytest

from proxygen.runtime.errors import EdgeError
from proxygen.runtime.identity.caller import Identity, read_bearer
from proxygen.runtime.operation import IdentityField


def read(*values: bytes) -> str | None:
    return read_bearer([(b"accept", b"*/*"), *((b"authorization", value) for value in values)])


def assert_unauthenticated(error: EdgeError) -> None:
    assert (error.status, error.detail) == (401, "Not authenticated")
    assert error.headers == (("WWW-Authenticate", "Bearer"),)


@pytest.mark.parametrize("scheme", [b"Bearer", b"bearer", b"BEARER", b"bEaReR"])
def test_the_scheme_has_no_case(scheme: bytes) -> None:
    assert read(scheme + b" a.b-c_d~e+f/g==") == "a.b-c_d~e+f/g=="


def test_no_line_is_no_token() -> None:
    assert read() is None


@pytest.mark.parametrize(
    "values",
    [
        [b"Bearer a", b"Bearer b"],
        [b"Bearer a", b"Bearer a"],
        [b"Basic YTpi"],
        [b"Bearer"],
        [b"Bearer "],
        [b"Bearer  a"],
        [b"Bearer a "],
        [b" Bearer a"],
        [b"Bearer a, Bearer b"],
        [b"Bearer a b"],
        [b"Bearer\ta"],
        [b"Bearer a=b"],
        [b"Bearer \xc3\xa5"],
        [b"a.b.c"],
        [b""],
        [b"Bearer " + b"a" * 8193],
    ],
)
def test_anything_but_one_bearer_line_is_401(values: list[bytes]) -> None:
    with pytest.raises(EdgeError) as caught:
        read(*values)
    assert_unauthenticated(caught.value)


def test_the_longest_token_is_read() -> None:
    assert read(b"Bearer " + b"a" * 8192) == "a" * 8192


@pytest.mark.parametrize("subject", ["a", "A.b_c:d|e@f-9", "x" * 128])
def test_a_subject_inside_the_grammar_identifies(subject: str) -> None:
    assert Identity(subject, subject).user_id == subject


@pytest.mark.parametrize(
    "subject",
    ["", " ", "a b", "a\r\nX: y", "a\x00", "a\n", "x" * 129, "å", "\ud800", "a/b", "a%2f", "a,b"],
)
def test_a_subject_outside_the_grammar_is_401(subject: str) -> None:
    for user_id, org_id in ((subject, None), ("alice", subject)):
        with pytest.raises(EdgeError) as caught:
            Identity(user_id, org_id)
        assert_unauthenticated(caught.value)


def test_fields_are_those_of_the_identity() -> None:
    alice = Identity("alice", "school")
    assert alice.field(IdentityField.USER_ID) == "alice"
    assert alice.field(IdentityField.ORG_ID) == "school"
    assert Identity("alice").field(IdentityField.ORG_ID) is None
