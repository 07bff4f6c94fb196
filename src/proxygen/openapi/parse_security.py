"""Parses security schemes and requirements."""

from __future__ import annotations

from typing import Any

from proxygen.openapi.model import SecurityRequirement, SecurityScheme
from proxygen.openapi.reading import Reading
from proxygen.openapi.wire_names import has_control, is_token
from proxygen.source.document import Pointer
from proxygen.source.pointers import child
from proxygen.source.refusal import shown


def parse_security_schemes(
    reading: Reading, components: dict[str, Any], pointer: Pointer
) -> tuple[SecurityScheme, ...]:
    """The security schemes of the components (OAS 3.1.1, 4.8.27)."""
    parsed = []
    for name, value, place in reading.members(components, "securitySchemes", pointer):
        resolved = reading.object_at(value, place, "a security scheme object")
        if resolved is None:
            continue
        scheme, origin = resolved
        kind = reading.text(scheme, "type", origin)
        _check_api_key(reading, scheme, kind, origin)
        parsed.append(
            SecurityScheme(
                pointer=origin,
                name=name,
                kind=kind,
                scheme=reading.text(scheme, "scheme", origin).lower() if kind == "http" else "",
            )
        )
    return tuple(parsed)


def parse_security(
    reading: Reading, owner: dict[str, Any], pointer: Pointer
) -> tuple[SecurityRequirement, ...] | None:
    """The alternatives of a `security` array; None where the owner says nothing (OAS 3.1.1, 4.8.30)."""
    if owner.get("security") is None:
        return None
    parsed = []
    for value, place in reading.items(owner, "security", pointer):
        if not isinstance(value, dict):
            reading.findings.error(
                "object-type",
                place,
                "A security requirement is an object of scheme names.",
                "Write `- scheme: []`.",
            )
            continue
        schemes = []
        for name in value:
            scopes = tuple(
                scope for scope, _ in reading.items(value, name, place) if isinstance(scope, str)
            )
            _check_declared(reading, name, place)
            schemes.append((name, scopes))
        parsed.append(SecurityRequirement(pointer=place, schemes=tuple(schemes)))
    return tuple(parsed)


def _check_declared(reading: Reading, name: str, pointer: Pointer) -> None:
    components = reading.document.value.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    if not isinstance(schemes, dict) or name not in schemes:
        reading.findings.warning(
            "security-undeclared",
            child(pointer, name),
            f"No security scheme is called {shown(name)}.",
            "Declare it under components/securitySchemes.",
        )


def _check_api_key(reading: Reading, scheme: dict[str, Any], kind: str, pointer: Pointer) -> None:
    name = scheme.get("name")
    if kind != "apiKey" or scheme.get("in") not in ("header", "cookie"):
        return
    if isinstance(name, str) and is_token(name):
        return
    sound = isinstance(name, str) and not has_control(name)
    report = reading.findings.warning if sound else reading.findings.error
    report(
        "header-name",
        child(pointer, "name"),
        f"{shown(str(name))} is no name of a {scheme['in']}.",
        "Use letters, digits and hyphens (RFC 9110, 5.6.2).",
    )
