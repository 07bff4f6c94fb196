"""The pages of `<service>/routers/`: a typed signature and one call for each operation."""

from __future__ import annotations

from collections.abc import Iterable

from proxygen.ir.gateway import (
    Auth,
    BodyKind,
    Operation,
    PassthroughRoute,
    RequestBody,
    Service,
)
from proxygen.ir.schema import ContractRef
from proxygen.render.literals import expression
from proxygen.render.pages.operations import PASSTHROUGH_CONSTANT
from proxygen.render.skeleton import Skeleton, import_line
from proxygen.render.source_nodes import Call, Expression, Name, Subscript, Union, names_in
from proxygen.render.views import Argument, Handler, Import, Page, RoutersView, RoutesView

PASSTHROUGH_FUNCTION = "proxy_requests"
RESERVED = frozenset(
    {
        "FormBody",
        "Forwarder",
        "FromDishka",
        "Identity",
        "JsonBody",
        "MultipartBody",
        "ProxyRouter",
        "RawBody",
        "Request",
        "Response",
    }
)
"""Names that a routers module imports; a contract of this name gets another one there."""

_BODY_TYPES = {
    BodyKind.JSON: "JsonBody",
    BodyKind.FORM: "FormBody",
    BodyKind.MULTIPART: "MultipartBody",
    BodyKind.RAW: "RawBody",
}

_CHECKED = (
    "What a handler takes is checked before it is called; `forward` sends the client's own bytes."
)
"""Why handlers have arguments that they do not use."""


def routes_pages(service: Service) -> tuple[Page, ...]:
    """`routers/__init__.py` and one module per tag, or the passthrough module."""
    if service.passthrough is not None:
        module = f"{service.name}_routes"
        page = _passthrough_page(service, service.passthrough, module)
        return (_routers_page(service, (module,)), page)
    modules = dict.fromkeys(operation.module for operation in service.operations)
    names = tuple(f"{module}_routes" for module in modules)
    pages = (
        _tag_page(
            service, module, tuple(item for item in service.operations if item.module == module)
        )
        for module in modules
    )
    return (_routers_page(service, names), *pages)


def _routers_page(service: Service, modules: tuple[str, ...]) -> Page:
    view = RoutersView(
        docstring=f"Routers of {service.name}.",
        modules=modules,
        routers=tuple(Name(f"{module}.router") for module in modules),
    )
    outline = (
        import_line("__future__", ("annotations",)),
        *((import_line(".", modules),) if modules else ()),
        import_line("proxygen.runtime", ("ProxyRouter",)),
        import_line("typing", ("Final",)),
        "docstring",
        "ROUTERS =",
    )
    return Page(
        path=f"{service.name}/routers/__init__.py",
        template="service/routers/__init__.py.jinja",
        view=view,
        skeleton=Skeleton(outline=tuple(sorted(outline[:-2])) + outline[-2:], calls=frozenset()),
    )


def _tag_page(service: Service, module: str, operations: tuple[Operation, ...]) -> Page:
    aliases = _Contracts(operations)
    tag = operations[0].tag
    return _page(
        service,
        f"{module}_routes",
        docstring=f"Routes of {service.name} tagged {tag} ({service.document}).\n\n{_CHECKED}",
        tags=(tag,),
        handlers=tuple(_handler(service, operation, aliases) for operation in operations),
        contracts=aliases.imports(),
    )


def _passthrough_page(service: Service, route: PassthroughRoute, module: str) -> Page:
    constant = Name(f"operations.{PASSTHROUGH_CONSTANT}")
    arguments = (
        Argument(name="request", annotation=Name("Request")),
        Argument(name="body", annotation=Name("RawBody")),
        *_identity_argument(route.auth),
        Argument(name="forward", annotation=Subscript("FromDishka", Name("Forwarder"))),
    )
    handler = Handler(
        decorator=Call("router.passthrough", (constant,)),
        function=PASSTHROUGH_FUNCTION,
        arguments=arguments,
        docstring=f"Everything below {route.prefix}, as it is, to {service.name}.",
        call=_forward(constant, route.auth, has_body=True),
    )
    return _page(
        service,
        module,
        docstring=f"The complete proxy of {service.name}, a service without a document.",
        tags=(service.name,),
        handlers=(handler,),
        contracts=(),
    )


def _page(
    service: Service,
    module: str,
    *,
    docstring: str,
    tags: tuple[str, ...],
    handlers: tuple[Handler, ...],
    contracts: tuple[Import, ...],
) -> Page:
    hints = [argument.annotation for handler in handlers for argument in handler.arguments]
    used = set(names_in(tuple(hints)))
    runtime = sorted((used & RESERVED - {"FromDishka", "Request", "Response"}) | {"ProxyRouter"})
    imports = (
        Import(module="dishka.integrations.fastapi", names=("FromDishka",)),
        Import(module="fastapi", names=("Request", "Response")),
        Import(module="proxygen.runtime", names=tuple(runtime)),
        Import(module="..", names=("operations",)),
        *contracts,
    )
    router = Call("ProxyRouter", keywords=(("tags", list(tags)),))
    view = RoutesView(docstring=docstring, imports=imports, router=router, handlers=handlers)
    return Page(
        path=f"{service.name}/routers/{module}.py",
        template="service/routers/tag_routes.py.jinja",
        view=view,
        skeleton=_skeleton(view),
    )


