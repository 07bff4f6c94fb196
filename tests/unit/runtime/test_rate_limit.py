"""Who shares a bucket, and what the fields of the limit look like."""

from __future__ import annotations

import pytest

from proxygen.runtime.context import RequestContext
from proxygen.runtime.errors import EdgeError
from proxygen.runtime.hooks.order import Hooks
from proxygen.runtime.hooks.rate_limit import OperationRateLimit
from proxygen.runtime.hooks.token_bucket import TokenBuckets
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.operation import Operation, Passthrough, RateLimit

ONCE = RateLimit(rate=0.001, burst=1)


def operation(operation_id: str = "o", *, limit: RateLimit | None = None) -> Operation:
    return Operation(
        service="s",
        operation_id=operation_id,
        method="GET",
        edge_path="/o",
        downstream_path="/o",
        rate_limit=limit,
    )


def share(first: tuple[str | None, str | None], second: tuple[str | None, str | None]) -> bool:
    """Whether the first (user, address) leaves nothing for the second."""
    limit = OperationRateLimit(operation(), ONCE, TokenBuckets(10, lambda: 0.0))
    callers = [
        (None if user is None else Identity(user), address) for user, address in (first, second)
    ]
    limit.take(*callers[0])
    try:
        limit.take(*callers[1])
    except EdgeError:
        return True
    return False


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2", True),
        ("testclient", "192.0.2.1", False),
        ("", None, True),
        (None, None, True),
    ],
)
def test_an_address_is_the_part_that_its_holder_cannot_choose(
    one: str | None, other: str | None, shared: bool
) -> None:
    assert share((None, one), (None, other)) is shared


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (("alice", "192.0.2.1"), ("alice", "192.0.2.2"), True),
        (("alice", "192.0.2.1"), ("bob", "192.0.2.1"), False),
        (("192.0.2.1", "192.0.2.1"), (None, "192.0.2.1"), False),
    ],
    ids=["a user anywhere", "two users at one address", "a user named as an address"],
)
def test_a_user_is_no_address(
    one: tuple[str, str], other: tuple[str | None, str], shared: bool
) -> None:
    assert share(one, other) is shared


@pytest.mark.parametrize(
    ("limit", "policy"),
    [
        (RateLimit(rate=10.0, burst=20), "q=20;w=2"),
        (RateLimit(rate=3.0, burst=10), "q=10;w=4"),
        (RateLimit(rate=100.0, burst=1), "q=1;w=1"),
        (RateLimit(rate=0.01, burst=1), "q=1;w=100"),
    ],
)
def test_the_window_is_the_whole_seconds_in_which_an_empty_bucket_fills(
    limit: RateLimit, policy: str
) -> None:
    lines = OperationRateLimit(operation(), limit, TokenBuckets(1)).take(None, "192.0.2.1")
    assert dict(lines)["RateLimit-Policy"] == f'"s.o";{policy}'


@pytest.mark.parametrize(
    ("operation_id", "name"),
    [
        ('a"b\\c', r'"s.a\"b\\c"'),
        ("GET /ä\r\nx", '"s.GET /___x"'),
    ],
)
def test_a_documents_name_is_a_string_of_structured_fields(operation_id: str, name: str) -> None:
    limit = OperationRateLimit(operation(operation_id), ONCE, TokenBuckets(1))
    lines = limit.take(None, "192.0.2.1")
    assert [value.partition(";q=")[0].partition(";r=")[0] for _, value in lines] == [name] * 2


def test_names_that_are_shown_alike_are_two_operations() -> None:
    buckets = TokenBuckets(10)
    for operation_id in ("ä", "ö"):
        OperationRateLimit(operation(operation_id), ONCE, buckets).take(None, "192.0.2.1")


@pytest.mark.parametrize("of_settings", [None, RateLimit(rate=1.0, burst=9)])
@pytest.mark.parametrize("own", [None, RateLimit(rate=1.0, burst=5)])
async def test_an_operations_own_limit_goes_before_that_of_the_settings(
    own: RateLimit | None, of_settings: RateLimit | None
) -> None:
    hooks = Hooks(of_team=(), rate_limit=of_settings, buckets=TokenBuckets(1))
    expected = own or of_settings
    for routed in (operation(limit=own), Passthrough(service="s", prefix="/s", rate_limit=own)):
        found = hooks.before(routed, trusted_hops=0, seconds=1.0)
        assert (found is None) is (expected is None)
        if found is not None and expected is not None:
            context = RequestContext.from_headers([])
            await found({"method": "GET", "headers": [], "client": None}, None, context)
            policy = dict(context.answer_headers)[b"ratelimit-policy"].decode()
            assert f";q={expected.burst};" in policy
