"""Targets (W60 to W78, W136, W137): raw segments and query in, raw segments and query out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxygen.runtime.errors import EdgeError
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.operation import (
    Absent,
    Binding,
    IdentityField,
    OnClientValue,
    Passthrough,
    Place,
)
from proxygen.runtime.routing.edge_paths import EdgePaths
from proxygen.runtime.target import (
    PassthroughTarget,
    PathTemplate,
    TargetBuilder,
    check_path,
    check_query,
)
from tests.unit.runtime.wire_samples import ALICE, ALICE_AT_SCHOOL, operation


@pytest.mark.parametrize(
    "path",
    [
        "",
        "x",
        "*",
        "http://evil/x",
        "//evil.com/x",
        "/x//y",
        "/x/./y",
        "/x/../y",
        "/..",
        "/.",
        "/x/..",
        "/..%2f..%2finternal",
        "/v1/..%2Finternal",
        "/%2e%2e/%2e%2e/x",
        "/%2E/x",
        "/.%2e/x",
        "/x%2f..",
        "/x%2f.%2fy",
        "/..;/x",
        "/..;a=1/x",
        "/%2e%2e;x",
        "/.;/x",
        "/a%2f..%3bx/y",
        "/a%00b",
        "/a%0d%0aX:1",
        "/a%0A",
        "/a%1f",
        "/a%7f",
        "/a\\..\\b",
        "/a%5cb",
        "/..%5c..%5cx",
        "/%c0%ae%c0%ae/x",
        "/a%c0%afb",
        "/%c1%9c",
        "/a b",
        "/a\tb",
        "/a\r\nb",
        "/a\x00",
        "/%",
        "/%z",
        "/%zz",
        "/%2",
        '/"',
        "/<a>",
        "/{a}",
        "/a|b",
        "/a^b",
        "/`",
        "/[a]",
        "/a#b",
        "/a?b",
        "/å",
        "/\xff",
    ],
)
def test_a_path_that_readers_disagree_on_is_400(path: str) -> None:
    with pytest.raises(EdgeError) as caught:
        check_path(path)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1/x/",
        "/v1/a%2fb",
        "/v1/a%2Fadmin",
        "/%252e%252e%252f",
        "/a%3fq=1",
        "/a%23f",
        "/a;x=1",
        "/...",
        "/.well-known/x",
        "/..a",
        "/a..",
        "/a.",
        "/it's!(~)*$&,;=:@-._%27",
        "/@evil.com",
        "/:80",
        "/http:%2f%2fevil",
        "/%ff%c3%28",
        "/%20",
        "/" + "x" * 8000,
    ],
)
def test_a_path_of_rfc_3986_passes(path: str) -> None:
    check_path(path)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "a=1&a=2",
        "a=1&a=2&b",
        "a[]=1&a[]=2",
        "flag",
        "a=1;b=2",
        "%zz",
        "%",
        "+",
        "%ff",
        "%00%0d%0a",
        "'%27!(~)*",
        "a=/?:@",
        "../..",
        "&".join("a" for _ in range(10_000)),
    ],
)
def test_an_odd_query_passes(query: str) -> None:
    check_query(query)


@pytest.mark.parametrize(
    "query",
    ["a b", "a\tb", "a\r\nb", "\x00", "å", "\x7f", "#", '"', "<", "\\", "^", "`", "{", "|", "}"],
)
def test_a_byte_that_rfc_3986_forbids_in_a_query_is_400(query: str) -> None:
    with pytest.raises(EdgeError) as caught:
        check_query("x=" + query)
    assert caught.value.status == 400


def test_too_many_query_parameters_are_400() -> None:
    with pytest.raises(EdgeError):
        check_query("&".join("a" for _ in range(10_001)))


@pytest.mark.parametrize(
    ("template", "path", "captures"),
    [
        ("/", "/", {}),
        ("/v1/x", "/v1/x", {}),
        ("/v1/x", "/v1/x/", None),
        ("/v1/x", "/v1/X", None),
        ("/v1/x", "/v1/%78", None),
        ("/v1/{id}", "/v1/a%2Fadmin", {"id": "a%2Fadmin"}),
        ("/v1/{id}/admin", "/v1/a%2Fadmin", None),
        ("/v1/{id}/admin", "/v1/a/admin", {"id": "a"}),
        ("/v1/{id}", "/v1/", None),
        ("/v1/{id}", "/v1/a/b", None),
        ("/{a}/{b}", "/1/2", {"a": "1", "b": "2"}),
        ("/{name}.json", "/x.json", {"name": "x"}),
        ("/{name}.json", "/x.json.json", {"name": "x.json"}),
        ("/{name}.json", "/.json", None),
        ("/{name}.json", "/x.xml", None),
        ("/v{major}.{minor}", "/v1.2", {"major": "1", "minor": "2"}),
        ("/{at}.{ext}", "/59.33,18.06.json", {"at": "59.33,18.06", "ext": "json"}),
        ("/{a}.{b}.{c}", "/w.x.y.z", {"a": "w.x", "b": "y", "c": "z"}),
        ("/{a}.{b}", "/x..", {"a": "x", "b": "."}),
        ("/System.{at}/on/{at}", "/System.north/on/north", {"at": "north"}),
        ("/System.{at}/on/{at}", "/System.north/on/south", None),
        ("/{a}-{b}", "/x-y-z", {"a": "x-y", "b": "z"}),
        ("/{a}-{b}", "/-y", None),
        ("/{a}-{b}", "/x-", None),
        ("/{id}:cancel", "/7:cancel", {"id": "7"}),
        ("/aXXa", "/a", None),
        ("/ab{x}ba", "/aba", None),
        ("/a b/é", "/a%20b/%C3%A9", {}),
        ("/{a)s}%", "/x%25", None),
    ],
)
def test_templates_match_raw_segments(
    template: str, path: str, captures: dict[str, str] | None
) -> None:
    assert PathTemplate.parse(template).match(path) == captures


@pytest.mark.parametrize("text", ["x", "", "/{a}{b}"])
def test_a_template_that_cannot_be_matched_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="path"):
        PathTemplate.parse(text)


raw_segment = st.from_regex(r"(?:[a-z0-9._~!$&'()*+,;=:@-]|%[0-9A-F]{2}){1,12}", fullmatch=True)


@settings(deadline=None, derandomize=True)
@given(st.lists(raw_segment, min_size=2, max_size=2))
def test_a_template_filled_with_what_it_matched_is_the_path(segments: list[str]) -> None:
    path = f"/v1/{segments[0]}/x/{segments[1]}.json"
    template = "/v1/{a}/x/{b}.json"
    captures = PathTemplate.parse(template).match(path)
    assert captures is not None
    builder = TargetBuilder(operation(edge_path=template, downstream_path=template))
    assert builder.build(captures, "", None, []) == path.encode()


def build(
    path: str = "/v1/x",
    query: str = "",
    *,
    identity: Identity | None = ALICE,
    reports: list[str] | None = None,
    base_path: str = "",
    **fields: Any,
) -> bytes:
    own = operation(**fields)
    captures = PathTemplate.parse(own.edge_path).match(path)
    assert captures is not None
    return TargetBuilder(own, base_path=base_path).build(
        captures, query, identity, [] if reports is None else reports
    )


@pytest.mark.parametrize(
    "raw", ["a%2fb", "%252e%252e%252f", "a;x=1", "a%3fq=1", "a%23f", "it's%27", "%ff", "@evil"]
)
@pytest.mark.parametrize("query", ["", "a=1&a=2&b", "%zz&+&%ff&'&%27", "a[]=1;b"])
def test_bytes_arrive_unchanged(raw: str, query: str) -> None:
    target = build(f"/v1/{raw}", query, edge_path="/v1/{id}", downstream_path="/internal/{id}/x")
    assert target == (f"/internal/{raw}/x" + ("?" + query if query else "")).encode()


def test_the_base_path_goes_first() -> None:
    assert build(base_path="/base/") == b"/base/v1/x"


def bind(place: Place, name: str, **fields: Any) -> Binding:
    return Binding(
        field=fields.pop("field", IdentityField.USER_ID), place=place, name=name, **fields
    )


USER_PATH: dict[str, Any] = {
    "edge_path": "/v1/batches",
    "downstream_path": "/internal/v1/batches/user/{user_id}",
    "bindings": (bind(Place.PATH, "user_id"),),
}


def test_identity_fills_a_path_variable_percent_encoded() -> None:
    odd = Identity("a|b@c:d")
    target = build("/v1/batches", "page=2", identity=odd, **USER_PATH)
    assert target == b"/internal/v1/batches/user/a%7Cb%40c%3Ad?page=2"


def test_a_path_variable_without_its_field_is_403_and_without_identity_401() -> None:
    fields = {**USER_PATH, "bindings": (bind(Place.PATH, "user_id", field=IdentityField.ORG_ID),)}
    for identity, status in ((ALICE, 403), (None, 401)):
        with pytest.raises(EdgeError) as caught:
            build("/v1/batches", identity=identity, **fields)
        assert caught.value.status == status


def test_a_variable_that_nothing_fills_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="user_id"):
        TargetBuilder(operation(downstream_path="/{user_id}"))


def test_a_bound_variable_that_the_client_has_must_be_the_callers() -> None:
    fields: dict[str, Any] = {
        "edge_path": "/u/{user_id}",
        "downstream_path": "/u/{user_id}",
        "bindings": (bind(Place.PATH, "user_id"),),
    }
    assert build("/u/alice", **fields) == build("/u/%61lice", **fields) == b"/u/alice"
    with pytest.raises(EdgeError) as caught:
        build("/u/mallory", **fields)
    assert caught.value.status == 422
    reports: list[str] = []
    replaced = {**fields, "on_client_value": OnClientValue.REPORT}
    assert build("/u/mallory", reports=reports, **replaced) == b"/u/alice"
    assert reports == ["path/user_id: identity_bound"]


QUERY: dict[str, Any] = {"bindings": (bind(Place.QUERY, "user_id"),)}


def test_identity_fills_a_query_parameter_before_the_clients() -> None:
    assert build(query="a=1&a=%27", **QUERY) == b"/v1/x?user_id=alice&a=1&a=%27"
    assert build(**QUERY) == b"/v1/x?user_id=alice"


SPOOFS = [
    "user_id=m",
    "user_id",
    "USER-ID=m",
    "userId=m",
    "user%5Fid=m",
    "%75ser_id=m",
    "user+id=m",
    "user.id=m",
    "user_id[]=m",
    "user_id[0]=m",
    "[user_id]=m",
    "u%73er%2Did=alice",
    "u%C5%BFer_id=m",
]


@pytest.mark.parametrize("spoof", SPOOFS)
@pytest.mark.parametrize("around", ["{}", "a=1&{}", "{}&b", "a=1;{}", "a&{}&b=%zz"])
def test_a_clients_own_query_value_is_422_or_taken_out(spoof: str, around: str) -> None:
    query = around.format(spoof)
    with pytest.raises(EdgeError) as caught:
        build(query=query, **QUERY)
    assert caught.value.status == 422
    assert isinstance(caught.value.detail, list)
    assert caught.value.detail[0]["loc"] == ["query", "user_id"]
    reports: list[str] = []
    replaced = build(
        query=query, reports=reports, on_client_value=OnClientValue.REPLACE, **QUERY
    ).decode()
    assert reports == []
    rest = around.replace("&{}&", "&").format("").strip("&;")
    assert replaced == "/v1/x?user_id=alice" + ("&" + rest if rest else "")
    build(query=query, reports=reports, on_client_value=OnClientValue.REPORT, **QUERY)
    assert reports == ["query/user_id: identity_bound"]


@pytest.mark.parametrize("query", ["user=m", "x[user_id]=m", "user_ids=m", "a=user_id=m", "id=5"])
def test_other_query_names_are_the_clients(query: str) -> None:
    assert build(query=query, **QUERY) == f"/v1/x?user_id=alice&{query}".encode()


@pytest.mark.parametrize(
    ("absent", "expected"),
    [(Absent.OMIT, b"/v1/x?a"), (Absent.NULL, b"/v1/x?a"), (Absent.FORBID, None)],
)
def test_a_query_binding_without_its_field(absent: Absent, expected: bytes | None) -> None:
    binding = bind(Place.QUERY, "org", field=IdentityField.ORG_ID, absent=absent)
    if expected is None:
        with pytest.raises(EdgeError) as caught:
            build(query="a", bindings=(binding,))
        assert caught.value.status == 403
    else:
        assert build(query="a", bindings=(binding,)) == expected
    with_org = build(query="a", identity=ALICE_AT_SCHOOL, bindings=(binding,))
    assert with_org == b"/v1/x?org=school-1&a"


@pytest.mark.parametrize(
    ("fields", "path", "target"),
    [
        ({"prefix": "/bff"}, "/bff/a%2fb", "/bff/a%2fb"),
        ({"prefix": "/bff"}, "/bff", "/bff"),
        ({"prefix": "/bff", "strip": "/bff"}, "/bff", "/"),
        ({"prefix": "/bff", "strip": "/bff"}, "/bff/", "/"),
        ({"prefix": "/bff", "strip": "/bff"}, "/bff/x/", "/x/"),
        ({"prefix": "/bff", "strip": "/bff", "base_path": "/v1/"}, "/bff/x", "/v1/x"),
        ({"prefix": "/bff/v1/teacher", "strip": "/bff"}, "/bff/v1/teacher/x", "/v1/teacher/x"),
        ({"prefix": "/"}, "/x", "/x"),
    ],
)
def test_passthrough_targets(fields: dict[str, Any], path: str, target: str) -> None:
    own = PassthroughTarget(Passthrough(service="bff", **fields))
    assert own.build(path, "a=1&a=2") == f"{target}?a=1&a=2".encode()
    assert own.edge_path(target) in (path, path + "/", path.rstrip("/"))


def test_only_what_is_below_it_loses_the_strip() -> None:
    own = PassthroughTarget(Passthrough(service="bff", prefix="/bff", strip="/bff/v1"))
    assert own.build("/bff/v1/x", "") == b"/x"
    assert own.build("/bff/v10/x", "") == b"/bff/v10/x"


@pytest.mark.parametrize("path", ["/bffx", "/other", "/", "/BFF/x"])
def test_a_path_outside_the_prefix_is_404(path: str) -> None:
    with pytest.raises(EdgeError) as caught:
        PassthroughTarget(Passthrough(service="bff", prefix="/bff")).build(path, "")
    assert caught.value.status == 404


def test_a_downstreams_paths_are_mapped_to_the_edges() -> None:
    own = EdgePaths(
        [
            operation(edge_path="/v1/x/{id}", downstream_path="/internal/x/{id}"),
            operation(edge_path="/v1/x/new", downstream_path="/internal/x/new"),
            operation(**USER_PATH),
        ],
        base_path="/base",
    )
    assert own("/base/internal/x/a%2Fb") == "/v1/x/a%2Fb"
    assert own("/base/internal/x/new") == "/v1/x/new"
    assert own("/base/internal/v1/batches/user/bob") == "/v1/batches"
    assert own("/internal/x/1") is None
    assert own("/basement/internal/x/1") is None
    assert own("/base/internal/admin") is None
