"""The pages of `tests/`: for each operation the data that its generated tests are run with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from proxygen.ir.gateway import (
    BodyKind,
    Gateway,
    Operation,
    Parameter,
    Part,
    PassthroughRoute,
    RateLimit,
    RequestContent,
    Response,
    Service,
)
from proxygen.render.pages.operations import PASSTHROUGH_CONSTANT
from proxygen.render.skeleton import Skeleton, import_line
from proxygen.render.source_nodes import Call, Expression, Name, keywords, names_in
from proxygen.render.views import (
    Constant,
    DocstringView,
    Import,
    Page,
    TestClass,
    TestsPackageView,
    TestsView,
)
from proxygen.render.wire_values import (
    can_be_sent,
    cookie_pairs,
    encoded,
    header_value,
    is_spread,
    path_segment,
    query_pairs,
    styled_fields,
    text_value,
)

_FUTURE = import_line("__future__", ("annotations",))
_BINARY = b"proxygen example"
_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})
"""RFC 9110, 9.2.2."""
_QUERY_CHARACTERS = 4096
"""Half of the longest target that an edge takes by default."""
_OF_ONE_MESSAGE = frozenset(
    {
        "connection",
        "content-encoding",
        "content-length",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers whose values are true only of the bytes or the connection that they come with."""


def tests_pages(gateway: Gateway) -> tuple[Page, ...]:
    """Packages, `conftest.py`, and one module per routers module."""
    pages = [
        _package("tests/__init__.py", f"Generated tests of {gateway.name}."),
        _conftest(gateway),
    ]
    for service in gateway.services:
        pages.append(_package(f"tests/{service.name}/__init__.py", f"Tests of {service.name}."))
        pages += _service_pages(service)
    return tuple(pages)


def _package(path: str, text: str) -> Page:
    return Page(
        path=path,
        template="tests/__init__.py.jinja",
        view=DocstringView(docstring=text),
        skeleton=Skeleton(outline=("docstring",), calls=frozenset()),
    )


def _conftest(gateway: Gateway) -> Page:
    imports = (
        import_line("..app", ("EDGE",)),
        _FUTURE,
        import_line("proxygen.testing", ("edge_fixture", "pytest_terminal_summary")),
    )
    return Page(
        path="tests/conftest.py",
        template="tests/conftest.py.jinja",
        view=TestsPackageView(docstring=f"The edge that the tests of {gateway.name} call."),
        skeleton=Skeleton(
            outline=(*sorted(imports), "docstring", "__all__ =", "edge ="),
            calls=frozenset({"edge_fixture"}),
        ),
    )


def _service_pages(service: Service) -> list[Page]:
    if service.passthrough is not None:
        attributes = (
            Constant(name="operation", value=Name(f"operations.{PASSTHROUGH_CONSTANT}")),
            Constant(name="expected", value=_expected_proxy(service, service.passthrough)),
        )
        passthrough = TestClass(
            name="TestPassthrough",
            parent="PassthroughTests",
            docstring=f"Everything below {service.passthrough.prefix}.",
            attributes=attributes,
        )
        return [_page(service, f"{service.name}_routes", (passthrough,))]
    names: set[str] = set()
    modules = dict.fromkeys(operation.module for operation in service.operations)
    pages = []
    for module in modules:
        operations = (item for item in service.operations if item.module == module)
        classes = tuple(_test_class(service, operation, names) for operation in operations)
        pages.append(_page(service, f"{module}_routes", classes))
    return pages


def _page(service: Service, module: str, classes: tuple[TestClass, ...]) -> Page:
    values = [attribute.value for item in classes for attribute in item.attributes]
    used = {name for value in values for name in names_in(value)} - {"operations"}
    parents = {item.parent for item in classes}
    imports = (
        Import(module="proxygen.testing", names=tuple(sorted(used | parents))),
        Import(module=f"...{service.name}", names=("operations",)),
    )
    outline = [*sorted([_FUTURE, *(import_line(item.module, item.names) for item in imports)])]
    outline.append("docstring")
    for item in classes:
        outline += [f"class {item.name}({item.parent})", "  docstring"]
        outline += [f"  {attribute.name} =" for attribute in item.attributes]
    return Page(
        path=f"tests/{service.name}/test_{module}.py",
        template="tests/service/test_tag_routes.py.jinja",
        view=TestsView(
            docstring=f"Tests of {service.name}/routers/{module}.py.",
            imports=imports,
            classes=classes,
        ),
        skeleton=Skeleton(outline=tuple(outline), calls=frozenset(used)),
    )


