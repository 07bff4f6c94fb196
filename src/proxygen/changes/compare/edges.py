"""Compares two versions of an edge, and of the services behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from proxygen.changes.compare.access import auth_change, scope_changes, security_changes
from proxygen.changes.compare.answers import answer_changes
from proxygen.changes.compare.bodies import body_changes
from proxygen.changes.compare.ends import Ends
from proxygen.changes.compare.identity import identity_changes
from proxygen.changes.compare.operations import operation_changes
from proxygen.changes.compare.pair import Key, Pair
from proxygen.changes.compare.parameters import parameter_changes
from proxygen.changes.compare.routes import addition, match_endpoints, move, removal
from proxygen.changes.compare.schemas import SchemaComparison
from proxygen.changes.compare.settings import (
    Settings,
    gateway_changes,
    limit_changes,
    settled,
    validation_change,
)
from proxygen.changes.log import Log, Noted
from proxygen.changes.model import Audience, Change, Operations, Place
from proxygen.changes.rules import RULES
from proxygen.changes.surface import (
    Endpoint,
    Version,
    edge_endpoints,
    passthroughs,
    service_endpoints,
)
from proxygen.diagnostics import Location
from proxygen.openapi.model import Contract
from proxygen.report.finding import Severity


def compare_versions(old: Version, new: Version, *, today: date) -> tuple[Change, ...]:
    """The changes for callers of the edge, then those that the services' own callers notice alone.

    `today` decides whether an announced end has passed.
    """
    schemas = SchemaComparison()
    edge = _Comparison(schemas, today)
    before, after = _owners(old, new)
    ends = edge_endpoints(old, before), edge_endpoints(new, after)
    edge.endpoints(*ends, _documents(old), _documents(new))
    edge.passthroughs(old, new)
    everything = edge.everything
    for noted in gateway_changes(old, new):
        edge.log.add(noted, everything)
    services = _Comparison(schemas, today)
    services.endpoints(
        service_endpoints(old, before),
        service_endpoints(new, after),
        _documents(old),
        _documents(new),
    )
    seen = {(noted.rule, noted.base.key, noted.revision.key) for noted, _ in edge.log}
    return (
        *edge.changes(Audience.CALLERS, frozenset()),
        *services.changes(Audience.DOWNSTREAM, frozenset(seen)),
    )


@dataclass(slots=True)
class _Comparison:
    """The comparison of two lists of endpoints; names of operations are given in order of appearance."""

    schemas: SchemaComparison
    today: date
    log: Log = field(default_factory=Log)
    names: dict[str, int] = field(default_factory=dict)
    roots: dict[Key, int] = field(default_factory=dict)

    @property
    def everything(self) -> int:
        """The mask of all operations of the newer version."""
        return (1 << len(self.names)) - 1

    def endpoints(
        self,
        old: Sequence[Endpoint],
        new: Sequence[Endpoint],
        before: Mapping[str, Place],
        after: Mapping[str, Place],
    ) -> None:
        """Note all changes; a thing that is gone stands, in the new version, where its service's paths do."""
        for one in new:
            self._mask(one.label)
        matched = match_endpoints(old, new)
        for one, other in (*matched.same, *matched.moved):
            self._endpoint(one, other)
        for one, other in matched.moved:
            self.log.add(move(one, other), self._mask(other.label))
        for one in matched.removed:
            revision = _home(after, one, before)
            self.log.add(removal(one, revision, self.today), self._mask(one.label))
        for one in matched.added:
            base = _home(before, one, after)
            self.log.add(addition(one, base), self._mask(one.label))
        self.schemas.spread(self.roots, self.log)

    def passthroughs(self, old: Version, new: Version) -> None:
        """Note the changes of services without a document: each method below a prefix is an operation."""
        before = {name: (route, where) for name, route, where in passthroughs(old)}
        after = {name: (route, where) for name, route, where in passthroughs(new)}
        for name in dict.fromkeys([*before, *after]):
            one, other = before.get(name), after.get(name)
            routes = (
                [f"{method} {one[0].prefix}/…" for method in one[0].methods] if one else [],
                [f"{method} {other[0].prefix}/…" for method in other[0].methods] if other else [],
            )
            settings = Settings(one[1] if one else _top(old), other[1] if other else _top(new))
            for label in routes[0]:
                if label not in routes[1]:
                    noted = settings.noted("operation-removed", f"{label} is gone.", label, None)
                    self.log.add(noted, self._mask(label))
            for label in routes[1]:
                if label not in routes[0]:
                    noted = settings.noted("operation-added", f"{label} is new.", None, label)
                    self.log.add(noted, self._mask(label))
            if one is not None and other is not None:
                mask = 0
                for label in routes[1]:
                    mask |= self._mask(label)
                for noted in (
                    *auth_change(one[0].auth, other[0].auth, settings),
                    *limit_changes(one[0], other[0], settings),
                ):
                    self.log.add(noted, mask)

    def changes(self, audience: Audience, seen: frozenset[tuple[object, ...]]) -> Iterator[Change]:
        """What was noted, less what has been `seen` by others."""
        names = tuple(self.names)
        for noted, mask in self.log:
            if (noted.rule, noted.base.key, noted.revision.key) in seen:
                continue
            rule = RULES[noted.rule]
            callers = audience is Audience.CALLERS
            yield Change(
                rule=noted.rule,
                audience=audience,
                severity=rule.severity if callers else Severity.COMPATIBLE,
                direct=rule.severity,
                base=noted.base.location,
                revision=noted.revision.location,
                operations=Operations(names, mask),
                found=noted.found,
                cure=rule.cure,
                before=noted.before,
                after=noted.after,
            )

    def _endpoint(self, old: Endpoint, new: Endpoint) -> None:
        mask = self._mask(new.label)
        ends = Ends(old, new)
        for found in (*parameter_changes(ends), *body_changes(ends), *answer_changes(ends)):
            if isinstance(found, Pair):
                key = self.schemas.root(found)
                self.roots[key] = self.roots.get(key, 0) | mask
            else:
                self.log.add(found, mask)
        for noted in (*operation_changes(old, new), *_policy_changes(old, new)):
            self.log.add(noted, mask)

    def _mask(self, label: str) -> int:
        return 1 << self.names.setdefault(label, len(self.names))


