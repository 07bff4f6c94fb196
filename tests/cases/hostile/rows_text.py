"""Rows G01 to G40: text of a document that would like to be code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from proxygen.source.pointers import child
from tests.cases.hostile.documents import (
    CREATE,
    ITEM,
    LIST,
    NAME,
    PARAMETERS,
    RESPONSE,
    SIZE,
    Json,
    patched,
    text_of,
    with_path,
)
from tests.cases.hostile.row import CODE, Built, Files, Refused, Row
from tests.cases.hostile.skeleton import identifiers

_OPERATION_ID = f"{LIST}/operationId"


def _text(
    identifier: str, pointer: str, text: str, benign: str = "Plain text.", *, kept: bool = True
) -> Built:
    """A text where a text belongs: the output has it as data (or not at all), and has the form that any
    text gives it."""
    return Built(
        id=identifier,
        document=patched({pointer: text}),
        benign=patched({pointer: benign}),
        data=(text,) if kept else (),
    )


def _schema(identifier: str, hostile: Json, benign: Json, *data: str, at: str = NAME) -> Built:
    return Built(
        id=identifier,
        document=patched({at: hostile}),
        benign=patched({at: benign}),
        data=data,
    )


def _refused(
    identifier: str, change: Mapping[str, Json], rule: str, pointer: str, decided: str = ""
) -> Refused:
    return Refused(
        id=identifier, document=patched(change), errors=((rule, pointer),), decided=decided
    )


def _named(name: str) -> dict[str, Json]:
    """The document with a schema of this name, which a request and an answer refer to."""
    schema = {"type": "object", "properties": {"plain": {"type": "string"}}}
    reference = {"$ref": f"#{child('/components/schemas', name)}"}
    return patched(
        {
            child("/components/schemas", name): schema,
            f"{CREATE}/requestBody/content/application~1json/schema": reference,
            f"{RESPONSE}/content/application~1json/schema": reference,
        }
    )


def _no_import_but_our_own(files: Files) -> None:
    for path, text in files.items():
        if path.endswith(".py"):
            assert not {"antigravity_canary", "canary"} & identifiers(text), path


def _no_result_of_a_template(files: Files) -> None:
    for path, text in files.items():
        assert "{{ 49 }}" not in text
        assert "Title 49" not in text, path


DOCUMENT_TEXT: Final[tuple[Row, ...]] = (
    _text("G01", "/info/title", f'X"""\n{CODE}\n"""'),
    _text("G02", "/info/description", f'a\n"""\n{CODE}\n"""', kept=False),
    _text("G03", "/info/description", f'\\"""\n{CODE}\n#', kept=False),
    _text("G04", "/info/description", "trailing \\", kept=False),
    _text("G05", "/info/version", f'1");{CODE}#', "2", kept=False),
    _text("G38", "/info/title", "Title {{ 7*7 }}{% if 1 %}x{% endif %}{# y #}"),
    Built(
        id="G38-summary",
        document=patched({f"{LIST}/summary": "Title {{ 7*7 }} {{ ''.__class__ }} {{ view }}"}),
        data=("Title {{ 7*7 }} {{ ''.__class__ }} {{ view }}",),
        check=_no_result_of_a_template,
    ),
    _text("G40", "/info/title", "coding: utf-7 -*- coding: utf-7 -*- +AGEAYg-"),
)
"""Texts about the document as a whole."""

OPERATION_TEXT: Final[tuple[Row, ...]] = (
    _text("G06", f"{LIST}/summary", f'"""\n{CODE}\n"""'),
    _text("G07", f"{LIST}/summary", f'\\"\\"\\"\n    {CODE}\n    x="""'),
    _text("G08", f"{LIST}/description", f"text\r{CODE}\r#"),
    _text("G10", _OPERATION_ID, f'x");{CODE}#', "plain id"),
    Refused(
        id="G11",
        document=patched({_OPERATION_ID: f"x():\n    pass\n{CODE}\ndef y"}),
        errors=(("operation-id", _OPERATION_ID),),
        decided="refused: an operationId with control characters cannot be quoted in a log or a URL",
    ),
    _text("G12", f"{LIST}/tags/0", f't");{CODE}#', "Plain tag"),
    Built(
        id="G13",
        document=with_path(f"/a');{CODE}"),
        benign=with_path("/benign"),
        data=(f"/a');{CODE}",),
    ),
    Built(
        id="G15",
        document=with_path(f"/a/{{x}}{{{CODE}}}"),
        benign=with_path("/a/{x}{y}"),
        findings=("path-not-routable",),
        decided="in the ledger and not routed: nothing stands between two variables",
    ),
    Built(
        id="G15-declared",
        document=with_path(f"/a/{{x}}/{{{CODE}}}", "x", CODE),
        benign=with_path("/a/{x}/{a b}", "x", "a b"),
        data=(f"/a/{{x}}/{{{CODE}}}",),
        decided="routed: the braces are those of a template, kept as a text, never an f-string's",
    ),
)
"""Texts of operations."""

