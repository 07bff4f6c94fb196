"""Decides who may call an operation: authentication from the configuration, scopes from the document."""

from __future__ import annotations

from collections.abc import Mapping

from proxygen.config.model import IdentityConfig, OperationConfig, ServiceConfig
from proxygen.diagnostics import Location
from proxygen.ir.gateway import Auth, Signature
from proxygen.lower.ledger import Findings
from proxygen.openapi.model import Operation, SecurityScheme

_TOKEN_KINDS = frozenset({"oauth2", "openIdConnect"})


def auth_of(service: ServiceConfig, configured: OperationConfig | None) -> Auth:
    """Required unless the configuration says otherwise; a document opens nothing."""
    said = configured.auth if configured is not None and configured.auth else service.auth
    return Auth(said) if said else Auth.REQUIRED


def signature_of(
    service: ServiceConfig, configured: OperationConfig | None, auth: Auth
) -> Signature | None:
    """Who signed for it that an operation is public: where its `auth` is said."""
    said = configured.signed if configured is not None and configured.auth else service.signed
    if said is None or auth is not Auth.PUBLIC:
        return None
    return Signature(by=said.by, reason=said.reason, location=said.location)


def scopes_of(
    operation: Operation,
    schemes: Mapping[str, SecurityScheme],
    identity: IdentityConfig,
    auth: Auth,
    location: Location,
    findings: Findings,
) -> tuple[tuple[str, ...], ...]:
    """Alternatives of scopes in the token's words; none where any caller with a token will do."""
    if operation.security is None:
        return ()
    if not any(requirement.schemes for requirement in operation.security):
        if auth is not Auth.PUBLIC:
            detail = "the document asks for no credentials; the edge does"
            findings.passed("security", "security-opens-nothing", location, detail)
        return ()
    alternatives: list[tuple[str, ...]] = []
    for requirement in operation.security:
        if not any(is_token(schemes.get(name)) for name, _ in requirement.schemes):
            findings.leave("security requirement", requirement.pointer)
            continue
        wanted = [
            scope
            for name, scopes in requirement.schemes
            if is_token(schemes.get(name))
            for scope in scopes
        ]
        mapped = [identity.scopes[scope] for scope in wanted if scope in identity.scopes]
        for scope in wanted:
            if scope not in identity.scopes:
                _unmapped(scope, identity, location, findings)
        alternatives.append(tuple(dict.fromkeys(mapped)))
    return () if () in alternatives else tuple(dict.fromkeys(alternatives))


def note_schemes(
    schemes: Mapping[str, SecurityScheme], locations: Mapping[str, Location], findings: Findings
) -> None:
    """A ledger line for each scheme that is the downstream's credential and not the client's."""
    for name, scheme in schemes.items():
        if is_token(scheme):
            findings.count("security scheme")
            continue
        kind = f"{scheme.kind} {scheme.scheme}".strip()
        detail = f"`{name}` ({kind}) is the downstream's credential; the edge asks for its own"
        findings.passed("security scheme", "downstream-credential", locations[name], detail)


def is_token(scheme: SecurityScheme | None) -> bool:
    """Whether a scheme asks for the client's token, whose scopes the edge enforces."""
    if scheme is None:
        return False
    return scheme.kind in _TOKEN_KINDS or (
        scheme.kind == "http" and scheme.scheme.lower() == "bearer"
    )


def _unmapped(scope: str, identity: IdentityConfig, location: Location, findings: Findings) -> None:
    found = f"the scope `{scope}` is mapped to none of the token's"
    cure = f'say under [identity.scopes] which of the token\'s scopes it is: "{scope}" = "{scope}"'
    if identity.fields is not None:
        findings.error("unmapped-scope", location, found, cure)
    else:
        findings.warning("unmapped-scope", location, found, cure)
        findings.passed("scope", "unmapped-scope", location, f"{found}: not enforced by the edge")
