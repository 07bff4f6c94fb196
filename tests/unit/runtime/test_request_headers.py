"""What of a client's headers goes downstream (W01 to W20, W49 to W52, W101, W103)."""

from __future__ import annotations

from typing import Any

import pytest

from proxygen.runtime.errors import EdgeError
from proxygen.runtime.headers.names import (
    HOP_BY_HOP,
    NEVER_FORWARDED,
    REQUEST_ALLOWED,
    fold_header,
)
from proxygen.runtime.headers.writer import HeaderPolicy, RequestHeaderRules
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.operation import Absent, Binding, IdentityField, Parameter, Place
from proxygen.runtime.transport.seam import HeaderList
from tests.unit.runtime.wire_samples import ALICE, ALICE_AT_SCHOOL, context, operation

POLICY = HeaderPolicy()


def apply(
    *inbound: tuple[str, str | bytes],
    rules: RequestHeaderRules | None = None,
    identity: Identity | None = ALICE,
    peer: str | None = "192.0.2.1",
) -> HeaderList:
    lines = [(n.encode(), v if isinstance(v, bytes) else v.encode()) for n, v in inbound]
    return (rules or RequestHeaderRules(POLICY)).apply(
        lines, context=context(), identity=identity, peer=peer
    )


def values(outbound: HeaderList, name: str) -> list[bytes]:
    """Every line that any reader may take for this header."""
    return [v for n, v in outbound if fold_header(n.decode()) == fold_header(name)]


def names(outbound: HeaderList) -> set[str]:
    return {name.decode().lower() for name, _ in outbound}


def rules(policy: HeaderPolicy = POLICY, **fields: Any) -> RequestHeaderRules:
    return RequestHeaderRules.of(operation(**fields), policy)