PARAMETER_TEXT: Final[tuple[Row, ...]] = (
    _text("G16", f"{PARAMETERS}/0/name", f'q");{CODE}#', "plain-name"),
    _refused(
        "G17",
        {f"{PARAMETERS}/0/name": f"q=None):\n {CODE}"},
        "parameter-name",
        f"{PARAMETERS}/0/name",
        "refused: a name with control characters is in no request that the edge could check",
    ),
    _refused(
        "G18", {f"{PARAMETERS}/2/name": f'X-A");{CODE}#'}, "parameter-name", f"{PARAMETERS}/2/name"
    ),
    _refused(
        "G19", {f"{PARAMETERS}/3/name": f'c";{CODE}'}, "parameter-name", f"{PARAMETERS}/3/name"
    ),
    _text("G20", f"{PARAMETERS}/0/description", f'"""{CODE}'),
    _schema(
        "G21",
        {"type": "string", "default": f'x");{CODE}#'},
        {"type": "string", "default": "plain"},
        at=f"{PARAMETERS}/0/schema",
    ),
    _refused(
        "G23",
        {f"{PARAMETERS}/1/schema/default": CODE},
        "default-mismatch",
        f"{PARAMETERS}/1/schema/default",
    ),
    _schema(
        "G24",
        {"type": "string", "pattern": f'^a";{CODE}$'},
        {"type": "string", "pattern": "^a+$"},
        f'^a";{CODE}$',
        at=f"{PARAMETERS}/0/schema",
    ),
)
"""Texts of parameters."""

SCHEMA_TEXT: Final[tuple[Row, ...]] = (
    _schema(
        "G25",
        {"type": "string", "enum": [f'x";{CODE}', "y"]},
        {"type": "string", "enum": ["x", "y"]},
        f'x";{CODE}',
    ),
    Refused(
        id="G27",
        document=text_of(patched({f"{SIZE}/default": "HERE"})).replace(b'"HERE"', b"1e999"),
        errors=(("number-not-finite", ""),),
        decided="refused: no double holds it, so no two readers agree on it",
    ),
    Refused(
        id="G27-nan",
        document=text_of(patched({f"{SIZE}/default": "HERE"})).replace(b'"HERE"', b"NaN"),
        errors=(("number-not-finite", ""),),
    ),
    Refused(
        id="G27-yaml",
        file="shop.yaml",
        document=b"openapi: 3.1.0\ninfo: {title: x, version: '1'}\nx-limit: -.inf\npaths: {}\n",
        errors=(("number-not-finite", ""),),
    ),
    _refused("G28", {f"{SIZE}/minimum": f"0);{CODE}"}, "openapi-invalid", f"{SIZE}/minimum"),
    _refused("G29", {f"{NAME}/maxLength": -1}, "openapi-invalid", f"{NAME}/maxLength"),
    _refused("G29-true", {f"{NAME}/minLength": True}, "openapi-invalid", f"{NAME}/minLength"),
    Built(
        id="G30",
        document=_named(f"A(B):\n {CODE}"),
        benign=_named("Plain.name"),
        decided="sanitised: real documents name schemas with slashes, blanks and letters of any script",
    ),
    Built(
        id="G32",
        document=patched(
            {
                f"{NAME}/customTypePath": "antigravity_canary.X",
                f"{NAME}/x-python-type": "antigravity_canary.X",
                f"{NAME}/x-python-import": {"module": "antigravity_canary", "name": "X"},
                f"{ITEM}/customBasePath": "antigravity_canary.Base",
                f"{ITEM}/title": "antigravity_canary",
                f"{ITEM}/$id": "antigravity_canary",
                f"{ITEM}/x-enum-varnames": [CODE],
                f"{ITEM}/discriminator": {"propertyName": "name", "mapping": {"x": f"#{ITEM}"}},
            }
        ),
        check=_no_import_but_our_own,
    ),
)
"""Texts of schemas."""

WIRE_TEXT: Final[tuple[Row, ...]] = (
    Refused(
        id="G33",
        document=patched(
            {f"{CREATE}/requestBody/content": {f'application/json");{CODE}#': {"schema": {}}}}
        ),
        errors=(("media-type", f'{CREATE}/requestBody/content/application~1json");{CODE}#'),),
    ),
    _refused(
        "G34",
        {f'{LIST}/responses/200");{CODE}#': {"description": "x"}},
        "status-key",
        f'{LIST}/responses/200");{CODE}#',
    ),
    Refused(
        id="G35",
        document=patched({f'{RESPONSE}/headers/X");{CODE}#': {"schema": {"type": "string"}}}),
        errors=(("header-name", f'{RESPONSE}/headers/X");{CODE}#'),),
        decided="refused: a name that is no token cannot be on the wire",
    ),
    Built(
        id="G36",
        document=patched(
            {"/servers": [{"url": f'http://h/");{CODE}#', "description": f'"""{CODE}'}]}
        ),
        benign=patched({"/servers": [{"url": "http://h/", "description": "x"}]}),
        findings=("server-set-aside",),
    ),
    _refused(
        "G37",
        {
            "/components/securitySchemes": {
                f'key"{CODE}': {"type": "apiKey", "in": "header", "name": "X\r\nEvil: 1"}
            }
        },
        "header-name",
        f'/components/securitySchemes/key"{CODE}/name',
    ),
    _refused(
        "G37-header",
        {f"{PARAMETERS}/2/name": "X\r\nEvil: 1"},
        "parameter-name",
        f"{PARAMETERS}/2/name",
    ),
)
"""Texts that would go over the wire."""

ROWS: Final = (*DOCUMENT_TEXT, *OPERATION_TEXT, *PARAMETER_TEXT, *SCHEMA_TEXT, *WIRE_TEXT)
