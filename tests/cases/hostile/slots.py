"""Documents with any text in every slot that takes text: their structure drawn apart from their texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st

from tests.cases.hostile.documents import Json
from tests.cases.hostile.row import CODE

Text = Callable[[str], str]
"""The text of a slot, asked once per place; its argument says what may be there."""

PAYLOADS: Final = (
    f'X"""\n{CODE}\n"""',
    f"X'''\n{CODE}\n'''",
    f'\\"""\n{CODE}\n#',
    f'\\"\\"\\"\n    {CODE}\n    x="""',
    f'x");{CODE}#',
    f"x');{CODE}#",
    f"text\r{CODE}\r#",
    f"x():\n    pass\n{CODE}\ndef y",
    f"q=None):\n {CODE}",
    f"A(B):\n {CODE}",
    f"{{{CODE}}}",
    f"{{{{ {CODE} }}}}{{% set x = 1 %}}{{# #}}",
    f"x\u2028{CODE}\u2029\x85{CODE}",
    "trailing \\",
    "get\u202eItem\u2066",
    "coding: utf-7",
    "-*- coding: utf-16 -*-",
    "../../../../etc/passwd",
    "..\\..\\x",
    "\x00",
    "| a | b\n# heading <script>alert(1)</script> [x](javascript:y)",
    "# noqa\n# type: ignore\n# fmt: off",
)
NAMES: Final = (
    f'x");{CODE}#',
    f"{{{CODE}}}",
    "class",
    "None",
    "self",
    "request",
    "__import__",
    "__class__",
    "__init__",
    "_private",
    "model_config",
    "model_fields",
    "copy",
    "json",
    "dict",
    "str",
    "list",
    "date",
    "root",
    "schema",
    "BaseModel",
    "Field",
    "Annotated",
    "MISSING",
    "router",
    "operations",
    "CON",
    "..",
    "/tmp/x",  # noqa: S108 - a text
    "1st",
    "é",
    "日本",
    "ﬁ",
    "K",
    "get\u202eItem",
    "a" * 300,
)
_TOKEN = "!#$%&'*+-.^_`|~0123456789abcXYZ"
_SEGMENT = "abcXYZ0189-_~!$&'()*+,;=:@"
_ANY = st.characters(codec="utf-8")
_CONTROLS = "".join(chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)))
_VISIBLE = st.characters(codec="utf-8", exclude_characters=_CONTROLS)

STRATEGIES: Final = {
    "text": st.sampled_from(PAYLOADS) | st.text(_ANY, max_size=40),
    "name": st.sampled_from(NAMES) | st.text(_VISIBLE, min_size=1, max_size=20),
    "token": st.text(_TOKEN, min_size=1, max_size=20),
    "path": st.text(_SEGMENT, min_size=1, max_size=20) | st.just(f"');{CODE}"),
}
"""What may stand in a slot without the document being refused for it, by kind."""

_DRAWN_AS: Final = {"operation": "name", "own text": "text"}
"""Names and texts that differ from all others: parameters of the same texts share a class."""

SPOILED: Final = {
    "token": st.sampled_from((f'X");{CODE}#', "X\r\nEvil: 1", "X Y", "é", "")),
    "path": st.sampled_from(("{x}", "{", "a/../b", "a?b", "a b", "\\", "{x:path}")),
    "operation": st.sampled_from(("get\x00Item", f"x\n{CODE}", "\x1b[31m")),
}
"""What may be refused, or set aside in the ledger."""


@dataclass(frozen=True, slots=True)
class Case:
    """A drawn document; `structure` decides everything that is not text."""

    structure: tuple[str, ...]
    document: Json
    spoiled: bool