def _skeleton(view: RoutesView) -> Skeleton:
    imports = [import_line("__future__", ("annotations",))]
    imports += [import_line(item.module, item.names) for item in view.imports]
    lines = ["docstring", "router ="]
    calls = {"ProxyRouter", "forward"}
    for handler in view.handlers:
        names = ", ".join(argument.name for argument in handler.arguments)
        lines += [
            f"@{expression(handler.decorator)}",
            f"async def {handler.function}({names})",
            "  docstring",
            "  return",
        ]
        calls.add(handler.decorator.function)
    return Skeleton(outline=(*sorted(imports), *lines), calls=frozenset(calls))


def _handler(service: Service, operation: Operation, contracts: _Contracts) -> Handler:
    constant = Name(f"operations.{operation.constant}")
    located = (
        ("path", operation.contracts.path),
        ("query", operation.contracts.query),
        ("headers", operation.contracts.header),
        ("cookies", operation.contracts.cookie),
    )
    parameters = tuple(
        Argument(name=name, annotation=contracts.name(ref))
        for name, ref in located
        if ref is not None
    )
    body = operation.request_body
    bodies = (
        () if body is None else (Argument(name="body", annotation=_body_hint(body, contracts)),)
    )
    return Handler(
        decorator=Call("router.operation", (constant,)),
        function=operation.function,
        arguments=(
            Argument(name="request", annotation=Name("Request")),
            *parameters,
            *bodies,
            *_identity_argument(operation.auth),
            Argument(name="forward", annotation=Subscript("FromDishka", Name("Forwarder"))),
        ),
        docstring=_handler_docstring(service, operation),
        call=_forward(constant, operation.auth, has_body=body is not None),
    )


def _forward(constant: Name, auth: Auth, *, has_body: bool) -> Call:
    identity: Expression = None if auth is Auth.PUBLIC else Name("identity")
    keyword_arguments = (("body", Name("body")),) if has_body else ()
    return Call("forward", (constant, Name("request"), identity), keyword_arguments)


def _identity_argument(auth: Auth) -> tuple[Argument, ...]:
    match auth:
        case Auth.PUBLIC:
            return ()
        case Auth.OPTIONAL:
            hint: Expression = Union((Name("Identity"), None))
        case Auth.REQUIRED:
            hint = Name("Identity")
    return (Argument(name="identity", annotation=Subscript("FromDishka", hint)),)


def _body_hint(body: RequestBody, contracts: _Contracts) -> Expression:
    arms: list[Expression] = []
    for content in body.content:
        kind = _BODY_TYPES[content.kind]
        arm: Expression = Name(kind)
        if content.contract is not None and content.kind is not BodyKind.RAW:
            arm = Subscript(kind, contracts.name(content.contract))
        arms.append(arm)
    if not body.required:
        arms.append(None)
    return arms[0] if len(arms) == 1 else Union(tuple(arms))


def _handler_docstring(service: Service, operation: Operation) -> str:
    summary = operation.summary.strip() or operation.operation_id
    if summary[-1] not in ".!?":
        summary += "."
    deprecated = "\n\nDeprecated." if operation.deprecated else ""
    place = f"{operation.location.file}:{operation.location.line}"
    route = f"{operation.method.upper()} {operation.edge_path} of {service.name} ({place})."
    return f"{summary}{deprecated}\n\n{route}"


class _Contracts:
    """The contract classes of a routers module, under names that are distinct there."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        taken = set(RESERVED)
        self._names: dict[ContractRef, str] = {}
        for ref in _refs(operations):
            if ref in self._names:
                continue
            name = _class(ref)
            while name in taken:
                name += "Contract"
            taken.add(name)
            self._names[ref] = name

    def name(self, ref: ContractRef) -> Name:
        """The class's name in this module."""
        return Name(self._names[ref])

    def imports(self) -> tuple[Import, ...]:
        """One import per module."""
        modules: dict[str, list[str]] = {}
        for ref, alias in self._names.items():
            module = ref.imported.partition(":")[0] if ref.imported else f"..contracts.{ref.module}"
            name = _class(ref)
            modules.setdefault(module, []).append(name if name == alias else f"{name} as {alias}")
        return tuple(
            Import(module=module, names=tuple(sorted(names))) for module, names in modules.items()
        )


def _class(ref: ContractRef) -> str:
    return ref.imported.partition(":")[2] if ref.imported else ref.name


def _refs(operations: Iterable[Operation]) -> Iterable[ContractRef]:
    for operation in operations:
        located = operation.contracts
        yield from (
            ref
            for ref in (located.path, located.query, located.header, located.cookie)
            if ref is not None
        )
        for content in operation.request_body.content if operation.request_body else ():
            if content.contract is not None and content.kind is not BodyKind.RAW:
                yield content.contract
