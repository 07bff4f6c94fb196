"""Rows I01 to I18 and F01 to F10: text that becomes an identifier, a path of the edge or a file's name."""

from __future__ import annotations

import re
from typing import Final

from tests.cases.hostile.documents import LIST, PARAMETERS, Json, patched, with_path
from tests.cases.hostile.row import Built, Files, Refused, Row

_OPERATION_ID = f"{LIST}/operationId"
_OPERATIONS = "shop/operations.py"


def _operation_id(identifier: str, text: str, function: str, decided: str = "") -> Built:
    """An operationId that gives its handler this name, and is kept as it is for people."""

    def check(files: Files) -> None:
        defined = re.findall(r"async def (\w+)\(", files["shop/routers/items_routes.py"])
        assert defined[0] == function
        assert f"{function.upper()}: Final = Operation(" in files[_OPERATIONS]

    return Built(
        id=identifier,
        document=patched({_OPERATION_ID: text}),
        data=(text,) if text else (),
        decided=decided,
        check=check,
    )


def _wrong_path(identifier: str, path: str, rule: str, *variables: str) -> Refused:
    pointer = "/paths/" + path.replace("/", "~1")
    return Refused(id=identifier, document=with_path(path, *variables), errors=((rule, pointer),))


def _four_names(files: Files) -> None:
    names = re.findall(r"async def (get_\w+)\(", files["shop/routers/shop_routes.py"])
    assert names == ["get_item_2", "get_item_3", "get_item_4"]


def _two_named(files: Files) -> None:
    assert "LIST_ITEMS: Final" in files[_OPERATIONS]
    assert "GET_A: Final" in files[_OPERATIONS]


def _renamed_variables(files: Files) -> None:
    assert "/{self}/{request}/{None}" in files[_OPERATIONS]
    for name in ("self", "request", "None"):
        assert f'Parameter(name="{name}"' in files[_OPERATIONS]


def _neither_template(files: Files) -> None:
    assert 'edge_path="/x/me"' in files[_OPERATIONS]
    assert 'edge_path="/x/{' not in files[_OPERATIONS]


def _own_paths(files: Files) -> None:
    for path in ("/healthz", "/metrics", "/docs"):
        assert f'edge_path="{path}"' not in files[_OPERATIONS], path


def _no_query_in_paths(files: Files) -> None:
    for line in files[_OPERATIONS].splitlines():
        if "_path=" in line:
            assert "?" not in line, line
            assert "#" not in line, line


def _near_names() -> dict[str, Json]:
    response = {"responses": {"200": {"description": "ok"}}}
    return patched(
        {
            f"/paths/~1{number}": {"get": {"operationId": name, **response}}
            for number, name in enumerate(("getItem", "get_item", "GetItem"))
        }
    )


IDENTIFIERS: Final[tuple[Row, ...]] = (
    _operation_id("I01", "class", "class_"),
    _operation_id("I02", "__import__", "import_"),
    _operation_id("I02-router", "router", "router_"),
    _operation_id("I02-request", "Request", "request_"),
    _operation_id("I04", "", "get_items"),
    _operation_id(
        "I05",
        "a" * 5000,
        "a" * 63 + "_c526c622",
        decided="cut with a hash: the document is understood, and its name is only long",
    ),
    _operation_id("I06", "1st-item", "operation_1_st_item"),
    _operation_id(
        "I07",
        "get\u202eItem\u2066",
        "get_item",
        decided="stripped from names, escaped in constants: a document of a right-to-left language "
        "may have them",
    ),
    Refused(
        id="I09",
        document=patched({_OPERATION_ID: "get\x00Item"}),
        errors=(("operation-id", _OPERATION_ID),),
    ),
    Built(
        id="I11",
        document=with_path("/a", operationId="list-items"),
        benign=with_path("/a"),
        findings=("operation-id-duplicate",),
        decided="the first keeps the id, the second is named after its method and path, with a warning: "
        "real documents have such pairs, and the wire tells them apart",
        check=_two_named,
    ),
    Built(id="I11-near", document=_near_names(), benign=None, check=_four_names),
    Built(
        id="I13",
        document=with_path("/{self}/{request}/{None}", "self", "request", "None"),
        benign=with_path("/{a}/{b}/{c-c}", "a", "b", "c-c"),
        check=_renamed_variables,
    ),
)
"""Names of Python's."""

