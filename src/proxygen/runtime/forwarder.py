"""Makes of a validated request what goes to its downstream, and answers with what comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from proxygen.runtime.calls.attempts import Attempts, Outgoing
from proxygen.runtime.calls.patience import Patience
from proxygen.runtime.calls.upload import Upload
from proxygen.runtime.calls.watch import ClientGoneError, ClientWatch
from proxygen.runtime.context import RequestContext
from proxygen.runtime.headers.writer import HeaderPolicy, add_credential
from proxygen.runtime.hooks.order import Hooks
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.kinds import Kind
from proxygen.runtime.operation import Operation
from proxygen.runtime.plan import Downstream, Plan, Routed, plan_of
from proxygen.runtime.routing.edge_paths import EdgePaths
from proxygen.runtime.telemetry.metrics import EdgeMetrics
from proxygen.runtime.transport.seam import Outbound


class Forwarder:
    """Forwards validated requests; one for the whole application."""

    def __init__(
        self,
        downstreams: Mapping[str, Downstream],
        operations: Sequence[Routed],
        *,
        policy: HeaderPolicy,
        hooks: Hooks,
        metrics: EdgeMetrics,
    ) -> None:
        self._downstreams = downstreams
        self._operations = {
            service: [
                operation
                for operation in operations
                if operation.service == service and isinstance(operation, Operation)
            ]
            for service in downstreams
        }
        self._edge_paths = {
            service: EdgePaths(siblings, base_path=downstreams[service].origin.base_path)
            for service, siblings in self._operations.items()
        }
        self._policy = policy
        self._hooks = hooks
        self._metrics = metrics
        self._plans: dict[int, tuple[Routed, Plan]] = {}
        self._patience: Patience | None = None

    @property
    def downstreams(self) -> Mapping[str, Downstream]:
        """The services, by name."""
        return self._downstreams

    async def __call__(
        self,
        operation: Routed,
        request: Request,
        identity: Identity | None,
        *,
        body: Outgoing | None = None,
    ) -> Response:
        """The answer, with its body still on the wire; raises `EdgeError` where there is none to show."""
        scope = request.scope
        known = self._plans.get(id(operation))
        plan = self._plan(operation) if known is None else known[1]
        context = RequestContext.of(scope)
        target = plan.target(request, identity, context.reports)
        peer = scope.get("client")
        headers = plan.request_headers.apply(
            scope["headers"],
            context=context,
            identity=identity,
            peer=peer[0] if peer else None,
            scheme=scope.get("scheme", "http"),
        )
        outbound = Outbound(scope["method"], target, headers, None, plan.limits)
        upload = None
        if body is not None:
            outbound, upload = _with_body(outbound, body, identity)
        watch = ClientWatch(request.receive, upload, self._patience_here())
        credential = plan.downstream.credential
        try:
            if plan.hooks is not None:
                await plan.hooks(scope, identity, context)
            if credential is not None:
                add_credential(headers, await credential.line())
            call = Attempts(plan, outbound, context, upload, watch)
            response = await call.answer(scope)
        except asyncio.CancelledError:
            context.kind = context.kind or Kind.CLIENT_DISCONNECT
            if not watch.gone:
                watch.stop()
                raise
            await watch.settle()
            raise ClientGoneError from None
        except BaseException:
            await watch.settle()
            raise
        if credential is not None and response.status_code == 401:
            credential.refused()
        return response

    def _patience_here(self) -> Patience:
        """That of the running loop, which is the same for as long as an application is served."""
        loop = asyncio.get_running_loop()
        patience = self._patience
        if patience is None or patience.loop is not loop:
            patience = self._patience = Patience(loop)
        return patience

    def _plan(self, operation: Routed) -> Plan:
        """Kept by identity: an operation is a constant of a module, and equality would read all of it."""
        service = operation.service
        plan = plan_of(
            operation,
            downstream=self._downstreams[service],
            siblings=self._operations[service],
            edge_paths=self._edge_paths[service],
            policy=self._policy,
            hooks=self._hooks,
            metrics=self._metrics,
        )
        self._plans[id(operation)] = (operation, plan)
        return plan


def _with_body(
    outbound: Outbound, body: Outgoing, identity: Identity | None
) -> tuple[Outbound, Upload | None]:
    """The request with its body, which is an upload where it is passed on while it arrives."""
    content, length = body.outgoing(identity)
    if content is None or isinstance(content, bytes):
        return outbound._replace(body=content, length=length), None
    upload = Upload(content, body)
    passed_on = outbound._replace(body=upload.chunks(), length=length, released=upload.release)
    return passed_on, upload
