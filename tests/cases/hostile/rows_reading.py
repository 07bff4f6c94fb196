"""Rows Y01 to Y28: files that are no document, hardly one, or a very large one."""

from __future__ import annotations

import re
from typing import Final

from tests.cases.hostile.documents import BASE, ITEM, NAME, Json, patched, text_of
from tests.cases.hostile.row import CODE, Built, Files, Refused, Row

_YAML = b"""openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /items:
    get:
      responses:
        200: {description: ok}
"""
_LARGE = 5000


def _unread(
    identifier: str, content: bytes, rule: str, *, file: str = "shop.yaml", placed: bool = True
) -> Refused:
    """A file that is refused before anything in it has a pointer."""
    return Refused(id=identifier, document=content, file=file, errors=((rule, ""),), placed=placed)


def _wrong(identifier: str, pointer: str, value: Json, rule: str) -> Refused:
    return Refused(id=identifier, document=patched({pointer: value}), errors=((rule, pointer),))


def _nested(depth: int) -> dict[str, Json]:
    schema: Json = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "array", "items": schema}
    return patched({NAME: schema})


def _doubled(levels: int) -> dict[str, Json]:
    """Schemas of which each has the next one twice: 2^levels where references are copied out."""
    change: dict[str, Json] = {
        f"/components/schemas/L{level}": {
            "allOf": [{"$ref": f"#/components/schemas/L{level + 1}"}] * 2
        }
        for level in range(levels)
    }
    change[f"/components/schemas/L{levels}"] = {"type": "object"}
    change[NAME] = {"$ref": "#/components/schemas/L0"}
    return patched(change)


def _chained(length: int) -> dict[str, Json]:
    """Schemas of which each is a reference to the next."""
    change: dict[str, Json] = {
        f"/components/schemas/C{step}": {"$ref": f"#/components/schemas/C{step + 1}"}
        for step in range(length)
    }
    change[f"/components/schemas/C{length}"] = {"type": "string"}
    change[NAME] = {"$ref": "#/components/schemas/C0"}
    return patched(change)


def _required(levels: int, width: int) -> dict[str, Json]:
    """Objects that require several of the next kind each: width^levels values in every valid one."""
    change: dict[str, Json] = {}
    for level in range(levels):
        below = {"$ref": f"#/components/schemas/L{level + 1}"}
        names = [f"p{number}" for number in range(width)]
        change[f"/components/schemas/L{level}"] = {
            "type": "object",
            "properties": dict.fromkeys(names, below),
            "required": names,
        }
    change[f"/components/schemas/L{levels}"] = {"type": "string"}
    array: Json = {"$ref": "#/components/schemas/L0"}
    for _ in range(6):
        array = {"type": "array", "items": array, "minItems": 100}
    members: Json = {"type": "string", "minLength": 200, "pattern": f"^{'(' * 40}a{'+)' * 40}$"}
    for _ in range(6):
        members = {"type": "object", "additionalProperties": members, "minProperties": 90}
    change |= {f"{ITEM}/properties/array": array, f"{ITEM}/properties/members": members}
    return patched({**change, NAME: {"$ref": "#/components/schemas/L0"}})


def _choices() -> dict[str, Json]:
    """Choices of which each has the next one twice, and a choice of more than Python's compiler nests."""
    change: dict[str, Json] = {
        f"/components/schemas/{word}{level}": {
            word: [{"$ref": f"#/components/schemas/{word}{level + 1}"}] * 2
        }
        for word in ("anyOf", "oneOf")
        for level in range(40)
    }
    for word in ("anyOf", "oneOf"):
        change[f"/components/schemas/{word}40"] = {"type": "string"}
        change[f"{ITEM}/properties/{word}"] = {"$ref": f"#/components/schemas/{word}0"}
    for wide in (250, 251):
        change[f"{ITEM}/properties/wide{wide}"] = {
            "oneOf": [
                {"type": "object", "required": [name], "properties": {name: {"type": "string"}}}
                for name in (f"p{number}" for number in range(wide))
            ]
        }
    return patched(change)


def _beyond() -> dict[str, Json]:
    """A schema for each bound that is beyond what anything is compared with."""
    sizes = {"string": "Length", "array": "Items", "object": "Properties"}
    bounds = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
    change: dict[str, Json] = {
        f"{ITEM}/properties/{side}{word}": {"type": kind, f"{side}{word}": 10**40}
        for kind, word in sizes.items()
        for side in ("min", "max")
    }
    for kind in ("integer", "number"):
        for word in bounds:
            change[f"{ITEM}/properties/{kind}-{word}"] = {"type": kind, word: 10**400}
    return patched(change)