def _policy_changes(old: Endpoint, new: Endpoint) -> Iterator[Noted]:
    if old.policy is None or new.policy is None:
        yield from security_changes(old, new)
        return
    settings = Settings(old.settings or old.place.location, new.settings or new.place.location)
    yield from auth_change(old.policy.auth, new.policy.auth, settings)
    yield from scope_changes(old, new)
    yield from identity_changes(old, new, settings)
    yield from limit_changes(old.policy, new.policy, settings)
    yield from validation_change(old.policy, new.policy, settings)


def _documents(version: Version) -> Mapping[str, Place]:
    return {
        name: Place(contract.document, "/paths") for name, contract in version.contracts.items()
    }


def _home(places: Mapping[str, Place], one: Endpoint, others: Mapping[str, Place]) -> Place:
    """Where an endpoint would stand in the version that lacks it."""
    place = places.get(one.service)
    if place is None and len(places) == len(others) == 1:
        place = next(iter(places.values()))
    if place is None:
        return settled(Location(others[one.service].document.file))
    return Place(place.document, one.place.pointer)


def _owners(old: Version, new: Version) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The names by which services of both versions are the same, for the services of each.

    One service on each side is the same, whatever its document is called; so is one that is gone and one that
    is new with the same operations.
    """
    if len(old.contracts) == 1 and len(new.contracts) == 1:
        return dict.fromkeys(old.contracts, ""), dict.fromkeys(new.contracts, "")
    gone = {
        _routes(contract): name
        for name, contract in old.contracts.items()
        if name not in new.contracts and contract.operations
    }
    return {name: name for name in old.contracts}, {
        name: name if name in old.contracts else gone.pop(_routes(contract), name)
        for name, contract in new.contracts.items()
    }


def _routes(contract: Contract) -> frozenset[tuple[str, str]]:
    return frozenset((one.method, one.key) for one in contract.operations)


def _top(version: Version) -> Location:
    services = version.config.services
    return Location(services[0].location.file) if services else Location("proxygen.toml")