def plain() -> Text:
    """Benign texts, all different."""
    count = iter(range(1_000_000))
    return lambda kind: (
        f"plain-{next(count)}" if kind in {"token", "path"} else f"plain {next(count)}"
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any texts in a document of a drawn structure; one in four has a text that need not be accepted."""
    structure = tuple(draw(st.lists(st.sampled_from(sorted(OPERATIONS)), min_size=1, max_size=3)))
    spoil = draw(st.sampled_from((*[None] * 9, *sorted(SPOILED))))
    used: set[str] = set()
    spoiled = False

    def text(kind: str) -> str:
        nonlocal spoiled
        if kind == spoil and not spoiled:
            spoiled = True
            return draw(SPOILED[kind])
        drawn = draw(STRATEGIES[_DRAWN_AS.get(kind, kind)])
        if kind != "text":
            while drawn.casefold() in used or (kind == "operation" and not drawn.strip()):
                drawn += str(len(used))
            used.add(drawn.casefold())
        return drawn

    return Case(structure, document(structure, text), spoiled)


def document(structure: tuple[str, ...], text: Text) -> Json:
    """The document of a structure with these texts."""
    item = {"$ref": "#/components/schemas/Item"}
    paths: dict[str, Json] = {}
    for number, kind in enumerate(structure):
        path = f"/p{number}-{text('path')}"
        method, operation, path = OPERATIONS[kind](text, item, path)
        paths[path] = {"summary": text("text"), method: operation}
    scheme = text("name")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": text("text"),
            "version": text("text"),
            "description": text("text"),
            "contact": {"name": text("text")},
            "license": {"name": text("text")},
            f"x-{text('text')}": text("text"),
        },
        "servers": [{"url": f"http://h/{text('token')}", "description": text("text")}],
        "tags": [{"name": text("text"), "description": text("text")}],
        "security": [{scheme: []}],
        "paths": paths,
        "components": {
            "schemas": {
                "Item": _item(text),
                text("name"): {"type": "object", "title": text("text")},
            },
            "securitySchemes": {
                scheme: {"type": "http", "scheme": "bearer", "description": text("text")}
            },
        },
    }


def _item(text: Text) -> Json:
    """A schema with a text wherever one can be."""
    return {
        "type": "object",
        "title": text("text"),
        "description": text("text"),
        "required": ["kept-name"],
        "properties": {
            "kept-name": {"type": "string", "minLength": 1, "description": text("text")},
            text("name"): {"type": "string", "default": text("text"), "examples": [text("text")]},
            text("name"): {"type": "string", "enum": [text("name"), text("name")]},
            text("name"): {"const": text("text"), "$comment": text("text")},
            text("name"): {
                "type": "object",
                "description": text("text"),
                "properties": {
                    text("name"): {"type": "integer", f"x-{text('text')}": text("text")}
                },
            },
            text("name"): {"type": "array", "items": {"type": "string", "format": text("text")}},
        },
        "externalDocs": {"url": "http://h/", "description": text("text")},
        "x-enum-varnames": [text("text")],
        "customTypePath": text("text"),
    }


def _common(text: Text) -> dict[str, Json]:
    return {
        "operationId": text("operation"),
        "summary": text("text"),
        "description": text("text"),
        "tags": [f"t{text('name')}"],
        f"x-{text('text')}": {text("text"): text("text")},
        "responses": {"200": {"description": text("text")}},
    }


def _listing(text: Text, item: Json, path: str) -> tuple[str, Json, str]:
    parameters = [
        {"name": "kept-name", "in": "query", "schema": {"type": "integer"}},
        {
            "name": text("name"),
            "in": "query",
            "description": text("text"),
            "example": text("text"),
            "schema": {"type": "string", "default": text("text")},
        },
        {"name": f"X-{text('token')}", "in": "header", "schema": {"type": "string"}},
        {"name": text("token"), "in": "cookie", "schema": {"type": "string"}},
    ]
    answer = {
        "description": text("text"),
        "headers": {f"X-{text('token')}": {"description": text("text"), "schema": {}}},
        "content": {"application/json": {"schema": {"type": "array", "items": item}}},
    }
    return "get", {**_common(text), "parameters": parameters, "responses": {"200": answer}}, path


def _reading(text: Text, item: Json, path: str) -> tuple[str, Json, str]:
    parameter = {
        "name": "kept-name",
        "in": "path",
        "required": True,
        "description": text("own text"),
        "schema": {"type": "string"},
    }
    content = {f"application/vnd.{text('token')}+json": {"schema": item, "example": text("text")}}
    answers = {"200": {"description": text("text"), "content": content}}
    operation = {**_common(text), "parameters": [parameter], "responses": answers}
    return "get", operation, f"{path}/{{kept-name}}"


def _writing(text: Text, item: Json, path: str) -> tuple[str, Json, str]:
    body = {
        "required": True,
        "description": text("text"),
        "content": {f"application/vnd.{text('token')}+json": {"schema": item}},
    }
    callback = {
        text("text"): {text("text"): {"post": {"responses": {"200": {"description": "x"}}}}}
    }
    return "post", {**_common(text), "requestBody": body, "callbacks": callback}, path


def _form(text: Text, item: Json, path: str) -> tuple[str, Json, str]:
    schema = {
        "type": "object",
        "properties": {"kept-name": {"type": "string"}, text("name"): {"type": "string"}},
    }
    body = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": schema}}}
    return "put", {**_common(text), "requestBody": body}, path


OPERATIONS: Final = {"form": _form, "list": _listing, "read": _reading, "write": _writing}
"""The kinds of operations that a structure consists of."""