def _laughs() -> bytes:
    """Aliases that expand to 9^9 nodes."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    return ("\n".join(lines) + "\n").encode() + _YAML


def _many() -> dict[str, Json]:
    get = {"responses": {"200": {"description": "ok"}}}
    paths = {
        f"/items/{number}": {"get": {**get, "operationId": f"operation{number}"}}
        for number in range(_LARGE)
    }
    return {**BASE, "paths": paths}


def _all_routed(files: Files) -> None:
    assert len(re.findall(r"^OPERATION\w+: Final = ", files["shop/operations.py"], re.M)) == _LARGE


def _trace_not_routed(files: Files) -> None:
    operations = files["shop/operations.py"]
    assert 'method="TRACE"' not in operations
    assert 'method="FROB"' not in operations


def _nothing_routed(files: Files) -> None:
    assert "Operation(" not in files["shop/operations.py"]


TEXT: Final[tuple[Row, ...]] = (
    Refused(id="Y01", document=_nested(900), errors=(("depth-limit", ""),)),
    _unread("Y02", b"[" * 100_000, "depth-limit", file="shop.json"),
    _unread("Y02-yaml", b"[" * 100_000, "depth-limit"),
    _unread("Y04", b"!!python/object/apply:os.system\n- " + CODE.encode() + b"\n", "yaml-tag"),
    _unread("Y06", _YAML + b"paths: {}\n", "duplicate-key"),
    _unread(
        "Y07", b'{"openapi": "3.1.0", "paths": {}, "paths": {}}', "duplicate-key", file="shop.json"
    ),
    Built(id="Y09", document=_YAML, file="shop.yaml", benign=None),
    Built(id="Y10", document=b"\xef\xbb\xbf" + text_of(BASE)),
    Refused(
        id="Y11",
        document=b"\xff\xfe" + text_of(BASE).decode().encode("utf-16-le"),
        errors=(("not-utf-8", ""),),
        placed=False,
        decided="a clear error: RFC 8259 and YAML's writers use UTF-8",
    ),
    _unread("Y12", _YAML.replace(b"Shop", b"Sm\xe5"), "not-utf-8"),
    _unread("Y13", b"", "empty-document", placed=False),
    _unread("Y14", b"<html><body>502 Bad Gateway</body></html>\n", "not-a-document"),
    _unread("Y15", b"42\n", "not-a-document"),
    _unread("Y16", b"[]\n", "not-a-document"),
    _unread("Y17", _YAML + b"---\n" + _YAML, "yaml-documents"),
    _unread("alias-limit", _laughs(), "alias-limit"),
    _unread("number-not-finite", _YAML + b"x-limit: 0x" + b"f" * 5000, "number-not-finite"),
)
"""What a file's bytes and text are."""

SWAGGER: Final[dict[str, Json]] = {
    "swagger": "2.0",
    "info": {"title": "Shop", "version": "1"},
    "host": "shop.example",
    "basePath": "/v1",
    "consumes": ["application/json"],
    "produces": ["application/json"],
    "paths": {
        "/items": {
            "post": {
                "operationId": "create-item",
                "parameters": [
                    {"name": "body", "in": "body", "schema": {"$ref": "#/definitions/Item"}}
                ],
                "responses": {"201": {"description": "Created."}},
            }
        }
    },
    "definitions": {"Item": {"type": "object", "properties": {"name": {"type": "string"}}}},
}

STRUCTURE: Final[tuple[Row, ...]] = (
    Built(
        id="Y18",
        document=SWAGGER,
        benign=None,
        data=("create-item",),
        check=lambda files: _has(files, "class Item(Contract)"),
    ),
    _wrong("Y19", "/openapi", "4.0.0", "openapi-version"),
    Refused(
        id="Y20",
        file="shop.yaml",
        document=_YAML.replace(b"3.1.0", b"3.0"),
        errors=(("openapi-version", "/openapi"),),
    ),
    Refused(
        id="Y21",
        document=patched({"/paths": None}),
        errors=(("object-type", "/paths"),),
        decided="a clear error: null is a mistake; a document without paths leaves the key out",
    ),
    _wrong("Y22", "/paths/~1a", None, "object-type"),
    _wrong("Y22-list", "/paths/~1a", [], "object-type"),
    Built(
        id="Y23",
        document=patched(
            {
                "/paths/~1a": {
                    "frob": {"responses": {"200": {"description": "ok"}}},
                    "trace": {"responses": {"200": {"description": "ok"}}},
                    "x-frob": {"responses": {}},
                }
            }
        ),
        findings=("unknown-field", "operation-set-aside"),
        decided="an unknown method is set aside with a warning: it says nothing that is understood",
        check=_trace_not_routed,
    ),
    Built(id="Y25", document=_many(), benign=None, check=_all_routed, seconds=10.0),
    Built(
        id="Y27",
        document=patched({f"{NAME}/pattern": "^(a+)+$"}),
        benign=patched({f"{NAME}/pattern": "^a$"}),
        data=("^(a+)+$",),
        decided="enforced by a linear engine, the regex crate that Pydantic has",
        probe="match_slowly",
    ),
    Built(
        id="Y28",
        document=patched({f"{NAME}/pattern": "(?P<x"}),
        benign=None,
        findings=("unchecked-pattern",),
        decided="passed through with a warning: the service judges it",
    ),
    Built(
        id="Y25-beyond",
        document=_beyond(),
        benign=None,
        findings=("unchecked-bound",),
        decided="left to the service: no size of memory and no double is as large",
    ),
    Built(
        id="Y25-choices",
        document=_choices(),
        benign=None,
        findings=("wide-union",),
        decided="a choice of more than 250 is left to the service",
        seconds=10.0,
    ),
    Built(
        id="Y25-required",
        document=_required(8, 10),
        benign=None,
        decided="built without an example: one would have more values than there is memory for",
    ),
    Refused(
        id="expansion-limit",
        document=_doubled(40),
        errors=(("expansion-limit", "/components/schemas/L31"),),
    ),
    Refused(
        id="reference-limit",
        document=_chained(3000),
        errors=(("reference-limit", "/components/schemas/C2900"),),
    ),
)
"""What a document says."""


def _has(files: Files, text: str) -> None:
    assert text in files["shop/contracts/requests.py"]


ROWS: Final = (*TEXT, *STRUCTURE)
