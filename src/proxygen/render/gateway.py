"""`render_gateway`: from the gateway and its contracts to the text of every file, checked."""

from __future__ import annotations

from collections.abc import Mapping

from proxygen.contracts.model import ContractModule
from proxygen.ir.gateway import Gateway
from proxygen.render.environment import Printer
from proxygen.render.formatting import format_modules
from proxygen.render.literals import json_text
from proxygen.render.pages.edge import edge_pages, service_pages
from proxygen.render.pages.examples import tests_pages
from proxygen.render.pages.ledger import ledger_json, ledger_page
from proxygen.render.pages.operations import operations_page
from proxygen.render.pages.routes import routes_pages
from proxygen.render.skeleton import check_skeleton, parse
from proxygen.render.template_set import TemplateSet
from proxygen.render.views import Page


def render_gateway(
    gateway: Gateway,
    contracts: Mapping[tuple[str, str], ContractModule],
    *,
    templates: TemplateSet,
) -> dict[str, str]:
    """Path (relative, posix) to text; `contracts` are keyed by service and module (`requests`)."""
    printer = Printer(templates)
    pages = gateway_pages(gateway)
    printed = {page.path: printer.print(page.template, page.view) for page in pages}
    modules = {path: text for path, text in printed.items() if path.endswith(".py")}
    files = {**printed, **format_modules(modules)}
    for page in pages:
        _check(page, files[page.path], templates)
    for (service, module), contract in contracts.items():
        path = f"{service}/contracts/{module}.py"
        parse(path, contract.text)
        files[path] = contract.text
    files["openapi.json"] = json_text(gateway.edge_contract)
    files["ledger.json"] = json_text(ledger_json(gateway))
    return dict(sorted(files.items()))


def gateway_pages(gateway: Gateway) -> tuple[Page, ...]:
    """Every page of the output but the contracts and the JSON files."""
    pages = [*edge_pages(gateway), ledger_page(gateway)]
    for service in gateway.services:
        pages += service_pages(service)
        pages.append(operations_page(service))
        pages += routes_pages(service)
    pages += tests_pages(gateway)
    return tuple(pages)


def _check(page: Page, text: str, templates: TemplateSet) -> None:
    """An override may lay a module out as its team wants it; that it is Python is all it must be."""
    if page.skeleton is None:
        return
    if templates.templates[page.template].overridden:
        parse(page.path, text)
    else:
        check_skeleton(page.path, text, page.skeleton)
