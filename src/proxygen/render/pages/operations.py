"""The page `<service>/operations.py`: one constant per operation, without what is the default anyway."""

from __future__ import annotations

from enum import StrEnum

from proxygen.ir.gateway import (
    Absent,
    AbsentParent,
    Auth,
    Binding,
    Condition,
    OnClientValue,
    Operation,
    Parameter,
    Part,
    PassthroughRoute,
    RateLimit,
    RequestBody,
    RequestContent,
    Retry,
    Service,
    Timeouts,
    Validation,
    ValueShape,
)
from proxygen.render.skeleton import Skeleton, import_line
from proxygen.render.source_nodes import Call, Expression, Name, keywords, names_in
from proxygen.render.views import Constant, Import, OperationsView, Page

PASSTHROUGH_CONSTANT = "PASSTHROUGH"
PASSTHROUGH_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""The default of the runtime's `Passthrough.methods`."""


def operations_page(service: Service) -> Page:
    """The constants of this service."""
    constants = tuple(
        Constant(name=operation.constant, value=operation_call(service, operation))
        for operation in service.operations
    )
    if service.passthrough is not None:
        value = passthrough_call(service, service.passthrough)
        constants = (Constant(name=PASSTHROUGH_CONSTANT, value=value),)
    used = sorted({name for constant in constants for name in names_in(constant.value)})
    imports = (
        (
            Import(module="proxygen.runtime", names=tuple(used)),
            Import(module="typing", names=("Final",)),
        )
        if constants
        else ()
    )
    view = OperationsView(
        docstring=f"What the edge decides about each operation of {service.name}.",
        imports=imports,
        constants=constants,
    )
    outline = (
        import_line("__future__", ("annotations",)),
        *(import_line(item.module, item.names) for item in imports),
        "docstring",
        *(f"{constant.name} =" for constant in constants),
    )
    return Page(
        path=f"{service.name}/operations.py",
        template="service/operations.py.jinja",
        view=view,
        skeleton=Skeleton(outline=outline, calls=frozenset(used)),
    )


def operation_call(service: Service, operation: Operation) -> Call:
    """`Operation(...)` of the runtime."""
    located = {
        location: tuple(
            _parameter(parameter)
            for parameter in operation.parameters
            if parameter.location == location
        )
        for location in ("path", "query", "header", "cookie")
    }
    streams = any(response.event_stream for response in operation.responses)
    arguments = (
        ("service", service.name, None),
        ("operation_id", operation.operation_id, None),
        ("method", operation.method.upper(), None),
        ("edge_path", operation.edge_path, None),
        ("downstream_path", operation.downstream_path, None),
        ("when", tuple(_condition(condition) for condition in operation.when), ()),
        ("auth", _member(operation.auth), _member(Auth.REQUIRED)),
        ("scopes", operation.scopes, ()),
        ("bindings", tuple(_binding(binding) for binding in operation.bindings), ()),
        ("path", located["path"], ()),
        ("query", located["query"], ()),
        ("headers", located["header"], ()),
        ("cookies", located["cookie"], ()),
        ("body", _body(operation.request_body), None),
        ("request_headers", operation.request_headers, ()),
        ("timeouts", _timeouts(operation.timeouts), Call("Timeouts")),
        ("retry", _retry(operation.retry), Call("Retry")),
        ("rate_limit", _rate_limit(operation.rate_limit), None),
        ("idempotent", operation.idempotent, False),
        ("event_stream", streams, False),
        ("validation", _member(operation.validation), _member(Validation.ENFORCE)),
        ("on_client_value", _member(operation.on_client_value), _member(OnClientValue.REJECT)),
    )
    return Call("Operation", keywords=keywords(*arguments))


def passthrough_call(service: Service, route: PassthroughRoute) -> Call:
    """`Passthrough(...)` of the runtime."""
    arguments = (
        ("service", service.name, None),
        ("prefix", route.prefix, None),
        ("strip", route.strip, ""),
        ("base_path", route.base_path, ""),
        ("methods", route.methods, PASSTHROUGH_METHODS),
        ("auth", _member(route.auth), _member(Auth.REQUIRED)),
        ("timeouts", _timeouts(route.timeouts), Call("Timeouts")),
        ("retry", _retry(route.retry), Call("Retry")),
        ("rate_limit", _rate_limit(route.rate_limit), None),
    )
    return Call("Passthrough", keywords=keywords(*arguments))


def _member(value: StrEnum) -> Name:
    return Name(f"{type(value).__name__}.{value.name}")


def _binding(binding: Binding) -> Call:
    return Call(
        "Binding",
        keywords=keywords(
            ("field", _member(binding.field), None),
            ("place", _member(binding.place), None),
            ("name", binding.name, None),
            ("absent", _member(binding.absent), _member(Absent.FORBID)),
            ("absent_parent", _member(binding.absent_parent), _member(AbsentParent.REFUSE)),
        ),
    )


def _condition(condition: Condition) -> Call:
    return Call(
        "Condition",
        keywords=keywords(
            ("place", _member(condition.place), None),
            ("name", condition.name, None),
            ("values", condition.values, None),
        ),
    )


def _parameter(parameter: Parameter) -> Call:
    return Call(
        "Parameter",
        keywords=keywords(
            ("name", parameter.name, None),
            ("required", parameter.required, False),
            ("style", parameter.style, "form"),
            ("explode", parameter.explode, True),
            ("shape", _shape(parameter.shape), Call("Shape")),
        ),
    )


def _shape(shape: ValueShape) -> Call:
    return Call(
        "Shape",
        keywords=keywords(
            ("types", shape.types, ("string",)),
            ("container", shape.container, ""),
            ("properties", shape.properties, ()),
        ),
    )


def _body(body: RequestBody | None) -> Expression:
    if body is None:
        return None
    content = tuple(_content(item) for item in body.content)
    return Call(
        "Body", keywords=keywords(("content", content, None), ("required", body.required, False))
    )


def _content(content: RequestContent) -> Call:
    return Call(
        "Content",
        keywords=keywords(
            ("media_type", content.media_type, None),
            ("kind", _member(content.kind), None),
            ("parts", tuple(_part(part) for part in content.parts), ()),
        ),
    )


def _part(part: Part) -> Call:
    return Call(
        "Part",
        keywords=keywords(
            ("name", part.name, None),
            ("required", part.required, False),
            ("repeated", part.repeated, False),
            ("binary", part.binary, False),
            ("shape", _shape(part.shape), Call("Shape")),
            ("content_types", part.content_types, ()),
            ("style", part.style, ""),
        ),
    )


def _timeouts(timeouts: Timeouts) -> Call:
    default = Timeouts()
    fields = ("connect", "pool", "write", "read", "idle", "total")
    pairs = ((name, getattr(timeouts, name), getattr(default, name)) for name in fields)
    return Call("Timeouts", keywords=keywords(*pairs))


def _retry(retry: Retry) -> Call:
    return Call("Retry", keywords=keywords(("attempts", retry.attempts, Retry().attempts)))


def _rate_limit(limit: RateLimit | None) -> Expression:
    if limit is None:
        return None
    return Call(
        "RateLimit", keywords=keywords(("rate", limit.rate, None), ("burst", limit.burst, None))
    )
