"""Finds the inputs of an operation that carry identity, and binds, waives or refuses each."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from proxygen.config.model import BindConfig, Config, OperationConfig, ServiceConfig, WaiveConfig
from proxygen.diagnostics import Location
from proxygen.ir.gateway import Absent, AbsentParent, Auth, Binding, IdentityField, Place, Waiver
from proxygen.lower.body_inputs import Input
from proxygen.lower.ledger import Findings
from proxygen.lower.naming import folded

DEFAULT_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "user_id": ("user_id", "X-User-ID"),
    "org_id": ("org_id", "X-Org-ID"),
}
"""What looks like identity where the configuration names nothing."""

_KNOWN: Final = frozenset(field.value for field in IdentityField)
_PREFIXES: Final = {
    "header": Place.HEADER,
    "query": Place.QUERY,
    "path": Place.PATH,
    "form": Place.FORM,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What identity fills of an operation, what was waived, and what nothing is said about."""

    bindings: tuple[Binding, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    unbound: tuple[str, ...] = ()

    def names(self, place: Place) -> frozenset[str]:
        """The names (pointers, for BODY) bound at a place."""
        return frozenset(one.name for one in self.bindings if one.place is place)


def bind_identity(
    inputs: Sequence[Input],
    config: Config,
    service: ServiceConfig,
    configured: OperationConfig | None,
    auth: Auth,
    location: Location,
    findings: Findings,
) -> Bound:
    """Decides about every input; a waiver goes before a binding, a binding before a wire name."""
    waivers = [*(configured.waive if configured is not None else ()), *service.waive]
    waived = [one for one in inputs if any(_waives(waiver, one) for waiver in waivers)]
    used = [waiver for waiver in waivers if any(_waives(waiver, one) for one in inputs)]
    for waiver in configured.waive if configured is not None else ():
        if waiver not in used:
            _stale("stale-waiver", waiver.field, inputs, waiver.location, findings)
    bindings = _explicit(inputs, configured, findings)
    taken = {(one.place, one.name) for one in bindings}
    unbound: list[str] = []
    for one in inputs:
        field = _field_of(one, config)
        if field is None or one in waived or (one.place, one.name) in taken:
            continue
        binding = _automatic(one, field, config, location, findings)
        if binding is not None:
            bindings.append(binding)
        else:
            unbound.append(one.target)
    if auth is Auth.PUBLIC:
        for binding in bindings:
            findings.error(
                "binding-on-public",
                binding.location,
                f"`{binding.name}` is identity, and nobody is identified here",
                'remove `auth = "public"`, or waive the input with a reason',
                (configured.location,) if configured is not None else (service.location,),
            )
    return Bound(
        bindings=tuple(bindings),
        waivers=tuple(
            Waiver(field=waiver.field, reason=waiver.reason, location=waiver.location)
            for waiver in used
        ),
        unbound=tuple(unbound),
    )


def used_waivers(bounds: Sequence[Bound]) -> frozenset[Location]:
    """Where the waivers stand that some operation needs."""
    return frozenset(waiver.location for bound in bounds for waiver in bound.waivers)


def wanted_names(
    config: Config, service: ServiceConfig, configured: OperationConfig | None
) -> frozenset[str]:
    """The names, folded, that decide something about an operation: identity's and the configuration's."""
    fields = {**DEFAULT_FIELDS, **(config.identity.fields or {})}
    names = [name for wire_names in fields.values() for name in wire_names]
    lines = [*service.waive, *(configured.waive if configured is not None else ())]
    targets = [line.target for line in configured.bind] if configured is not None else []
    lasts = (target.rpartition("/")[2] for target in (*targets, *(line.field for line in lines)))
    names.extend(last.replace("~1", "/").replace("~0", "~") for last in lasts)
    return frozenset(folded(name) for name in names)


def _field_of(one: Input, config: Config) -> IdentityField | None:
    fields = {**DEFAULT_FIELDS, **(config.identity.fields or {})}
    for name, wire_names in fields.items():
        if name in _KNOWN and folded(one.wire_name) in {folded(wire) for wire in wire_names}:
            return IdentityField(name)
    return None


def _explicit(
    inputs: Sequence[Input], configured: OperationConfig | None, findings: Findings
) -> list[Binding]:
    bindings: list[Binding] = []
    for line in configured.bind if configured is not None else ():
        if line.field not in _KNOWN:
            cure = f"use one of {', '.join(sorted(_KNOWN))}"
            findings.error(
                "unknown-identity-field",
                line.location,
                f"`{line.field}` is no identity field",
                cure,
            )
            continue
        field = IdentityField(line.field)
        found = next((one for one in inputs if _is_target(one, line.target)), None)
        kind, colon, name = line.target.partition(":")
        if found is None and colon and kind == "header":
            bindings.append(_new_header(line, field, name))
        elif found is None:
            _stale("stale-binding", line.target, inputs, line.location, findings)
        elif _fits(found, line, findings):
            bindings.append(_binding(found, field, line))
    return bindings


def _new_header(line: BindConfig, field: IdentityField, name: str) -> Binding:
    return Binding(
        field=field,
        place=Place.HEADER,
        name=name,
        absent=Absent(line.absent) if line.absent else Absent.OMIT,
        absent_parent=AbsentParent.REFUSE,
        location=line.location,
    )


def _binding(one: Input, field: IdentityField, line: BindConfig | None) -> Binding:
    absent = line.absent if line is not None else None
    parent = line.absent_parent if line is not None else None
    return Binding(
        field=field,
        place=one.place,
        name=one.name,
        absent=Absent(absent) if absent else _absent(one),
        absent_parent=AbsentParent(parent) if parent else AbsentParent.REFUSE,
        location=line.location if line is not None else one.location,
    )


def _absent(one: Input) -> Absent:
    if one.place is Place.BODY and one.nullable:
        return Absent.NULL
    return Absent.FORBID if one.required or one.place is Place.PATH else Absent.OMIT


def _fits(one: Input, line: BindConfig | None, findings: Findings) -> bool:
    """Whether the runtime can bind the input; where it cannot, an error says why."""
    place = line.location if line is not None else one.location
    if one.repeated or one.branch:
        where = (
            "inside an array, map or recursion"
            if one.repeated
            else "in only some branches of a union"
        )
        findings.error(
            "unbindable-identity",
            place,
            f"`{one.target}` carries identity {where}, where no value can be written for sure",
            f'waive it with a reason: waive = [{{ field = "{one.target}", reason = "..." }}]',
        )
        return False
    if one.loose and (line is None or line.absent_parent is None):
        findings.error(
            "absent-parent",
            place,
            f"`{one.target}` carries identity, and the object around it may be absent or null",
            f'bind."{one.target}" = {{ field = "user_id", absent_parent = "refuse" }}, or "skip"',
        )
        return False
    return True


def _automatic(
    one: Input, field: IdentityField, config: Config, location: Location, findings: Findings
) -> Binding | None:
    if config.identity.fields is None and one.place is not Place.HEADER:
        found = f"`{one.target}` looks like identity and stays the client's"
        cure = "name it under [identity.fields] to fill it from the token"
        findings.warning("unbound-identity", one.location, found, cure)
        findings.passed("identity-like input", "unbound-identity", one.location, found)
        return None
    named = (config.identity.fields or DEFAULT_FIELDS).get(field.value, ())
    if (
        folded(one.wire_name) not in {folded(wire) for wire in named}
        and one.place is not Place.HEADER
    ):
        findings.error(
            "unbound-identity",
            one.location,
            f"`{one.target}` looks like identity, and nothing says what to do with it",
            "name it under [identity.fields], bind it, or waive it with a reason: "
            f'waive = [{{ field = "{one.target}", reason = "..." }}]',
            (location,),
        )
        return None
    return _binding(one, field, None) if _fits(one, None, findings) else None


def _waives(waiver: WaiveConfig, one: Input) -> bool:
    return waiver.field == one.target or waiver.field in (one.name, one.wire_name)


def _is_target(one: Input, target: str) -> bool:
    kind, colon, name = target.partition(":")
    if not colon or kind not in _PREFIXES:
        return one.place is Place.BODY and one.name == target
    place = _PREFIXES[kind]
    if place is Place.HEADER:
        return one.place is place and one.name.lower() == name.lower()
    if place is Place.FORM:
        return one.place in (Place.FORM, Place.PART) and one.name == name
    return one.place is place and one.name == name


def _stale(
    rule: str, target: str, inputs: Sequence[Input], location: Location, findings: Findings
) -> None:
    names = list(dict.fromkeys(one.target for one in inputs))
    near = difflib.get_close_matches(target, names, n=1, cutoff=0.4)
    cure = f"did you mean `{near[0]}`?" if near else "remove it"
    findings.error(rule, location, f"the operation takes no `{target}`", cure)
