"""What generated code imports in production: routes, identity, forwarding, metrics, serving.

Names are imported when they are first asked for, so that `require_contract` can say what is wrong before
anything else of a runtime that does not fit is touched.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proxygen.runtime.app import EdgeApplication, create_edge, extend_openapi
    from proxygen.runtime.body import FormBody, JsonBody, MultipartBody, RawBody
    from proxygen.runtime.contract import CONTRACT, require_contract
    from proxygen.runtime.correlation import CorrelationContext
    from proxygen.runtime.edge import Claims, Edge
    from proxygen.runtime.errors import EdgeError, ErrorFormat
    from proxygen.runtime.forwarder import Forwarder
    from proxygen.runtime.headers.writer import HeaderPolicy
    from proxygen.runtime.hooks.before_forward import BeforeForward, PendingForward
    from proxygen.runtime.identity.caller import Identity
    from proxygen.runtime.operation import (
        Absent,
        AbsentParent,
        Auth,
        Binding,
        Body,
        BodyKind,
        Condition,
        Content,
        IdentityField,
        OnClientValue,
        Operation,
        Parameter,
        Part,
        Passthrough,
        Place,
        RateLimit,
        Retry,
        Shape,
        Timeouts,
        Validation,
    )
    from proxygen.runtime.providers import edge_providers
    from proxygen.runtime.routing.route import ProxyRouter
    from proxygen.runtime.server.collector import collect_rarely
    from proxygen.runtime.server.command import serve
    from proxygen.runtime.settings import EdgeSettings, Service, ServiceSettings, SettingsError
    from proxygen.runtime.telemetry.log_setup import log_setup

__all__ = [
    "CONTRACT",
    "Absent",
    "AbsentParent",
    "Auth",
    "BeforeForward",
    "Binding",
    "Body",
    "BodyKind",
    "Claims",
    "Condition",
    "Content",
    "CorrelationContext",
    "Edge",
    "EdgeApplication",
    "EdgeError",
    "EdgeSettings",
    "ErrorFormat",
    "FormBody",
    "Forwarder",
    "HeaderPolicy",
    "Identity",
    "IdentityField",
    "JsonBody",
    "MultipartBody",
    "OnClientValue",
    "Operation",
    "Parameter",
    "Part",
    "Passthrough",
    "PendingForward",
    "Place",
    "ProxyRouter",
    "RateLimit",
    "RawBody",
    "Retry",
    "Service",
    "ServiceSettings",
    "SettingsError",
    "Shape",
    "Timeouts",
    "Validation",
    "collect_rarely",
    "create_edge",
    "edge_providers",
    "extend_openapi",
    "log_setup",
    "require_contract",
    "serve",
]

_HOMES = {
    "app": (
        "EdgeApplication",
        "create_edge",
        "extend_openapi",
    ),
    "hooks.before_forward": ("BeforeForward", "PendingForward"),
    "body": (
        "FormBody",
        "JsonBody",
        "MultipartBody",
        "RawBody",
    ),
    "contract": (
        "CONTRACT",
        "require_contract",
    ),
    "correlation": ("CorrelationContext",),
    "edge": ("Claims", "Edge"),
    "errors": (
        "EdgeError",
        "ErrorFormat",
    ),
    "forwarder": ("Forwarder",),
    "headers.writer": ("HeaderPolicy",),
    "identity.caller": ("Identity",),
    "operation": (
        "Absent",
        "AbsentParent",
        "Auth",
        "Binding",
        "Body",
        "BodyKind",
        "Condition",
        "Content",
        "IdentityField",
        "OnClientValue",
        "Operation",
        "Parameter",
        "Part",
        "Passthrough",
        "Place",
        "RateLimit",
        "Retry",
        "Shape",
        "Timeouts",
        "Validation",
    ),
    "providers": ("edge_providers",),
    "routing.route": ("ProxyRouter",),
    "server.collector": ("collect_rarely",),
    "server.command": ("serve",),
    "settings": (
        "EdgeSettings",
        "Service",
        "ServiceSettings",
        "SettingsError",
    ),
    "telemetry.log_setup": ("log_setup",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
