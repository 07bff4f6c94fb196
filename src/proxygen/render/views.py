"""What each template prints: one frozen view per template, with every decision already made."""

from __future__ import annotations

from dataclasses import dataclass

from proxygen.render.skeleton import Skeleton
from proxygen.render.source_nodes import Call, Expression, Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """`from module import names`; ruff sorts them."""

    module: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageView:
    """`__init__.py` of the edge. `contract_number` is the runtime's that this output was made for."""

    docstring: str
    contract_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MainView:
    """`__main__.py` of the edge."""

    docstring: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppView:
    """`app.py`: the routers of every service, and the edge that they make."""

    docstring: str
    imports: tuple[Import, ...]
    routers: tuple[Name, ...]
    edge: Call


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsView:
    """`settings.py`: the downstreams that this edge calls."""

    docstring: str
    services: tuple[Call, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvidersView:
    """`providers.py`."""

    docstring: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocstringView:
    """A module of nothing but its docstring: `__init__.py` of packages."""

    docstring: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A module's constant."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationsView:
    """`<service>/operations.py`."""

    docstring: str
    imports: tuple[Import, ...]
    constants: tuple[Constant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutersView:
    """`<service>/routers/__init__.py`: the modules in the order in which their routes are matched."""

    docstring: str
    modules: tuple[str, ...]
    routers: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """A parameter of a handler."""

    name: str
    annotation: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """One route: its decorator, its typed signature, and the one call that it makes."""

    decorator: Call
    function: str
    arguments: tuple[Argument, ...]
    docstring: str
    call: Call


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutesView:
    """`<service>/routers/<tag>_routes.py`, typed or passthrough."""

    docstring: str
    imports: tuple[Import, ...]
    router: Call
    handlers: tuple[Handler, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestsPackageView:
    """`tests/conftest.py`."""

    docstring: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TestClass:
    """The data of one operation's tests: class attributes in order."""

    name: str
    parent: str
    docstring: str
    attributes: tuple[Constant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestsView:
    """`tests/<service>/test_<tag>_routes.py`."""

    docstring: str
    imports: tuple[Import, ...]
    classes: tuple[TestClass, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """How many of a construct of one service ended how."""

    service: str
    construct: str
    handled: int
    passed: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One construct that deserves a reader."""

    service: str
    construct: str
    place: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRule:
    """What ended one way by one rule: `lines` are the first of `count`, `rest` says where the others are."""

    rule: str
    meaning: str
    outcome: str
    count: int
    cure: str
    lines: tuple[LedgerLine, ...]
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerView:
    """`LEDGER.md`; what is refused comes first."""

    gateway: str
    rows: tuple[LedgerRow, ...]
    rules: tuple[LedgerRule, ...]


View = (
    PackageView
    | MainView
    | AppView
    | SettingsView
    | ProvidersView
    | DocstringView
    | OperationsView
    | RoutersView
    | RoutesView
    | TestsPackageView
    | TestsView
    | LedgerView
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One file to write: its path in the output, its template, what the template prints.

    `skeleton` is what the file must be made of when it is parsed again; None where it is no Python.
    """

    path: str
    template: str
    view: View
    skeleton: Skeleton | None
