"""Lowers configuration and contracts to the gateway: every decision that needs more than one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from proxygen.cache import NO_CACHE, Cache
from proxygen.config.model import Config, ServiceConfig
from proxygen.diagnostics import Diagnostic
from proxygen.ir.gateway import (
    Claims,
    ErrorFormat,
    Gateway,
    HeaderPolicy,
    PassthroughRoute,
    Service,
)
from proxygen.lower.edge_contract import edge_contract
from proxygen.lower.ledger import Findings
from proxygen.lower.naming import service_names
from proxygen.lower.policy import rate_limit_of, retry_of, timeouts_of
from proxygen.lower.routes import Claim, check_passthroughs
from proxygen.lower.security import auth_of, signature_of
from proxygen.lower.service import ServiceLowering
from proxygen.openapi.model import Contract

Json = Any

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def lower_gateway(
    config: Config,
    contracts: Mapping[str, Contract],
    *,
    lowered: Callable[[Service], None] = lambda _: None,
    cache: Cache = NO_CACHE,
) -> tuple[Gateway, tuple[Diagnostic, ...]]:
    """The whole edge and all findings; `contracts` by the services' names in the configuration.

    `lowered` is told of each service that has a contract as soon as it is known, whatever is found later, and
    of the largest first: what is made of it meanwhile takes longest.
    """
    names = service_names(tuple(service.name for service in config.services))
    claims: dict[tuple[str, str], Claim] = {}
    findings = {service.name: Findings(names[service.name]) for service in config.services}
    made: dict[str, Service] = {}
    planned: dict[str, ServiceLowering] = {}
    for service in config.services:
        name, found = names[service.name], findings[service.name]
        contract = contracts.get(service.name)
        if service.mode == "passthrough":
            made[name] = _passthrough(service, name, config)
            found.count("passthrough route")
        elif contract is not None:
            planned[name] = ServiceLowering(config, service, name, contract, claims, found, cache)
            planned[name].plan()
    for name, lowering in sorted(planned.items(), key=lambda item: -item[1].size):
        made[name] = lowering.lower()
        lowered(made[name])
    order = [names[service.name] for service in config.services]
    services = tuple(made[name] for name in order if name in made)
    check_passthroughs(config.services, claims, findings)
    gateway = Gateway(
        name=config.gateway_name,
        error_format=ErrorFormat(config.error_format),
        claims=_claims(config),
        headers=HeaderPolicy(
            owned=config.headers.owned,
            allow=config.headers.allow,
            deny_response=config.headers.deny_response,
        ),
        metrics_prefix=config.metrics_prefix,
        services=services,
        edge_contract=edge_contract(
            config.gateway_name, services, ErrorFormat(config.error_format)
        ),
        ledger=tuple(entry for one in findings.values() for entry in one.entries),
        counts=tuple(count for one in findings.values() for count in one.counts),
    )
    return gateway, tuple(item for one in findings.values() for item in one.diagnostics)


def _passthrough(service: ServiceConfig, name: str, config: Config) -> Service:
    timeouts = timeouts_of(config.timeouts, service.timeouts)
    retry = retry_of(config.retries, service.retries)
    auth = auth_of(service, None)
    return Service(
        name=name,
        title=service.name,
        document=None,
        base_url_env=service.base_url_env or f"{name.upper()}_URL",
        timeouts=timeouts,
        retry=retry,
        passthrough=PassthroughRoute(
            prefix=(service.prefix or f"/{service.name}").rstrip("/"),
            strip=(service.strip or "").rstrip("/"),
            base_path=(service.base_path or "").rstrip("/"),
            methods=tuple(method.upper() for method in service.methods or _METHODS),
            location=service.location,
            auth=auth,
            signed=signature_of(service, None, auth),
            timeouts=timeouts,
            retry=retry,
            rate_limit=rate_limit_of(service.rate_limit),
        ),
    )


def _claims(config: Config) -> Claims:
    default = Claims()
    said = config.identity.claims
    return Claims(
        user_id=tuple(said.get("user_id", default.user_id)),
        org_id=tuple(said.get("org_id", default.org_id)),
        scopes=tuple(said.get("scopes", default.scopes)),
    )
