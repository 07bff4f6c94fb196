"""A generated handler's signature, read once: what is validated, resolved and handed to it for a request."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from dishka import AsyncContainer
from dishka.integrations.base import default_parse_dependency
from starlette.requests import Request

from proxygen.runtime.body import BodyLimits, BodyReader, read_raw
from proxygen.runtime.context import RequestContext
from proxygen.runtime.operation import Passthrough, Validation
from proxygen.runtime.parameters.read import Location, ParameterReader, WireRequest
from proxygen.runtime.parameters.validation import Problem, invalid, report_lines
from proxygen.runtime.plan import Routed

_LOCATIONS: dict[str, Location] = {
    "path": "path",
    "query": "query",
    "headers": "header",
    "cookies": "cookie",
}


@dataclass(frozen=True, slots=True)
class Injected:
    """A parameter that a container fills: with what it has of this type, in this component of it."""

    name: str
    type_hint: Any
    component: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """Where the injected arguments of one handler come from.

    `shared` live as long as the application; `callers` are the identity that was admitted; `asked` are asked
    for in the scope of each request.
    """

    shared: Mapping[str, Any]
    callers: tuple[str, ...]
    asked: tuple[Injected, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HandlerSignature:
    """The parameters of one handler by where their values come from; built by `of`, equal to itself only."""

    operation: Routed
    request: str | None
    has_body: bool
    body: BodyReader | None
    readers: tuple[tuple[str, ParameterReader[Any]], ...]
    injected: tuple[Injected, ...]

    @classmethod
    def of(cls, operation: Routed, handler: Callable[..., Any]) -> HandlerSignature:
        """Reads the annotations; TypeError for a parameter that nothing could fill."""
        hints = get_type_hints(handler, include_extras=True)
        request: str | None = None
        body: BodyReader | None = None
        readers: list[tuple[str, ParameterReader[Any]]] = []
        injected: list[Injected] = []
        names = inspect.signature(handler).parameters
        for name, parameter in names.items():
            hint = hints.get(name)
            key = default_parse_dependency(parameter, hint)
            if key is not None:
                injected.append(Injected(name, key.type_hint, key.component or ""))
            elif hint is Request:
                request = name
            elif name == "body":
                if not isinstance(operation, Passthrough):
                    body = BodyReader(operation, hint)
            elif name in _LOCATIONS and not isinstance(operation, Passthrough):
                model: Any = hint
                readers.append((name, ParameterReader(operation, _LOCATIONS[name], model)))
            else:
                raise TypeError(f"{handler.__qualname__}: nothing fills the parameter {name!r}")
        return cls(
            operation=operation,
            request=request,
            has_body="body" in names,
            body=body,
            readers=tuple(readers),
            injected=tuple(injected),
        )

    async def arguments(
        self,
        request: Request,
        injection: Injection,
        *,
        context: RequestContext,
        container: AsyncContainer | None,
        limits: BodyLimits,
    ) -> dict[str, Any]:
        """The handler's keyword arguments; raises 422 and the body's errors, parameters before the body.

        `container` is the request's, and may be missing where the injection asks it for nothing.
        """
        arguments = dict(injection.shared)
        if self.request is not None:
            arguments[self.request] = request
        if self.readers:
            self._read_parameters(request, context, arguments)
        for name in injection.callers:
            arguments[name] = context.identity
        if container is not None:
            for wanted in injection.asked:
                found = await container.get(wanted.type_hint, component=wanted.component)
                arguments[wanted.name] = found
        if self.has_body:
            scope, receive = request.scope, request.receive
            if self.body is None:
                arguments["body"] = read_raw(scope, receive, limits)
            else:
                arguments["body"] = await self.body.read(scope, receive, context, limits)
        return arguments

    def _read_parameters(
        self, request: Request, context: RequestContext, arguments: dict[str, Any]
    ) -> None:
        scope = request.scope
        wire = WireRequest(
            scope["path_params"], scope["query_string"].decode("latin-1"), scope["headers"]
        )
        problems: list[Problem] = []
        for name, reader in self.readers:
            arguments[name], found = reader.read(wire)
            problems += found
        if not problems:
            return
        if isinstance(self.operation, Passthrough) or (
            self.operation.validation is Validation.ENFORCE
        ):
            raise invalid(problems)
        context.reports.extend(report_lines(problems))