SPELLINGS = [
    "x-user-id",
    "X-uSeR-iD",
    "X_User_ID",
    "x.user.id",
    "x-user_id",
    "xuserid",
    "X--User-ID",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("policy", [POLICY, HeaderPolicy(allow=tuple(SPELLINGS))])
def test_identity_arrives_once_and_is_ours(spelling: str, policy: HeaderPolicy) -> None:
    own = RequestHeaderRules(policy, declared=tuple(SPELLINGS))
    outbound = apply((spelling, "mallory"), (spelling, "mallory"), rules=own)
    assert values(outbound, "x-user-id") == [b"alice"]


@pytest.mark.parametrize("spelling", ["x-org-id", "X_ORG_ID", "x.org.id"])
def test_no_organisation_in_the_token_is_no_header(spelling: str) -> None:
    assert values(apply((spelling, "evil")), "x-org-id") == []
    outbound = apply((spelling, "evil"), identity=ALICE_AT_SCHOOL)
    assert values(outbound, "x-org-id") == [b"school-1"]


def test_a_public_route_sends_no_identity() -> None:
    outbound = apply(("X-User-ID", "m"), ("X-Org-ID", "m"), identity=None)
    assert values(outbound, "x-user-id") == values(outbound, "x-org-id") == []


def test_configured_names_are_owned_in_every_spelling() -> None:
    own = RequestHeaderRules(HeaderPolicy(owned=("X-Tenant",), allow=("x-tenant", "x_tenant")))
    assert values(apply(("X-Tenant", "m"), ("x_tenant", "m"), rules=own), "x-tenant") == []


@pytest.mark.parametrize("spelling", ["X-Budget-Ms", "x_budget_ms", "X-BUDGET-ms"])
def test_the_deadline_is_ours_also_where_an_operation_declares_it(spelling: str) -> None:
    own = RequestHeaderRules(
        HeaderPolicy(deadline="X-Budget-Ms", allow=("x-budget-ms", "x_budget_ms")),
        declared=("x-budget-ms",),
    )
    outbound = own.for_attempt(apply((spelling, "99"), rules=own), 1.2345)
    assert values(outbound, "X-Budget-Ms") == [b"1234"]
    assert values(own.for_attempt([], -1.0), "X-Budget-Ms") == [b"0"]
    assert RequestHeaderRules(POLICY).for_attempt([], 1.0) == []


def test_proxied_by_is_the_gateways_name() -> None:
    own = RequestHeaderRules(HeaderPolicy(gateway_name="edge-7"))
    assert values(apply(("X-Proxied-By", "x"), rules=own), "x-proxied-by") == [b"edge-7"]


def test_correlation_and_request_id_are_the_contexts() -> None:
    outbound = apply(
        ("x-correlation-id", "a"),
        ("X-Correlation-ID", "b"),
        ("x-request-id", "c"),
        ("x-request-id", "d"),
    )
    assert values(outbound, "x-correlation-id") == [b"corr-1"]
    assert values(outbound, "x-request-id") == [b"request-1"]


@pytest.mark.parametrize(
    "name",
    [
        "X-User-Roles",
        "X-Internal-API-Key",
        "X-Service-ID",
        "X-Identity-Encoding",
        "X-Forwarded-User",
        "Remote-User",
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-HTTP-Method-Override",
        "X-Forwarded-Uri",
        "X-Forwarded-Method",
        "X-Forwarded-Prefix",
        "X-Real-IP",
        "Authorization",
        "Cookie",
        "Origin",
        "Referer",
        "content_type",
        "Forwarded-For",
    ],
)
def test_what_is_not_on_the_list_stays(name: str) -> None:
    assert name.lower() not in names(apply((name, "evil")))


@pytest.mark.parametrize(
    "name",
    [
        *sorted(REQUEST_ALLOWED - {"traceparent", "tracestate"}),
        "accept-language",
        "accept-encoding",
        "content-type",
        "content-encoding",
        "content-language",
        "content-disposition",
        "if-match",
        "if-none-match",
        "if-modified-since",
        "if-range",
    ],
)
def test_what_is_on_the_list_arrives_as_it_came(name: str) -> None:
    assert values(apply((name, b"a, \xe5\xff;b")), name) == [b"a, \xe5\xff;b"]


TRACE = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize(("parent", "goes_on"), [(TRACE, True), (TRACE[:-1], False), (b"", False)])
def test_a_trace_arrives_as_it_came_where_it_can_be_continued(parent: bytes, goes_on: bool) -> None:
    sent = apply(("traceparent", parent), ("tracestate", b"a=b"), ("tracestate", b"c=d"))
    assert values(sent, "traceparent") == [parent] * goes_on
    assert values(sent, "tracestate") == [b"a=b", b"c=d"] * goes_on


@pytest.mark.parametrize("name", sorted(NEVER_FORWARDED))
def test_framing_and_the_connections_own_never_arrive(name: str) -> None:
    own = RequestHeaderRules(HeaderPolicy(allow=(name,)), declared=(name,))
    assert b"client" not in values(apply((name, "client"), rules=own), name)


@pytest.mark.parametrize(
    "connection",
    [
        ["close, X-User-ID"],
        ["x-user-id , X-Correlation-ID,X-Request-ID,X-Proxied-By, X-Forwarded-For"],
        ["close", "X-User-ID"],
        ["Authorization, Content-Length, Host"],
    ],
)
def test_connection_cannot_strip_what_the_edge_says(connection: list[str]) -> None:
    outbound = apply(("X-User-ID", "m"), *(("Connection", line) for line in connection))
    assert values(outbound, "x-user-id") == [b"alice"]
    assert values(outbound, "x-correlation-id") == [b"corr-1"]
    assert values(outbound, "x-request-id") == [b"request-1"]
    assert values(outbound, "x-proxied-by") == [b"api-gateway-service"]
    assert values(outbound, "x-forwarded-for") == [b"192.0.2.1"]
    assert not names(outbound) & HOP_BY_HOP


def test_connection_names_what_is_not_forwarded() -> None:
    outbound = apply(("Connection", "close, Accept"), ("accept", "a"), ("user-agent", "u"))
    assert "accept" not in names(outbound)
    assert values(outbound, "user-agent") == [b"u"]


def test_lines_of_one_name_stay_lines_in_order() -> None:
    outbound = apply(("accept", "a"), ("user-agent", "u"), ("accept", "b"))
    assert outbound[:3] == [(b"accept", b"a"), (b"user-agent", b"u"), (b"accept", b"b")]


def test_declared_and_allowed_names_arrive() -> None:
    own = RequestHeaderRules(HeaderPolicy(allow=("X-Tenant-Hint",)), declared=("x-page",))
    outbound = apply(("x-tenant-hint", "a"), ("X-Page", "2"), ("x-other", "o"), rules=own)
    assert values(outbound, "x-tenant-hint") == [b"a"]
    assert values(outbound, "x-page") == [b"2"]
    assert "x-other" not in names(outbound)


@pytest.mark.parametrize(
    "name",
    [
        "authorization",
        "cookie",
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-user",
        "x-forwarded-prefix",
        "x-real-ip",
        "x-original-url",
        "x-rewrite-url",
        "x-http-method-override",
        "remote-user",
    ],
)
def test_a_document_cannot_declare_credentials_or_forwarding(name: str) -> None:
    outbound = apply((name, "client"), rules=RequestHeaderRules(POLICY, declared=(name,)))
    assert b"client" not in [value for _, value in outbound]
    allowed = RequestHeaderRules(HeaderPolicy(allow=(name,)))
    assert values(apply((name, "client"), rules=allowed), name) == [b"client"]


def test_allowed_cookie_lines_are_kept_in_order() -> None:
    own = RequestHeaderRules(HeaderPolicy(allow=("cookie",)), cookies=("a",))
    assert values(apply(("cookie", "a=1; b=2"), ("cookie", "c"), rules=own), "cookie") == [
        b"a=1; b=2",
        b"c",
    ]


def test_only_declared_cookies_are_forwarded() -> None:
    own = rules(cookies=(Parameter(name="theme"), Parameter(name="lang")))
    outbound = apply(("cookie", "session=s; theme=%20d"), ("cookie", "lang=sv;x"), rules=own)
    assert values(outbound, "cookie") == [b"theme=%20d; lang=sv"]
    assert values(apply(("cookie", "session=s"), rules=own), "cookie") == []


@pytest.mark.parametrize("byte", [b"\r", b"\n", b"\0", b"\x1b", b"\x7f"])
def test_a_forwarded_value_with_a_control_character_is_400(byte: bytes) -> None:
    with pytest.raises(EdgeError) as caught:
        apply(("accept", b"a" + byte + b"X-User-ID: m"))
    assert caught.value.status == 400


def header_binding(name: str, absent: Absent = Absent.FORBID) -> Binding:
    return Binding(field=IdentityField.ORG_ID, place=Place.HEADER, name=name, absent=absent)


def test_a_bound_header_is_ours_in_every_spelling() -> None:
    own = rules(bindings=(header_binding("X-School"),), request_headers=("x-school", "x_school"))
    outbound = apply(("x-school", "m"), ("X_School", "m"), rules=own, identity=ALICE_AT_SCHOOL)
    assert values(outbound, "x-school") == [b"school-1"]
    assert values(outbound, "x-org-id") == [b"school-1"]


def test_a_bound_header_without_its_field_is_403_or_left_out() -> None:
    with pytest.raises(EdgeError) as caught:
        apply(rules=rules(bindings=(header_binding("X-Org-ID"),)))
    assert (caught.value.status, caught.value.detail) == (403, "Forbidden")
    for absent in (Absent.OMIT, Absent.NULL):
        own = rules(bindings=(header_binding("X-School", absent),))
        assert values(apply(("x-school", "m"), rules=own), "x-school") == []


def test_a_required_binding_without_any_identity_is_401() -> None:
    with pytest.raises(EdgeError) as caught:
        apply(rules=rules(bindings=(header_binding("X-School"),)), identity=None)
    assert caught.value.status == 401


def test_a_digest_of_a_rewritten_body_is_not_forwarded() -> None:
    bound = Binding(field=IdentityField.USER_ID, place=Place.BODY, name="/user_id")
    for name in ("content-digest", "content-md5", "digest", "repr-digest"):
        assert values(apply((name, "d"), rules=rules(bindings=(bound,))), name) == []
        assert values(apply((name, "d"), rules=rules()), name) == [b"d"]


@pytest.mark.parametrize("name", ["", "a b", "å", "a:b", "a\r\nb"])
def test_an_impossible_policy_is_refused(name: str) -> None:
    for policy in ({"owned": (name,)}, {"allow": (name,)}, {"deny_response": (name,)}):
        fields: dict[str, Any] = dict(policy)
        with pytest.raises(ValueError, match="not a header name"):
            HeaderPolicy(**fields)
    with pytest.raises(ValueError, match="X-Proxied-By"):
        HeaderPolicy(gateway_name=name + "\n")


CLIENTS_OWN = (
    ("X-Forwarded-For", "1.2.3.4"),
    ("Forwarded", "for=1.2.3.4"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Host", "evil.example"),
    ("host", "edge.example"),
)


def test_forwarding_headers_are_set_from_the_socket() -> None:
    outbound = apply(*CLIENTS_OWN)
    assert values(outbound, "x-forwarded-for") == [b"192.0.2.1"]
    assert values(outbound, "x-forwarded-proto") == [b"http"]
    assert values(outbound, "x-forwarded-host") == [b"edge.example"]
    assert values(outbound, "forwarded") == [b'for=192.0.2.1;proto=http;host="edge.example"']


def test_trusted_hops_are_believed_and_no_more_of_them() -> None:
    own = RequestHeaderRules(HeaderPolicy(trusted_hops=1))
    outbound = apply(("X-Forwarded-For", "6.6.6.6, 1.2.3.4"), *CLIENTS_OWN[2:], rules=own)
    assert values(outbound, "x-forwarded-for") == [b"1.2.3.4, 192.0.2.1"]
    assert values(outbound, "x-forwarded-proto") == [b"https"]
    assert values(outbound, "x-forwarded-host") == [b"evil.example"]
    assert values(outbound, "forwarded") == [
        b'for=1.2.3.4, for=192.0.2.1;proto=https;host="evil.example"'
    ]


@pytest.mark.parametrize("host", ["a b", "a/b?c", 'a"', "", "a\r\nb", "å.example"])
def test_a_malformed_host_is_not_passed_on(host: str) -> None:
    outbound = apply(("host", host))
    assert values(outbound, "x-forwarded-host") == []
    assert values(outbound, "forwarded") == [b"for=192.0.2.1;proto=http"]


def test_ipv6_and_an_unknown_peer() -> None:
    assert values(apply(peer="2001:db8::1"), "forwarded") == [b'for="[2001:db8::1]";proto=http']
    unknown = apply(peer=None)
    assert values(unknown, "x-forwarded-for") == []
    assert values(unknown, "forwarded") == [b"proto=http"]