def _test_class(service: Service, operation: Operation, taken: set[str]) -> TestClass:
    name = "Test" + "".join(part[:1].upper() + part[1:] for part in operation.function.split("_"))
    while name in taken:
        name += "Again"
    taken.add(name)
    missing = tuple(_missing(operation))
    attributes = [
        Constant(name="operation", value=Name(f"operations.{operation.constant}")),
        Constant(name="expected", value=_expected(service, operation)),
    ]
    if missing:
        attributes.append(Constant(name="request", value=None))
        attributes.append(Constant(name="missing", value=missing))
    else:
        attributes.append(Constant(name="request", value=_request(operation)))
    response = _response(operation.responses)
    if response is not None:
        attributes.append(Constant(name="response", value=response))
    declared = tuple(dict.fromkeys(item.status for item in operation.responses))
    attributes.append(Constant(name="declared", value=declared))
    return TestClass(
        name=name,
        parent="OperationTests",
        docstring=f"{operation.method.upper()} {operation.edge_path}.",
        attributes=tuple(attributes),
    )


def _expected(service: Service, operation: Operation) -> Call:
    """What the tests judge by: said again here, so that a constant that goes wrong is noticed."""
    identity = tuple(
        Call(
            "Filled",
            keywords=keywords(
                ("field", str(binding.field), None),
                ("place", str(binding.place), None),
                ("name", binding.name, None),
                ("absent", str(binding.absent), "forbid"),
            ),
        )
        for binding in operation.bindings
    )
    return Call(
        "Expected",
        keywords=keywords(
            ("service", service.name, None),
            ("method", operation.method.upper(), None),
            ("path", operation.edge_path, None),
            ("downstream", operation.downstream_path, None),
            ("auth", str(operation.auth), "required"),
            ("scopes", operation.scopes, ()),
            ("identity", identity, ()),
            ("headers", operation.request_headers, ()),
            ("attempts", _attempts(operation), 1),
            ("rate_limit", _rate_limit(operation.rate_limit), None),
            ("validation", str(operation.validation), "enforce"),
            ("on_client_value", str(operation.on_client_value), "reject"),
        ),
    )


def _attempts(operation: Operation) -> int:
    """How often the example may be sent: idempotent, or with its key, and no stream."""
    keyed = operation.idempotent and any(
        parameter.name.lower() == "idempotency-key" and can_be_sent(parameter)
        for parameter in operation.parameters
        if parameter.location == "header"
    )
    content = _example_content(operation.request_body.content) if operation.request_body else None
    streamed = content is not None and content.kind is BodyKind.RAW and content.example != ""
    if streamed or not (keyed or operation.method.upper() in _IDEMPOTENT):
        return 1
    return 1 + operation.retry.attempts


def _expected_proxy(service: Service, route: PassthroughRoute) -> Call:
    prefix = route.prefix.rstrip("/")
    rest = prefix
    if route.strip and (prefix + "/").startswith(route.strip.rstrip("/") + "/"):
        rest = prefix[len(route.strip.rstrip("/")) :]
    return Call(
        "ExpectedProxy",
        keywords=keywords(
            ("service", service.name, None),
            ("prefix", prefix, None),
            ("downstream", route.base_path.rstrip("/") + rest, None),
            ("methods", route.methods, None),
            ("auth", str(route.auth), "required"),
            ("rate_limit", _rate_limit(route.rate_limit), None),
        ),
    )


def _rate_limit(limit: RateLimit | None) -> Expression:
    return None if limit is None else (limit.rate, limit.burst)


def _missing(operation: Operation) -> Iterable[str]:
    """What a request of this operation needs and has no example of."""
    for parameter in operation.parameters:
        if parameter.required and not can_be_sent(parameter):
            yield f"{parameter.location} parameter {parameter.name}"
    body = operation.request_body
    if body is not None and body.required and _example_content(body.content) is None:
        yield "body"


def _example_content(contents: tuple[RequestContent, ...]) -> RequestContent | None:
    return next((content for content in contents if _can_be_written(content)), None)


def _can_be_written(content: RequestContent) -> bool:
    """Whether there is an example that is a body: no form is without fields, nor multipart without parts."""
    match content.kind:
        case BodyKind.RAW:
            return True
        case BodyKind.JSON:
            return content.has_example
        case BodyKind.FORM:
            pairs = (pair for part in content.parts for pair in _fields(part, content.example))
            return content.has_example and any(pairs)
        case BodyKind.MULTIPART:
            parts = (one for part in content.parts for one in _parts(part, content.example))
            return content.has_example and any(parts)


def _request(operation: Operation) -> Call:
    located: dict[str, list[Parameter]] = {"path": [], "query": [], "header": [], "cookie": []}
    for parameter in operation.parameters:
        if can_be_sent(parameter):
            located[parameter.location].append(parameter)
    content = _example_content(operation.request_body.content) if operation.request_body else None
    query = "&".join(_query(located["query"]))
    arguments: tuple[tuple[str, Expression, Expression], ...] = (
        ("path", {item.name: path_segment(item) for item in located["path"]}, {}),
        ("query", query, ""),
        ("headers", {item.name.lower(): header_value(item) for item in located["header"]}, {}),
        ("cookies", dict(pair for item in located["cookie"] for pair in cookie_pairs(item)), {}),
        ("body", None if content is None else _body(content), None),
    )
    return Call("RequestExample", keywords=keywords(*arguments))


