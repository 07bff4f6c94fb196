"""Compares who may call an operation: at the edge by token and scopes, at the service by its schemes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from proxygen.changes.compare.settings import Settings
from proxygen.changes.log import Noted
from proxygen.changes.surface import Endpoint
from proxygen.ir.gateway import Auth
from proxygen.openapi.model import SecurityRequirement

Alternatives = Sequence[frozenset[str]]
_STRICTNESS: Final = {Auth.PUBLIC: 0, Auth.OPTIONAL: 1, Auth.REQUIRED: 2}
_WHO: Final = {
    Auth.PUBLIC: "anybody, and no token is read",
    Auth.OPTIONAL: "anybody; a token is read where there is one",
    Auth.REQUIRED: "whoever has a valid token",
}


def auth_change(before: Auth, after: Auth, settings: Settings) -> Iterator[Noted]:
    """Whether a token is needed, and read."""
    if before is after:
        return
    rule = "auth-opened"
    if after is Auth.REQUIRED:
        rule = "auth-tightened"
    elif _STRICTNESS[after] > _STRICTNESS[before]:
        rule = "auth-token-read"
    found = f"It may be called by {_WHO[after]}; it was {_WHO[before]}."
    yield settings.noted(rule, found, before.value, after.value)


def scope_changes(old: Endpoint, new: Endpoint) -> Iterator[Noted]:
    """Which scopes a token must have at the edge."""
    if old.policy is None or new.policy is None:
        return
    before = _sets(old.policy.scopes)
    after = _sets(new.policy.scopes)
    rule = _direction(before, after)
    if rule is not None:
        found = f"A token needs {_shown(after)}; it was {_shown(before)}."
        yield Noted(f"scopes-{rule}", old.place, new.place, found, _plain(before), _plain(after))


def security_changes(old: Endpoint, new: Endpoint) -> Iterator[Noted]:
    """Which credentials the service asks for; the edge, not its callers, has to bring them."""
    before = _requirements(old.operation.security)
    after = _requirements(new.operation.security)
    rule = _direction(before, after)
    if rule is not None:
        found = f"The service asks for {_shown(after)}; it was {_shown(before)}."
        yield Noted(f"security-{rule}", old.place, new.place, found, _plain(before), _plain(after))


def _sets(scopes: Sequence[Sequence[str]]) -> Alternatives:
    return [frozenset(one) for one in scopes] or [frozenset()]


def _requirements(security: Sequence[SecurityRequirement] | None) -> Alternatives:
    return [
        frozenset(
            one
            for name, scopes in requirement.schemes
            for one in (name, *(f"{name}:{scope}" for scope in scopes))
        )
        for requirement in security or ()
    ] or [frozenset()]


def _direction(before: Alternatives, after: Alternatives) -> str | None:
    """`tightened` where somebody who had enough has not; `loosened` where only the reverse is so."""
    if any(not any(need <= had for need in after) for had in before):
        return "tightened"
    if any(not any(need <= had for need in before) for had in after):
        return "loosened"
    return None


def _shown(alternatives: Alternatives) -> str:
    texts = [" and ".join(f"`{name}`" for name in sorted(one)) or "nothing" for one in alternatives]
    return ", or ".join(texts)


def _plain(alternatives: Alternatives) -> list[list[str]]:
    return [sorted(one) for one in alternatives]
