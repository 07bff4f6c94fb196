"""Compares what the configuration says and callers notice: limits, time-outs, validation, headers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Final

from proxygen.changes.log import Noted
from proxygen.changes.model import ABSENT, Place
from proxygen.changes.surface import Version
from proxygen.diagnostics import Location
from proxygen.ir.gateway import (
    HeaderPolicy,
    Operation,
    PassthroughRoute,
    RateLimit,
    Timeouts,
    Validation,
)
from proxygen.source.document import Pointer

Json = Any
_STRICTNESS: Final = {Validation.OFF: 0, Validation.REPORT: 1, Validation.ENFORCE: 2}


@dataclass(frozen=True, slots=True)
class Settled:
    """A place in the configuration, which knows where it stands already."""

    at: Location

    @property
    def file(self) -> str:
        """The file's name as diagnostics show it."""
        return self.at.file

    @property
    def value(self) -> Json:
        """Nothing: a configuration is no document."""
        return {}

    def locate(self, pointer: Pointer) -> Location:
        """The place itself."""
        return self.at


@dataclass(frozen=True, slots=True)
class Settings:
    """Where both configurations speak of what is compared."""

    base: Location
    revision: Location

    def noted(self, rule: str, found: str, before: Json, after: Json) -> Noted:
        """A change of a setting."""
        return Noted(
            rule,
            settled(self.base),
            settled(self.revision),
            found,
            ABSENT if before is None else before,
            ABSENT if after is None else after,
        )


def settled(location: Location) -> Place:
    """A place in a configuration."""
    return Place(Settled(location), f"{location.line}:{location.column}{location.pointer}")


def limit_changes(
    old: Operation | PassthroughRoute, new: Operation | PassthroughRoute, settings: Settings
) -> Iterator[Noted]:
    """How often callers may call, and how long the edge waits and tries."""
    yield from _rate_limit(old.rate_limit, new.rate_limit, settings)
    for one in fields(Timeouts):
        before, after = getattr(old.timeouts, one.name), getattr(new.timeouts, one.name)
        if before != after:
            rule = "timeout-shortened" if after < before else "timeout-lengthened"
            found = f"The time-out `{one.name}` is {after:g} s; it was {before:g} s."
            yield settings.noted(rule, found, before, after)
    tries, more = _attempts(old), _attempts(new)
    if tries != more:
        rule = "retries-reduced" if more < tries else "retries-increased"
        found = f"A request that failed is tried {more} more times; it was {tries}."
        yield settings.noted(rule, found, tries, more)


def validation_change(old: Operation, new: Operation, settings: Settings) -> Iterator[Noted]:
    """What the edge does about requests that violate the contract."""
    before, after = old.validation, new.validation
    if before is not after:
        tightened = _STRICTNESS[after] > _STRICTNESS[before]
        rule = "validation-tightened" if tightened else "validation-loosened"
        found = f"The validation of requests is `{after}` now; it was `{before}`."
        yield settings.noted(rule, found, before.value, after.value)


def gateway_changes(old: Version, new: Version) -> Iterator[Noted]:
    """What holds for all operations."""
    settings = Settings(_file(old), _file(new))
    before, after = old.gateway, new.gateway
    if before.error_format is not after.error_format:
        found = (
            f"Errors of the edge are `{after.error_format}` now; they were `{before.error_format}`."
        )
        values = before.error_format.value, after.error_format.value
        yield settings.noted("error-format-changed", found, *values)
    for name in ("user_id", "org_id", "scopes"):
        claims = getattr(before.claims, name), getattr(after.claims, name)
        if claims[0] != claims[1]:
            found = f"`{name}` is read from {_listed(claims[1])} now; it was {_listed(claims[0])}."
            yield settings.noted("identity-claims-changed", found, *map(list, claims))
    yield from _headers(before.headers, after.headers, settings)


def _headers(old: HeaderPolicy, new: HeaderPolicy, settings: Settings) -> Iterator[Noted]:
    for name, gained, lost, what in (
        ("owned", "header-owned", "header-not-owned", "the edge's own"),
        ("allow", "header-allowed", "header-not-allowed", "forwarded to every service"),
        ("deny_response", "header-denied", "header-not-denied", "kept from clients"),
    ):
        before, after = getattr(old, name), getattr(new, name)
        for one in after:
            if one not in before:
                yield settings.noted(gained, f"The header `{one}` is {what} now.", None, one)
        for one in before:
            if one not in after:
                found = f"The header `{one}` is no longer {what}."
                yield settings.noted(lost, found, one, None)


def _rate_limit(
    before: RateLimit | None, after: RateLimit | None, settings: Settings
) -> Iterator[Noted]:
    if before == after:
        return
    values = _limit(before), _limit(after)
    tightened = after is not None and (
        before is None or after.rate < before.rate or after.burst < before.burst
    )
    rule = "rate-limit-tightened" if tightened else "rate-limit-loosened"
    found = f"A caller may make {values[1]}; it was {values[0]}."
    yield settings.noted(rule, found, values[0], values[1])


def _limit(limit: RateLimit | None) -> str:
    if limit is None:
        return "as many requests as the settings of the running edge allow"
    return f"{limit.rate:g} requests a second, {limit.burst} at once"


def _attempts(one: Operation | PassthroughRoute) -> int:
    return one.retry.attempts if not isinstance(one, Operation) or one.idempotent else 0


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _file(version: Version) -> Location:
    where = version.config.identity.location
    if where is not None:
        return Location(where.file)
    services = version.config.services
    return Location(services[0].location.file) if services else Location("proxygen.toml")
