"""Compares which inputs identity fills, with what, and what becomes of a client that fills them itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from proxygen.changes.compare.settings import Settings
from proxygen.changes.log import Noted
from proxygen.changes.schema_view import SchemaView
from proxygen.changes.surface import Endpoint
from proxygen.ir.gateway import (
    Absent,
    Auth,
    Binding,
    IdentityField,
    OnClientValue,
    Operation,
    Place,
)
from proxygen.lower.references import tokens
from proxygen.openapi.model import Schema

_REFUSES: Final = OnClientValue.REJECT
_PLACES: Final = {
    "body": "body field",
    "form": "form field",
    "part": "part",
    "path": "path variable",
}


def identity_changes(before: Endpoint, after: Endpoint, settings: Settings) -> Iterator[Noted]:
    """The changes of an operation's bindings; of inputs that only one version has there is none."""
    old, new = before.policy, after.policy
    if old is None or new is None:
        return
    yield from _binding_changes(before, after, old, new, settings)
    if old.bindings and new.bindings and old.on_client_value is not new.on_client_value:
        yield from _on_client_value(old.on_client_value, new.on_client_value, settings)


def _binding_changes(
    base: Endpoint, revision: Endpoint, old: Operation, new: Operation, settings: Settings
) -> Iterator[Noted]:
    before = {(one.place, one.name): one for one in old.bindings}
    after = {(one.place, one.name): one for one in new.bindings}
    for key in dict.fromkeys([*before, *after]):
        one, other = before.get(key), after.get(key)
        if one is not None and other is not None:
            yield from _rebound(one, other, old, new, settings)
        elif other is not None and _takes(base, other):
            refused = new.on_client_value is _REFUSES
            rule = "identity-bound" if refused else "identity-bound-silently"
            what = "refused from clients" if refused else "taken from no client"
            found = f"The {_named(other)} is the caller's {_field(other)} now, and {what}."
            yield settings.noted(rule, found, None, other.field.value)
        elif one is not None and _takes(revision, one):
            found = f"The {_named(one)} is the client's now; it was the caller's {_field(one)}."
            yield settings.noted("identity-unbound", found, one.field.value, None)


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


def _takes(end: Endpoint, binding: Binding) -> bool:
    """Whether a client may fill this input in this version."""
    if binding.place in (Place.HEADER, Place.QUERY, Place.PATH):
        return any(
            (one.location, one.name.lower()) == (binding.place.value, binding.name.lower())
            for one in end.parameters
        )
    path = tokens(binding.name) if binding.place is Place.BODY else (binding.name,)
    content = end.body.content if end.body is not None else ()
    return any(_has(one.schema, path) for one in content if one.schema is not None)


def _has(schema: Schema, path: tuple[str, ...]) -> bool:
    """Whether a schema, or an alternative of it, names the field at a path."""
    view = SchemaView(schema)
    if any(_has(one, path) for one in view.alternatives):
        return True
    found = view.properties.get(path[0])
    return found is not None and (len(path) == 1 or _has(found, path[1:]))


def _named(binding: Binding) -> str:
    place = binding.place.value
    return f"{_PLACES.get(place, f'{place} parameter' if place == 'query' else place)} `{binding.name}`"


def _field(binding: Binding) -> str:
    return f"`{binding.field.value}`"
