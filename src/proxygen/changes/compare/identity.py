"""Compares which inputs identity fills, with what, and what becomes of a client that fills them itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from proxygen.changes.compare.settings import Settings
from proxygen.changes.log import Noted
from proxygen.ir.gateway import Absent, Auth, Binding, IdentityField, OnClientValue, Operation

_REFUSES: Final = OnClientValue.REJECT
_PLACES: Final = {
    "body": "body field",
    "form": "form field",
    "part": "part",
    "path": "path variable",
}


def identity_changes(old: Operation, new: Operation, settings: Settings) -> Iterator[Noted]:
    """The changes of an operation's bindings."""
    before = {(one.place, one.name): one for one in old.bindings}
    after = {(one.place, one.name): one for one in new.bindings}
    inputs = _inputs(old), _inputs(new)
    for key in dict.fromkeys([*before, *after]):
        one, other = before.get(key), after.get(key)
        known = (key[0].value, key[1])
        if one is not None and other is not None:
            yield from _rebound(one, other, old, new, settings)
        elif other is not None and (known in inputs[0] or key[0].value in ("body", "form", "part")):
            refused = new.on_client_value is _REFUSES
            rule = "identity-bound" if refused else "identity-bound-silently"
            what = "refused from clients" if refused else "taken from no client"
            found = f"The {_named(other)} is the caller's {_field(other)} now, and {what}."
            yield settings.noted(rule, found, None, other.field.value)
        elif one is not None and (known in inputs[1] or key[0].value in ("body", "form", "part")):
            found = f"The {_named(one)} is the client's now; it was the caller's {_field(one)}."
            yield settings.noted("identity-unbound", found, one.field.value, None)
    if before and after and old.on_client_value is not new.on_client_value:
        yield from _on_client_value(old.on_client_value, new.on_client_value, settings)


def _rebound(
    one: Binding, other: Binding, old: Operation, new: Operation, settings: Settings
) -> Iterator[Noted]:
    if one.field is not other.field:
        found = f"The {_named(other)} is the caller's {_field(other)} now; it was {_field(one)}."
        yield settings.noted("identity-field-changed", found, one.field.value, other.field.value)
        return
    needed, needs = _needs(one, old), _needs(other, new)
    if needs and not needed:
        found = f"A token without {_field(other)} is refused: the {_named(other)} needs it."
        yield settings.noted("identity-needed", found, one.absent.value, other.absent.value)
    elif needed and not needs:
        found = f"A token without {_field(other)} is accepted."
        yield settings.noted("identity-not-needed", found, one.absent.value, other.absent.value)


def _needs(binding: Binding, operation: Operation) -> bool:
    optional = binding.field is IdentityField.ORG_ID or operation.auth is Auth.OPTIONAL
    return binding.absent is Absent.FORBID and optional


def _on_client_value(
    before: OnClientValue, after: OnClientValue, settings: Settings
) -> Iterator[Noted]:
    values = before.value, after.value
    if after is _REFUSES:
        found = "A client that sets an input which identity fills is refused now."
        yield settings.noted("client-value-refused", found, *values)
    elif before is _REFUSES:
        found = "A client that sets an input which identity fills is not refused any more."
        yield settings.noted("client-value-accepted", found, *values)


def _inputs(operation: Operation) -> set[tuple[str, str]]:
    return {(one.location, one.name) for one in operation.parameters}


def _named(binding: Binding) -> str:
    place = binding.place.value
    return f"{_PLACES.get(place, f'{place} parameter' if place == 'query' else place)} `{binding.name}`"


def _field(binding: Binding) -> str:
    return f"`{binding.field.value}`"
