"""What of a downstream's headers comes back to the client (W18, W104 to W106)."""

from __future__ import annotations

import pytest

from proxygen.runtime.headers.location import map_location
from proxygen.runtime.headers.names import RESPONSE_DENIED
from proxygen.runtime.headers.writer import HeaderPolicy, ResponseHeaderRules
from proxygen.runtime.transport.seam import HeaderList, Origin
from tests.unit.runtime.wire_samples import context

ORIGIN = Origin("http", "class_management_service", 5002)


def edge_path(path: str) -> str | None:
    return "/edge" + path.removeprefix("/internal") if path.startswith("/internal/") else None


def apply(*inbound: tuple[str, str], policy: HeaderPolicy | None = None) -> HeaderList:
    return ResponseHeaderRules(policy or HeaderPolicy()).apply(
        [(name.encode(), value.encode()) for name, value in inbound],
        context=context(),
        origin=ORIGIN,
        edge_path=edge_path,
    )


CORRELATION = (b"x-correlation-id", b"corr-1")


@pytest.mark.parametrize(
    "name",
    [
        *sorted(RESPONSE_DENIED),
        "Server",
        "X-Internal-Token",
        "X-User-ID",
        "x_user_id",
        "X.Org.ID",
        "X-Proxied-By",
        "Proxy-Anything",
        "Access-Control-Allow-Origin",
        "Access-Control-Allow-Credentials",
        "X-Envoy-Upstream-Service-Time",
        "X-Correlation-ID",
    ],
)
def test_what_is_denied_does_not_reach_the_client(name: str) -> None:
    assert apply((name, "leak")) == [CORRELATION]


def test_configured_names_do_not_reach_the_client() -> None:
    policy = HeaderPolicy(deny_response=("X-Debug",), owned=("X-Tenant",))
    assert apply(("x-debug", "1"), ("X_Tenant", "t"), policy=policy) == [CORRELATION]


def test_everything_else_does_in_order_and_line_by_line() -> None:
    inbound = [
        ("Set-Cookie", "a=1; Path=/"),
        ("Content-Length", "5"),
        ("X-Anything", "å"),
        ("Set-Cookie", "b=2"),
        ("Content-Encoding", "gzip"),
        ("WWW-Authenticate", 'Basic realm="x"'),
        ("Retry-After", "3"),
        ("ETag", 'W/"1"'),
    ]
    kept = [(name.lower().encode(), value.encode()) for name, value in inbound]
    assert apply(*inbound) == [*kept, CORRELATION]


def test_what_connection_names_is_dropped_but_not_the_framing() -> None:
    outbound = apply(
        ("Connection", "close, X-Secret, content-length"),
        ("X-Secret", "s"),
        ("Content-Length", "5"),
        ("Keep-Alive", "timeout=5"),
    )
    assert outbound == [(b"content-length", b"5"), CORRELATION]


@pytest.mark.parametrize(
    ("location", "mapped"),
    [
        ("http://class_management_service:5002/internal/x", "/edge/x"),
        ("HTTP://Class_Management_Service:5002/internal/x?a=%27&b#f", "/edge/x?a=%27&b#f"),
        ("http://class_management_service:5002/admin", None),
        ("http://class_management_service:5002", None),
        ("http://class_management_service/internal/x", None),
        ("http://class_management_service:5002@evil/internal/x", None),
        ("http://u:p@class_management_service:5002/internal/x", None),
        ("http://169.254.169.254/latest", None),
        ("https://elsewhere.example/x", None),
        ("//evil", None),
        ("//class_management_service:5002/internal/x", None),
        ("///evil", None),
        ("/\\evil", None),
        ("\\\\evil", None),
        ("/\tevil", None),
        (" //evil", None),
        ("/x\r\nSet-Cookie: a", None),
        ("javascript:alert(1)", None),
        ("http:/internal/x", None),
        ("http:internal", None),
        ("/å", None),
        ("/internal/x?y=1#z", "/edge/x?y=1#z"),
        ("/elsewhere?y", "/elsewhere?y"),
        ("x/y", "x/y"),
        ("../x", "../x"),
        ("?page=2", "?page=2"),
        ("#f", "#f"),
    ],
)
def test_a_location_is_the_edges_or_relative_or_nothing(location: str, mapped: str | None) -> None:
    found = map_location(location.encode(), origin=ORIGIN, edge_path=edge_path)
    assert found == (None if mapped is None else mapped.encode())


def test_the_default_port_may_be_left_out() -> None:
    for port, text in ((80, "http://svc/internal/x"), (80, "http://svc:80/internal/x")):
        found = map_location(text.encode(), origin=Origin("http", "svc", port), edge_path=edge_path)
        assert found == b"/edge/x"


@pytest.mark.parametrize("name", ["Location", "Content-Location"])
def test_both_location_headers_are_mapped_or_dropped(name: str) -> None:
    assert apply((name, "/internal/x"))[0] == (name.lower().encode(), b"/edge/x")
    assert apply((name, "http://169.254.169.254/")) == [CORRELATION]


@pytest.mark.parametrize("value", ["http://svc:5002//evil.test/x", "//evil.test", "/\\evil.test"])
def test_no_mapped_location_leads_to_another_host(value: str) -> None:
    """An edge without a prefix keeps the path, which must not begin with an authority (RFC 3986, 4.2)."""
    origin = Origin("http", "svc", 5002)
    assert map_location(value.encode(), origin=origin, edge_path=lambda path: path) is None
