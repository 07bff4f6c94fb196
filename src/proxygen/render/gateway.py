"""`render_gateway`: from the gateway and its contracts to the text of every file, checked."""

from __future__ import annotations

from collections.abc import Mapping

from proxygen.contracts.model import ContractModule
from proxygen.diagnostics import InputRefused
from proxygen.ir.gateway import Gateway
from proxygen.render.environment import Printer, template_error
from proxygen.render.formatting import FormatterError, format_modules
from proxygen.render.literals import json_text
from proxygen.render.pages.edge import edge_pages, service_pages
from proxygen.render.pages.examples import tests_pages
from proxygen.render.pages.ledger import ledger_json, ledger_page
from proxygen.render.pages.operations import operations_page
from proxygen.render.pages.routes import routes_pages
from proxygen.render.skeleton import UnexpectedSourceError, check_skeleton, parse
from proxygen.render.template_set import Template, TemplateSet
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
    own = {
        page.path: template
        for page in pages
        for template in (templates.templates[page.template],)
        if template.overridden and page.path in modules
    }
    files = {**printed, **_formatted(modules, own)}
    for page in pages:
        _check(page, files[page.path], templates)
    for (service, module), contract in contracts.items():
        path = f"{service}/contracts/{module}.py"
        parse(path, contract.text)
        files[path] = contract.text
    files["openapi.json"] = json_text(gateway.edge_contract)
    files["ledger.json"] = json_text(ledger_json(gateway))
    return dict(sorted(files.items()))


def _formatted(modules: Mapping[str, str], own: Mapping[str, Template]) -> dict[str, str]:
    """The modules laid out; `own` are overrides by the path of what they print, which may be no Python."""
    found = []
    for path, template in own.items():
        try:
            parse(path, modules[path])
        except UnexpectedSourceError as error:
            found.append(template_error(template, f"What it prints is no Python: {error}."))
    if found:
        raise InputRefused(found)
    try:
        return format_modules(modules)
    except FormatterError as error:
        named = [template for path, template in own.items() if path in str(error)]
        if not named:
            raise
        said = str(error).splitlines()[0]
        raise InputRefused(
            template_error(template, f"What it prints cannot be laid out: {said}.")
            for template in dict.fromkeys(named)
        ) from error


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
