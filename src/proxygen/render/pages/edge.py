"""The pages at the top of the output: package, application, settings, providers, serving."""

from __future__ import annotations

from proxygen import RUNTIME_CONTRACT
from proxygen.ir.gateway import Claims, ErrorFormat, Gateway, HeaderPolicy, Service
from proxygen.render.skeleton import Skeleton, import_line
from proxygen.render.source_nodes import Call, Name, keywords, names_in
from proxygen.render.views import (
    AppView,
    DocstringView,
    Import,
    MainView,
    PackageView,
    Page,
    ProvidersView,
    SettingsView,
    View,
)

_FUTURE = import_line("__future__", ("annotations",))


def edge_pages(gateway: Gateway) -> tuple[Page, ...]:
    """The modules that there is one of per edge."""
    return (
        _package_page(gateway),
        _main_page(gateway),
        _app_page(gateway),
        _settings_page(gateway),
        _providers_page(gateway),
    )


def service_pages(service: Service) -> tuple[Page, ...]:
    """The packages of a service: docstrings only."""
    pages = [
        _docstring_page(
            f"{service.name}/__init__.py",
            "service/__init__.py.jinja",
            f"{service.title or service.name}, as the edge offers it.",
        )
    ]
    if service.requests.schemas or service.responses.schemas:
        pages.append(
            _docstring_page(
                f"{service.name}/contracts/__init__.py",
                "service/contracts/__init__.py.jinja",
                f"Typed contracts of {service.name}: what it takes, and what it answers.",
            )
        )
    return tuple(pages)


def _package_page(gateway: Gateway) -> Page:
    services = ", ".join(service.name for service in gateway.services)
    view = PackageView(
        docstring=f"{gateway.name}: the edge in front of {services}.",
        contract_number=RUNTIME_CONTRACT,
    )
    outline = (
        _FUTURE,
        import_line(".app", ("EDGE", "ROUTERS", "create_app")),
        import_line(".providers", ("providers",)),
        import_line("proxygen.runtime", ("require_contract",)),
        "docstring",
        "call require_contract",
        "__all__ =",
    )
    return _page("__init__.py", view, outline, ("require_contract",))


def _main_page(gateway: Gateway) -> Page:
    view = MainView(docstring=f"Serves {gateway.name}.")
    outline = (
        import_line(".", ("app",)),
        _FUTURE,
        import_line("proxygen.runtime", ("serve",)),
        "docstring",
        "if __name__ == '__main__'",
        "  call serve",
    )
    return _page("__main__.py", view, outline, ("serve",))


def _app_page(gateway: Gateway) -> Page:
    services = tuple(service.name for service in gateway.services)
    edge = _edge_call(gateway)
    used = sorted(set(names_in(edge)) - {"ROUTERS", "SERVICES", "CONTRACT"} | {"ProxyRouter"})
    imports = (
        Import(
            module="proxygen.runtime",
            names=tuple(sorted({*used, "EdgeApplication", "EdgeSettings", "create_edge"})),
        ),
        *(
            Import(module=f".{name}.routers", names=(f"ROUTERS as {_alias(name)}",))
            for name in services
        ),
        Import(module=".settings", names=("SERVICES",)),
    )
    view = AppView(
        docstring=f"The application of {gateway.name}.",
        imports=imports,
        routers=tuple(Name(_alias(name)) for name in services),
        edge=edge,
    )
    outline = (
        *sorted(
            (
                _FUTURE,
                import_line("collections.abc", ("Sequence",)),
                import_line("dishka", ("Provider",)),
                import_line("pathlib", ("Path",)),
                import_line("typing", ("Final",)),
                *(import_line(item.module, item.names) for item in imports),
            )
        ),
        "docstring",
        "CONTRACT =",
        "ROUTERS =",
        "EDGE =",
        "def create_app(settings, providers)",
        "  docstring",
        "  return",
    )
    calls = {name for name in names_in(edge) if name[0].isupper()} - {"ROUTERS", "SERVICES"}
    return _page(
        "app.py", view, outline, (*calls, "Path", "Path(__file__).with_name", "create_edge")
    )


def _alias(service: str) -> str:
    return f"{service.upper()}_ROUTERS"


def _edge_call(gateway: Gateway) -> Call:
    claims, headers = gateway.claims, gateway.headers
    default = Claims()
    error_format = Name(f"ErrorFormat.{gateway.error_format.name}")
    claims_call = Call(
        "Claims",
        keywords=keywords(
            ("user_id", claims.user_id, default.user_id),
            ("org_id", claims.org_id, default.org_id),
            ("scopes", claims.scopes, default.scopes),
        ),
    )
    empty = HeaderPolicy()
    headers_call = Call(
        "HeaderPolicy",
        keywords=keywords(
            ("owned", headers.owned, empty.owned),
            ("allow", headers.allow, empty.allow),
            ("deny_response", headers.deny_response, empty.deny_response),
        ),
    )
    return Call(
        "Edge",
        keywords=keywords(
            ("name", gateway.name, None),
            ("services", Name("SERVICES"), None),
            ("routers", Name("ROUTERS"), None),
            ("contract", Name("CONTRACT"), None),
            ("error_format", error_format, Name(f"ErrorFormat.{ErrorFormat.DETAIL.name}")),
            ("claims", claims_call, Call("Claims")),
            ("headers", headers_call, Call("HeaderPolicy")),
            ("metrics_prefix", gateway.metrics_prefix, ""),
        ),
    )


def _settings_page(gateway: Gateway) -> Page:
    view = SettingsView(
        docstring=f"The downstreams that {gateway.name} calls, and where it reads their addresses.",
        services=tuple(
            Call(
                "Service",
                keywords=(("name", service.name), ("base_url_env", service.base_url_env)),
            )
            for service in gateway.services
        ),
    )
    outline = (
        _FUTURE,
        import_line("proxygen.runtime", ("EdgeSettings", "Service")),
        import_line("typing", ("Final",)),
        "docstring",
        "SERVICES =",
        "def load_settings()",
        "  docstring",
        "  return",
    )
    return _page("settings.py", view, outline, ("Service", "EdgeSettings.load"))


def _providers_page(gateway: Gateway) -> Page:
    view = ProvidersView(
        docstring=f"Dishka providers of {gateway.name}, for an application that has its container."
    )
    outline = (
        import_line(".app", ("EDGE",)),
        _FUTURE,
        import_line("dishka", ("Provider",)),
        import_line("proxygen.runtime", ("EdgeSettings", "edge_providers")),
        "docstring",
        "def providers(settings)",
        "  docstring",
        "  return",
    )
    return _page("providers.py", view, outline, ("edge_providers",))


def _docstring_page(path: str, template: str, text: str) -> Page:
    return Page(
        path=path,
        template=template,
        view=DocstringView(docstring=text),
        skeleton=Skeleton(outline=("docstring",), calls=frozenset()),
    )


def _page(path: str, view: View, outline: tuple[str, ...], calls: tuple[str, ...]) -> Page:
    imports = sorted(line for line in outline if line.startswith("from "))
    others = [line for line in outline if not line.startswith("from ")]
    return Page(
        path=path,
        template=f"{path}.jinja",
        view=view,
        skeleton=Skeleton(outline=(*imports, *others), calls=frozenset(calls)),
    )
