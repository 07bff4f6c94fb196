"""`render_gateway`: from the gateway and its contracts to the text of every file, checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from proxygen.cache import NO_CACHE, Cache
from proxygen.contracts.model import ContractModule
from proxygen.cores import ONE_CORE, Cores
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
from proxygen.render.skeleton import UnexpectedSourceError, parse
from proxygen.render.template_set import Template, TemplateSet
from proxygen.render.verdicts import judge
from proxygen.render.views import Page


def render_gateway(
    gateway: Gateway,
    contracts: Callable[[], Mapping[tuple[str, str], ContractModule]],
    *,
    templates: TemplateSet,
    cache: Cache = NO_CACHE,
    cores: Cores = ONE_CORE,
) -> dict[str, str]:
    """Path (relative, posix) to text; `contracts` are keyed by service and module (`requests`).

    They are asked for last: while others make them, the pages are printed.
    """
    edge_contract = cores.start(lambda: json_text(gateway.edge_contract))
    pages = gateway_pages(gateway)
    shares = [pages[first :: cores.count] for first in range(cores.count)]
    parts = [cores.start(partial(_print, share, templates)) for share in shares]
    printed = {path: text for part in parts for path, text in part().items()}
    modules = {path: text for path, text in printed.items() if path.endswith(".py")}
    own = {
        page.path: template
        for page in pages
        for template in (templates.templates[page.template],)
        if template.overridden and page.path in modules
    }
    files = {**printed, **_formatted(modules, own)}
    checks = [cores.start(partial(_check, share, files, templates, cache)) for share in shares]
    for (service, module), contract in contracts().items():
        path = f"{service}/contracts/{module}.py"
        judge(path, contract.text, None, cache=cache)
        files[path] = contract.text
    for checked in checks:
        checked()
    files["openapi.json"] = edge_contract()
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


def _print(pages: Sequence[Page], templates: TemplateSet) -> dict[str, str]:
    printer = Printer(templates)
    return {page.path: printer.print(page.template, page.view) for page in pages}


def _check(
    pages: Sequence[Page], files: Mapping[str, str], templates: TemplateSet, cache: Cache
) -> None:
    """An override may lay a module out as its team wants it; that it is Python is all it must be."""
    for page in pages:
        if page.skeleton is not None:
            overridden = templates.templates[page.template].overridden
            skeleton = None if overridden else page.skeleton
            judge(page.path, files[page.path], skeleton, cache=cache)