def _query(parameters: list[Parameter]) -> Iterable[str]:
    """The pairs of all parameters, of optional ones as many as a request may have."""
    written = [(parameter, query_pairs(parameter)) for parameter in _apart(parameters)]
    left = _QUERY_CHARACTERS
    left -= sum(len(pair) + 1 for one, pairs in written if one.required for pair in pairs)
    for parameter, pairs in written:
        if not parameter.required:
            left -= sum(len(pair) + 1 for pair in pairs)
        if parameter.required or left >= 0:
            yield from pairs


def _apart(parameters: list[Parameter]) -> Iterable[Parameter]:
    """The parameters, objects that are spread over the query less members that others are named like."""
    names = {parameter.name for parameter in parameters}
    for parameter in parameters:
        if is_spread(parameter):
            kept = {key: value for key, value in parameter.example.items() if key not in names}
            yield replace(parameter, example=kept)
        else:
            yield parameter


def _body(content: RequestContent) -> Expression:
    media_type = _concrete(content.media_type)
    match content.kind:
        case BodyKind.JSON:
            return _json(media_type, content.example)
        case BodyKind.RAW:
            return _raw(media_type, content.example)
        case BodyKind.FORM:
            fields = tuple(
                pair for part in content.parts for pair in _fields(part, content.example)
            )
            return Call("FormExample", keywords=(("media_type", media_type), ("fields", fields)))
        case BodyKind.MULTIPART:
            parts = tuple(item for part in content.parts for item in _parts(part, content.example))
            return Call("MultipartExample", keywords=(("media_type", media_type), ("parts", parts)))


def _fields(part: Part, example: Any) -> Iterable[tuple[str, str]]:
    for value in _values(part, example):
        yield from styled_fields(part, value) if part.style else ((part.name, text_value(value)),)


def _parts(part: Part, example: Any) -> Iterable[Call]:
    concrete = [item for item in part.content_types if "*" not in item and "," not in item]
    for value in _values(part, example):
        if part.binary:
            filename: str | None = "example.bin"
            content = _bytes(value)
            kind: str | None = (concrete or ["application/octet-stream"])[0]
        else:
            filename = None
            content = encoded(text_value(value))
            kind = concrete[0] if concrete else None
        yield Call(
            "PartExample",
            keywords=keywords(
                ("name", part.name, None),
                ("content", content, None),
                ("filename", filename, None),
                ("content_type", kind, None),
            ),
        )


def _values(part: Part, example: Any) -> list[Any]:
    members = example if isinstance(example, dict) else {}
    if part.name not in members:
        return [None] if part.binary else []
    value = members[part.name]
    return value if part.repeated and isinstance(value, list) else [value]


def _response(responses: tuple[Response, ...]) -> Call | None:
    """The example of the answer to a good request: the first success that the document declares."""
    successes = [item for item in responses if item.status[:1] == "2"]
    exact = [item for item in successes if item.status.isdigit()]
    for response in exact or successes:
        status = int(response.status) if response.status.isdigit() else 200
        arguments: tuple[tuple[str, Expression, Expression], ...] = (
            ("status", status, None),
            (
                "headers",
                {
                    name.lower(): value
                    for name, value in response.headers
                    if name.lower() not in _OF_ONE_MESSAGE
                },
                {},
            ),
            ("body", _response_body(response), None),
        )
        return Call("ResponseExample", keywords=keywords(*arguments))
    return None


def _response_body(response: Response) -> Expression:
    if response.media_type is None:
        return None
    media_type = _concrete(response.media_type)
    if _is_json(media_type):
        return _json(media_type, response.example) if response.has_example else None
    return _raw(media_type, response.example)


def _json(media_type: str, value: Any) -> Call:
    return Call("JsonExample", keywords=(("media_type", media_type), ("value", value)))


def _raw(media_type: str, example: Any) -> Call:
    return Call("RawExample", keywords=(("media_type", media_type), ("content", _bytes(example))))


def _bytes(example: Any) -> bytes:
    return encoded(example) if isinstance(example, str) else _BINARY


def _is_json(media_type: str) -> bool:
    kind = media_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _concrete(media_type: str) -> str:
    """A media type that a request can have: a range stands for one of its members."""
    kind, _, rest = media_type.partition("/")
    if kind == "*":
        return "application/octet-stream"
    return f"{kind}/{'plain' if kind == 'text' else 'octet-stream'}" if rest == "*" else media_type
