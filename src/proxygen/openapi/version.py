"""Which OpenAPI a document is written in, and what is read at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from proxygen.openapi.findings import Findings
from proxygen.source.refusal import shown

_VERSION: Final = re.compile(r"3\.([0-2])(?:\.\d+)?(?:-[0-9A-Za-z.-]+)?")
_WRITE_STRING: Final = 'Write the version as a string, such as "3.1.0".'


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A minor version of OpenAPI 3; Swagger 2.0 is read as 3.0, after its conversion."""

    minor: int
    swagger: bool = False


def read_version(value: dict[str, Any], findings: Findings) -> Version | None:
    """The version that the document declares; None, reported, for one that is not read."""
    if "openapi" not in value:
        if value.get("swagger") == "2.0":
            return Version(0, swagger=True)
        _refuse_without_openapi(value, findings)
        return None
    declared = value["openapi"]
    if not isinstance(declared, str):
        findings.error(
            "openapi-version",
            "/openapi",
            f"`openapi` is {shown(str(declared))}, which is not a string.",
            _WRITE_STRING,
        )
        return None
    match = _VERSION.fullmatch(declared)
    if match is None:
        findings.error(
            "openapi-version",
            "/openapi",
            f"OpenAPI {shown(declared)} is not known.",
            "2.0, 3.0, 3.1 and 3.2 are read.",
        )
        return None
    return Version(int(match[1]))


def _refuse_without_openapi(value: dict[str, Any], findings: Findings) -> None:
    if "swagger" in value:
        findings.error(
            "openapi-version",
            "/swagger",
            f"This is Swagger {shown(str(value['swagger']))}.",
            'Write `swagger: "2.0"`, as a string, if it is; 3.0, 3.1 and 3.2 are read beside it.',
        )
    else:
        findings.error(
            "openapi-version",
            "",
            "This is no OpenAPI document: it has no key `openapi`.",
            'Write `openapi: "3.1.0"` and what belongs to it, or move the file elsewhere.',
        )
