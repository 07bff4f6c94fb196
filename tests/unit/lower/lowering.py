"""Documents as Python values, lowered the way the pipeline does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from proxygen.config.model import (
    BindConfig,
    Config,
    HeadersConfig,
    IdentityConfig,
    OperationConfig,
    ServiceConfig,
    WaiveConfig,
)
from proxygen.diagnostics import Diagnostic, Location, Severity
from proxygen.ir.gateway import Gateway, Operation
from proxygen.lower.gateway import lower_gateway
from proxygen.openapi.parse import parse_contract
from proxygen.source.document import Pointer

Json = Any
PLACE = Location("proxygen.toml", 1, 1)
FIELDS = {"user_id": ("user_id", "X-User-ID"), "org_id": ("org_id", "X-Org-ID")}


@dataclass(frozen=True, slots=True)
class Memory:
    """A document that no file holds: every pointer is on the line of its depth."""

    value: Json
    file: str = "shop.yaml"

    def locate(self, pointer: Pointer) -> Location:
        return Location(self.file, pointer.count("/") + 1, 1, pointer)


@dataclass(frozen=True, slots=True)
class Lowered:
    """What came of it."""

    gateway: Gateway
    diagnostics: tuple[Diagnostic, ...]

    @property
    def operation(self) -> Operation:
        """The only operation."""
        (one,) = self.gateway.services[0].operations
        return one

    def rules(self, severity: Severity = Severity.ERROR) -> list[str]:
        """The rules of all diagnostics of a severity, in order."""
        return [found.rule for found in self.diagnostics if found.severity is severity]

    def ledger(self) -> list[str]:
        """The rules of all ledger lines, in order."""
        return [entry.rule for entry in self.gateway.ledger]


def document(
    paths: Mapping[str, Json],
    *,
    version: str = "3.1.0",
    schemas: Mapping[str, Json] | None = None,
    **root: Json,
) -> Json:
    """A whole document around some paths; operations without responses get one."""
    methods = ("get", "put", "post", "delete", "options", "head", "patch")
    for item in paths.values():
        for method, operation in item.items():
            if method in methods:
                operation.setdefault("responses", {"200": {"description": "Done."}})
    components = dict(root.pop("components", {}))
    if schemas:
        components["schemas"] = schemas
    return {
        "openapi": version,
        "info": {"title": "Shop", "version": "1"},
        "paths": paths,
        **({"components": components} if components else {}),
        **root,
    }


def lower(value: Json, **service: Any) -> Lowered:
    """One document; `fields` configures identity, everything else is the service's."""
    return lower_all({"shop": value}, services={"shop": service})


def lower_all(
    documents: Mapping[str, Json],
    *,
    services: Mapping[str, Mapping[str, Any]] | None = None,
    allow: tuple[str, ...] = (),
) -> Lowered:
    """Several documents by the names of their services."""
    contracts, configured = {}, []
    identity = IdentityConfig()
    for name, value in documents.items():
        said = dict((services or {}).get(name, {}))
        identity = said.pop("identity", identity)
        configured.append(ServiceConfig(name=name, location=PLACE, **said))
        if value is not None:
            contracts[name], _ = parse_contract(Memory(value, f"{name}.yaml"), strict=False)
    config = Config(
        folder=Path("specs"),
        file=None,
        output=Path("generated"),
        services=tuple(configured),
        identity=identity,
        headers=HeadersConfig(allow=allow),
    )
    gateway, diagnostics = lower_gateway(config, contracts)
    return Lowered(gateway, diagnostics)


def named() -> IdentityConfig:
    """A configuration that names identity fields, so that nothing of the kind may be forgotten."""
    return IdentityConfig(fields=FIELDS)


def operation(key: str, **said: Any) -> Mapping[str, OperationConfig]:
    """The configuration of one operation; `bind` maps targets to fields, `waive` lists fields."""
    bind = tuple(
        BindConfig(target=target, field=field, absent=None, absent_parent=None, location=PLACE)
        for target, field in said.pop("bind", {}).items()
    )
    if "absent_parent" in said:
        parent = said.pop("absent_parent")
        bind = tuple(replace(line, absent_parent=parent) for line in bind)
    waive = tuple(
        WaiveConfig(field=field, reason="somebody else", location=PLACE)
        for field in said.pop("waive", ())
    )
    one = OperationConfig(key=key, location=PLACE, bind=bind, waive=waive, **said)
    return {key: one}


def body(schema: Json, media_type: str = "application/json", **operation: Json) -> Json:
    """A path item with one POST that takes this body."""
    content = {media_type: {"schema": schema}}
    return {
        "post": {
            "operationId": "send",
            "requestBody": {"required": True, "content": content},
            **operation,
        }
    }