PATHS: Final[tuple[Row, ...]] = (
    _wrong_path("I14", "/a/{x:path}", "path-convertor", "x:path"),
    _wrong_path("I15", "/a/{x", "path-braces"),
    _wrong_path("I15-closing", "/a/x}", "path-braces"),
    _wrong_path("I16", "//evil.com/x", "path-slash"),
    _wrong_path("I16-none", "evil.com/x", "path-slash"),
    _wrong_path("I16-dots", "/a/%2e%2E/b", "path-dot-segment"),
    _wrong_path("I16-query-host", "//evil.com/x?y=1", "path-slash"),
    Built(
        id="I16-query",
        document=with_path("/a?x=%22%29%3B__import__('canary')&y"),
        benign=with_path("/a?x=1&y"),
        findings=("path-condition",),
        decided="pairs are what a request must say, so that such operations are routed; they are data, and "
        "no part of a path or a target",
        check=_no_query_in_paths,
    ),
    Built(
        id="I16-query-odd",
        document=patched(
            {
                '/paths/~1a?{x}=1#"': with_path("/b")["paths"]["/b"],
                "/paths/~1c": with_path("/c")["paths"]["/c"],
            }
        ),
        benign=None,
        findings=("path-query",),
        decided="a query that is not of pairs is not routed, by rule in the ledger; the rest is built",
        check=_no_query_in_paths,
    ),
    Built(
        id="I17",
        document=patched(
            {
                "/paths/~1x~1{a}": with_path("/x/{a}", "a")["paths"]["/x/{a}"],
                "/paths/~1x~1{b}": with_path("/x/{b}", "b")["paths"]["/x/{b}"],
                "/paths/~1x~1me": with_path("/x/me")["paths"]["/x/me"],
            }
        ),
        benign=None,
        findings=("ambiguous-route",),
        decided="two templates that are one on the wire are in the ledger, neither is routed, and the "
        "rest builds",
        check=_neither_template,
    ),
    Built(
        id="I17-literal",
        document=patched(
            {
                "/paths/~1x~1{a}": with_path("/x/{a}", "a")["paths"]["/x/{a}"],
                "/paths/~1x~1me": with_path("/x/me")["paths"]["/x/me"],
            }
        ),
        benign=None,
        data=("/x/{a}", "/x/me"),
        decided="both are routed; a literal goes before a variable in any order (test_dispatch.py)",
    ),
    Built(
        id="I18",
        document=patched(
            {
                f"/paths/~1{name}": with_path(f"/{name}")["paths"][f"/{name}"]
                for name in ("healthz", "metrics", "docs")
            }
        ),
        benign=None,
        findings=("gateway-path",),
        decided="refused in the ledger: the edge answers there itself",
        check=_own_paths,
    ),
)
"""Paths of the edge."""


def _file_name(identifier: str, text: str) -> Built:
    """A text as title, tag and operationId at once: `test_rows` proves that every path is a safe one."""
    change = {"/info/title": text, f"{LIST}/tags": [text], _OPERATION_ID: text}
    plain = {"/info/title": "t", f"{LIST}/tags": ["t"], _OPERATION_ID: "plain id"}
    return Built(id=identifier, document=patched(change), benign=patched(plain), data=(text,))


def _document(identifier: str, file: str) -> Built:
    return Built(id=identifier, document=patched({}), file=file)


def _two_files(files: Files) -> None:
    modules = sorted(path for path in files if path.startswith("shop/routers/foo"))
    assert len({path.casefold() for path in modules}) == len(modules) == 2


FILES: Final[tuple[Row, ...]] = (
    _file_name("F01", "../../../../tmp/F01"),
    _file_name("F02", "/tmp/F02"),  # noqa: S108 - the row's text
    _file_name("F03", "..\\..\\F03"),
    _file_name("F04", "CON"),
    _file_name("F06", ".."),
    _file_name("F07", "__init__"),
    _file_name("F09", "json"),
    _document("F03-document", "a..\\..\\F03.json"),
    _document("F04-document", "CON.json"),
    _document("F06-document", "a..json"),
    _document("F07-document", "__init__.json"),
    _document("F09-document", "json.json"),
    Built(
        id="F10",
        document=patched({f"{LIST}/tags": ["Foo"], "/paths/~1items/post/tags": ["foo"]}),
        benign=patched({f"{LIST}/tags": ["Foo"], "/paths/~1items/post/tags": ["Bar"]}),
        check=_two_files,
    ),
    Built(
        id="F10-parameter",
        document=patched({f"{PARAMETERS}/1/name": "Plain-Name"}),
        benign=patched({f"{PARAMETERS}/1/name": "other-name"}),
        data=("plain-name", "Plain-Name"),
    ),
)
"""Names of files."""

ROWS: Final = (*IDENTIFIERS, *PATHS, *FILES)
