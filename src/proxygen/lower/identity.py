"""Finds the inputs of an operation that carry identity, and binds, waives or refuses each."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from proxygen.config.model import BindConfig, Config, OperationConfig, ServiceConfig, WaiveConfig
from proxygen.diagnostics import Location
from proxygen.ir.gateway import Absent, AbsentParent, Auth, Binding, IdentityField, Place, Waiver
from proxygen.lower.ledger import Findings
from proxygen.lower.naming import folded
from proxygen.lower.references import escaped, reference_of, references_in
from proxygen.lower.schemas import SchemaBook

Json = Any

DEFAULT_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "user_id": ("user_id", "X-User-ID"),
    "org_id": ("org_id", "X-Org-ID"),
}
"""What looks like identity where the configuration names nothing."""

_DEEPEST: Final = 12
_KNOWN: Final = frozenset(field.value for field in IdentityField)
_PREFIXES: Final = {
    "header": Place.HEADER,
    "query": Place.QUERY,
    "path": Place.PATH,
    "form": Place.FORM,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A place where a client could say something: `name` is a JSON pointer where `place` is BODY.

    `loose` says that an object around it may be absent or null, `repeated` that it is inside an array, a map
    or an object that holds itself, `branch` that only some branches of a union have it.
    """

    place: Place
    name: str
    required: bool
    nullable: bool
    location: Location
    loose: bool = False
    repeated: bool = False
    branch: bool = False

    @property
    def wire_name(self) -> str:
        """The last part of a pointer, or the name."""
        if self.place is not Place.BODY:
            return self.name
        return self.name.rpartition("/")[2].replace("~1", "/").replace("~0", "~")

    @property
    def target(self) -> str:
        """The input in the words of the configuration."""
        if self.place is Place.BODY:
            return self.name
        return f"{'form' if self.place is Place.PART else self.place.value}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What identity fills of an operation, and what only looks like identity."""

    bindings: tuple[Binding, ...] = ()
    waivers: tuple[Waiver, ...] = ()

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
            _stale("waiver", waiver.field, inputs, waiver.location, findings)
    bindings = _explicit(inputs, configured, findings)
    taken = {(one.place, one.name) for one in bindings}
    for one in inputs:
        field = _field_of(one, config)
        if field is None or one in waived or (one.place, one.name) in taken:
            continue
        binding = _automatic(one, field, config, location, findings)
        if binding is not None:
            bindings.append(binding)
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


def body_inputs(
    node: Json, book: SchemaBook, location: Location, wanted: frozenset[str]
) -> tuple[Input, ...]:
    """The properties of a JSON body: all of the outermost, and below it those with a wanted name."""
    found: dict[tuple[str, bool, bool], Input] = {}
    for one in _walk(node, book, _Spot(location=location), wanted):
        found.setdefault((one.name, one.repeated, one.branch), one)
    return tuple(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """Where a walk through a schema is."""

    location: Location
    pointer: str = ""
    loose: bool = False
    repeated: bool = False
    branch: bool = False
    above: tuple[str, ...] = ()


def _carries(reference: str, book: SchemaBook, wanted: frozenset[str]) -> bool:
    """Whether a wanted name is in a definition or in one that it leads to; each is looked at once."""
    known = book.carriers.setdefault(wanted, {})
    seen: set[str] = set()
    left = [reference]
    while left:
        one = left.pop()
        if one in seen or known.get(one) is False:
            continue
        seen.add(one)
        node = book.value(one.removeprefix("#/$defs/"))
        if known.get(one) or any(folded(name) in wanted for name in _own_names(node)):
            known[one] = known[reference] = True
            return True
        left += [f"#/$defs/{name}" for name in references_in(node)]
    known.update(dict.fromkeys(seen, False))
    return False


def _own_names(node: Json) -> Iterator[str]:
    if isinstance(node, Mapping):
        yield from node.get("properties", ())
        for member in node.get("allOf", ()):
            yield from _own_names(member)


def _walk(node: Json, book: SchemaBook, spot: _Spot, wanted: frozenset[str]) -> Iterator[Input]:
    reference = reference_of(node)
    above = spot.above
    if reference is not None:
        if above.count(reference) > 1 or (spot.pointer and not _carries(reference, book, wanted)):
            return
        if reference in above:
            spot = _moved(spot, above, repeated=True)
        above = (*above, reference)
    node = book.resolved(node)
    if not isinstance(node, Mapping) or spot.pointer.count("/") > _DEEPEST:
        return
    for word in ("anyOf", "oneOf"):
        real = [member for member in node.get(word, ()) if member != {"type": "null"}]
        for member in real:
            inner = _moved(spot, above, loose=spot.loose or len(real) < len(node[word]))
            yield from _walk(member, book, _branched(inner, len(real) > 1), wanted)
    whole = book.merged(node)
    required = whole.get("required", ())
    for name, one in whole.get("properties", {}).items():
        pointer = f"{spot.pointer}/{escaped(name)}"
        nullable = _nullable(one, book)
        if not spot.pointer or folded(name) in wanted:
            yield Input(
                place=Place.BODY,
                name=pointer,
                required=name in required,
                nullable=nullable,
                location=spot.location,
                loose=spot.loose,
                repeated=spot.repeated,
                branch=spot.branch,
            )
        loose = spot.loose or name not in required or nullable
        yield from _walk(one, book, _moved(spot, above, pointer=pointer, loose=loose), wanted)
    for word in ("items", "additionalProperties"):
        if isinstance(node.get(word), Mapping):
            inner = _moved(spot, above, pointer=f"{spot.pointer}/*", repeated=True)
            yield from _walk(node[word], book, inner, wanted)


def _moved(
    spot: _Spot,
    above: tuple[str, ...],
    *,
    pointer: str | None = None,
    loose: bool | None = None,
    repeated: bool | None = None,
) -> _Spot:
    return _Spot(
        location=spot.location,
        pointer=spot.pointer if pointer is None else pointer,
        loose=spot.loose if loose is None else loose,
        repeated=spot.repeated if repeated is None else repeated,
        branch=spot.branch,
        above=above,
    )


def _branched(spot: _Spot, branch: bool) -> _Spot:
    return _Spot(
        location=spot.location,
        pointer=spot.pointer,
        loose=spot.loose,
        repeated=spot.repeated,
        branch=spot.branch or branch,
        above=spot.above,
    )


def _nullable(node: Json, book: SchemaBook) -> bool:
    node = book.resolved(node)
    if not isinstance(node, Mapping):
        return True
    if "enum" in node or "const" in node:
        return None in node.get("enum", [node.get("const")])
    kind = node.get("type")
    if kind is not None:
        return "null" in ([kind] if isinstance(kind, str) else kind)
    if "allOf" in node:
        return False
    members = [*node.get("anyOf", ()), *node.get("oneOf", ())]
    return any(_nullable(member, book) for member in members) if members else True


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
            _stale("binding", line.target, inputs, line.location, findings)
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
    what: str, target: str, inputs: Sequence[Input], location: Location, findings: Findings
) -> None:
    names = list(dict.fromkeys(one.target for one in inputs))
    near = difflib.get_close_matches(target, names, n=1, cutoff=0.4)
    cure = f"did you mean `{near[0]}`?" if near else "remove it"
    findings.error(f"stale-{what}", location, f"the operation takes no `{target}`", cure)
