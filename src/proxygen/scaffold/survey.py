"""Reads a folder of documents as if it had no configuration: services, their contracts and their routes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from proxygen.config.model import ServiceConfig
from proxygen.config.read import spec_documents
from proxygen.config.service_names import service_name
from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity
from proxygen.lower.ledger import Findings
from proxygen.lower.planning import Planned, plan_routes
from proxygen.lower.routes import join_path, shape
from proxygen.openapi.model import Contract
from proxygen.openapi.read import ReadContract, read_contract
from proxygen.source.load import display_name, is_part


@dataclass(frozen=True, slots=True, kw_only=True)
class Collision:
    """A method and path of the edge that two services have, with the place of each."""

    route: str
    places: tuple[Location, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyedService:
    """A document and the service that it describes.

    `prefix` is set where other services have the same routes: `collisions` says which. `base_path` is that
    of the document's first server. `unrouted` are the findings about operations that no route is made of.
    """

    name: str
    path: Path
    contract: Contract
    planned: tuple[Planned, ...]
    unrouted: tuple[Diagnostic, ...]
    base_path: str
    prefix: str = ""
    collisions: tuple[Collision, ...] = ()

    def edge_path(self, one: Planned) -> str:
        """The operation's path at the edge, behind the prefix."""
        return join_path(self.prefix, one.route.edge_path)

    def keys(self) -> Mapping[str, str]:
        """Operation's pointer → its key in the configuration, which names no other operation."""
        ids = Counter(one.operation.operation_id for one in self.planned)
        return {
            one.operation.pointer: one.operation.operation_id
            if one.operation.operation_id and ids[one.operation.operation_id] == 1
            else f"{one.operation.method.upper()} {one.operation.key}"
            for one in self.planned
        }


def survey(specs: Path) -> tuple[Path, tuple[SurveyedService, ...]]:
    """The folder and its services by name; raises `InputRefused` with everything that cannot be read."""
    folder, documents = spec_documents(specs)
    if specs.is_file():
        folder, documents = spec_documents(specs.parent)
    paths = [path for path in documents if not is_part(path, root=folder)]
    if not paths:
        finding = Diagnostic(
            "empty-folder",
            Severity.ERROR,
            Location(folder.as_posix()),
            "The folder holds no OpenAPI document.",
            "Put OpenAPI documents (.yaml, .yml, .json) into it.",
        )
        raise InputRefused([finding])
    read: dict[str, tuple[Path, ReadContract]] = {}
    refused: list[Diagnostic] = []
    for name, path in _named(paths).items():
        try:
            read[name] = path, read_contract(path, root=folder)
        except InputRefused as error:
            refused += error.diagnostics
    if refused:
        raise InputRefused(refused)
    services = [_surveyed(name, path, one, folder) for name, (path, one) in sorted(read.items())]
    return folder, _kept_apart(services)


def _named(paths: Iterable[Path]) -> Mapping[str, Path]:
    """Each document by a name of its own, which is the one that a build would give it where it can be."""
    named: dict[str, Path] = {}
    for path in paths:
        name = stem = service_name(path.stem)
        number = 2
        while name in named:
            name = f"{stem}_{number}"
            number += 1
        named[name] = path
    return named


def _surveyed(name: str, path: Path, read: ReadContract, folder: Path) -> SurveyedService:
    findings = Findings(name)
    service = ServiceConfig(name=name, location=Location(display_name(path, folder)), spec=path)
    planned = plan_routes(read.contract, service, {}, findings)
    return SurveyedService(
        name=name,
        path=path,
        contract=read.contract,
        planned=planned,
        unrouted=findings.diagnostics,
        base_path=_base_path(read.contract),
    )


def _base_path(contract: Contract) -> str:
    """The path of the first server, where it is one that can be configured."""
    value = contract.document.value
    servers = value.get("servers") if isinstance(value, Mapping) else None
    first = servers[0] if isinstance(servers, list) and servers else None
    url = first.get("url") if isinstance(first, Mapping) else None
    if not isinstance(url, str):
        return ""
    try:
        path = urlsplit(url).path.rstrip("/")
    except ValueError:
        return ""
    segments = [unquote(segment) for segment in path.split("/")[1:]]
    literal = path.isascii() and path.isprintable() and not set(path) & set('{}\\ "<>^`|')
    fits = path.startswith("/") and literal and not {"", ".", ".."} & set(segments)
    return path if fits else ""


def _kept_apart(services: list[SurveyedService]) -> tuple[SurveyedService, ...]:
    """The services, with a prefix for each that has a route of another's."""
    kept = {service.name: service for service in services}
    while True:
        found = _collisions(kept.values())
        fresh = [name for name in found if not kept[name].prefix]
        if not fresh:
            return tuple(kept.values())
        for name in fresh:
            kept[name] = replace(kept[name], prefix=f"/{name}", collisions=tuple(found[name]))


def _collisions(services: Iterable[SurveyedService]) -> dict[str, list[Collision]]:
    owners: dict[tuple[str, str], dict[str, Location]] = {}
    for service in services:
        for one in service.planned:
            route = one.operation.method.upper(), shape(service.edge_path(one))
            owners.setdefault(route, {}).setdefault(service.name, one.location)
    found: dict[str, list[Collision]] = {}
    for (method, path), places in owners.items():
        for name in places if len(places) > 1 else ():
            others = tuple(place for other, place in places.items() if other != name)
            collision = Collision(route=f"{method} {path}", places=(places[name], *others))
            found.setdefault(name, []).append(collision)
    return found
