"""The published tables of header names: what is in them is promised, so each change is made twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxygen.runtime.headers import names as header_names

OWNED = """
x-org-id
x-proxied-by
x-user-id
"""
HOP_BY_HOP = """
connection
http2-settings
keep-alive
proxy-authenticate
proxy-authentication-info
proxy-authorization
proxy-connection
te
trailer
transfer-encoding
upgrade
"""
NEVER_FORWARDED = """
content-length
expect
host
max-forwards
x-correlation-id
x-request-id
"""
ALLOWED_BY_CONFIGURATION_ONLY = """
authorization
cookie
forwarded
remote-user
true-client-ip
via
x-client-ip
x-forwarded-for
x-forwarded-host
x-forwarded-proto
x-http-method-override
x-real-ip
"""
BODY_DIGESTS = """
content-digest
content-md5
digest
repr-digest
"""
REQUEST_ALLOWED = """
accept
baggage
cache-control
date
digest
dnt
idempotency-key
if
last-event-id
pragma
prefer
priority
range
repr-digest
sec-gpc
traceparent
tracestate
user-agent
want-content-digest
want-digest
want-repr-digest
"""
RESPONSE_DENIED = """
alt-svc
b3
baggage
date
refresh
server
server-timing
traceparent
traceresponse
tracestate
uber-trace-id
via
x-accel-redirect
x-amzn-trace-id
x-aspnet-version
x-aspnetmvc-version
x-backend-server
x-cloud-trace-context
x-correlation-id
x-generator
x-powered-by
x-runtime
x-sendfile
x-served-by
x-trace-id
"""


@pytest.mark.parametrize(
    ("table", "promised"),
    [
        ("OWNED", OWNED),
        ("HOP_BY_HOP", HOP_BY_HOP),
        ("NEVER_FORWARDED", HOP_BY_HOP + NEVER_FORWARDED),
        ("ALLOWED_BY_CONFIGURATION_ONLY", ALLOWED_BY_CONFIGURATION_ONLY),
        ("BODY_DIGESTS", BODY_DIGESTS),
        ("REQUEST_ALLOWED", REQUEST_ALLOWED),
        ("RESPONSE_DENIED", HOP_BY_HOP + RESPONSE_DENIED),
    ],
)
def test_a_table_is_as_promised(table: str, promised: str) -> None:
    assert getattr(header_names, table) == set(promised.split())


def test_families_are_as_promised() -> None:
    assert header_names.REQUEST_ALLOWED_PREFIXES == ("accept-", "content-", "if-")
    assert header_names.RESPONSE_DENIED_PREFIXES == (
        "access-control-",
        "proxy-",
        "x-b3-",
        "x-datadog-",
        "x-envoy-",
        "x-internal-",
    )


@pytest.mark.parametrize("name", ["x-user-id", "X_User_ID", "x.user.id", "X User ID", "xuserid"])
def test_spellings_that_a_lenient_reader_takes_for_one_are_one(name: str) -> None:
    assert header_names.fold_header(name) == header_names.fold_header("X-User-ID")
    assert header_names.fold_name(name) == header_names.fold_name("xUserId")


def test_other_names_stay_others() -> None:
    assert header_names.fold_header("x-user-idx") != header_names.fold_header("x-user-id")
    assert header_names.fold_name("user_ids") != header_names.fold_name("user_id")


_LETTERS = st.text(st.sampled_from("uUsSeErR-_. \0\x01\u0130\u017f\u00df,"), max_size=7)


@given(st.lists(_LETTERS, max_size=4), st.lists(_LETTERS.map(header_names.fold_name), max_size=2))
def test_a_name_is_found_among_others_or_surely_not_there(
    names: list[str], wanted: list[str]
) -> None:
    alone = {header_names.fold_name(name) for name in names}
    if names and not alone.isdisjoint(wanted):
        assert header_names.may_hold(names, [name.encode() for name in wanted])


def test_names_that_have_nothing_of_another_are_passed_together() -> None:
    assert not header_names.may_hold(["count", "course_code"], [b"userid", b"orgid"])
    assert header_names.may_hold(["count", "U-s er_ID\0x"], [b"userid", b"orgid"])
