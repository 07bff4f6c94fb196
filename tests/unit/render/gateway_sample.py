"""A small gateway that has one of everything that a template prints."""

from __future__ import annotations

from dataclasses import replace

from proxygen.contracts.model import ContractModule
from proxygen.diagnostics import Location
from proxygen.ir.gateway import (
    Absent,
    AbsentParent,
    Auth,
    Binding,
    BodyKind,
    Claims,
    ErrorFormat,
    Gateway,
    HeaderPolicy,
    IdentityField,
    OnClientValue,
    Operation,
    Parameter,
    ParameterContracts,
    Part,
    PassthroughRoute,
    Place,
    RequestBody,
    RequestContent,
    Response,
    Retry,
    Service,
    Timeouts,
    Validation,
    ValueShape,
)
from proxygen.ir.ledger import LedgerCount, LedgerEntry, Outcome
from proxygen.ir.schema import ContractRef, NamedSchema, SchemaSet

CONTRACT_TEXT = '''"""Contracts."""

from pydantic import BaseModel


class GetBatchPath(BaseModel):
    batch_id: str


class ListBatchesQuery(BaseModel):
    limit: int


class ClientBatch(BaseModel):
    course: str


class Upload(BaseModel):
    kind: str
'''


def gateway(text: str = "plain") -> Gateway:
    """The sample; `text` stands in every place that takes free text of a document."""
    return Gateway(
        name="edge",
        error_format=ErrorFormat.PROBLEM,
        claims=Claims(org_id=("tenant",)),
        headers=HeaderPolicy(owned=("x-tenant",)),
        metrics_prefix="edge_",
        services=(batches(text), teacher()),
        edge_contract={"openapi": "3.1.0", "info": {"title": text, "version": "1"}, "paths": {}},
        ledger=(
            LedgerEntry(
                service="batches",
                outcome=Outcome.PASSED,
                construct="pattern",
                rule="unchecked-pattern",
                location=_at(40),
                detail=text,
            ),
        ),
        counts=(
            LedgerCount(service="batches", construct="operation", outcome=Outcome.HANDLED, count=3),
            LedgerCount(service="batches", construct="link", outcome=Outcome.PASSED, count=1),
        ),
    )


def contracts() -> dict[tuple[str, str], ContractModule]:
    """What the contracts stage would have made."""
    names = ("GetBatchPath", "ListBatchesQuery", "ClientBatch", "Upload")
    return {("batches", "requests"): ContractModule(text=CONTRACT_TEXT, class_names=names)}


def batches(text: str = "plain") -> Service:
    """A typed service with two router modules."""
    return Service(
        name="batches",
        title=text,
        document="specs/batches.yaml",
        base_url_env="BATCHES_URL",
        timeouts=Timeouts(),
        retry=Retry(),
        operations=(register(text), listing(text), upload(text)),
        requests=SchemaSet(
            module="requests",
            schemas=(NamedSchema(name="ClientBatch", value={"type": "object"}, pointer=""),),
        ),
    )


def teacher() -> Service:
    """A service without a document."""
    return Service(
        name="bff_teacher",
        title="",
        document=None,
        base_url_env="BFF_TEACHER_URL",
        timeouts=Timeouts(),
        retry=Retry(),
        passthrough=PassthroughRoute(
            location=Location("specs/proxygen.toml", 1, 1),
            prefix="/bff/v1/teacher",
            strip="",
            base_path="/v1",
            methods=("GET", "POST"),
            auth=Auth.OPTIONAL,
            timeouts=Timeouts(),
            retry=Retry(attempts=0),
        ),
    )


def register(text: str = "plain") -> Operation:
    """A JSON body with identity in it."""
    body = RequestContent(
        media_type="application/json",
        kind=BodyKind.JSON,
        contract=ContractRef(module="requests", name="ClientBatch"),
        downstream=ContractRef(module="requests", name="Batch"),
        example={"course": text, "nested": [1, 2.5, None, {"deep": text}]},
        has_example=True,
    )
    return replace(
        _operation("register_batch", "post", "/v1/batches/{batch_id}", text),
        bindings=(
            Binding(
                field=IdentityField.ORG_ID,
                place=Place.BODY,
                name="/org_id",
                absent=Absent.NULL,
                absent_parent=AbsentParent.REFUSE,
                location=_at(3),
            ),
        ),
        parameters=(
            Parameter(
                name="batch_id",
                location="path",
                required=True,
                style="simple",
                explode=False,
                shape=ValueShape(types=("string",)),
                example="a/b",
                has_example=True,
            ),
        ),
        contracts=ParameterContracts(path=ContractRef(module="requests", name="GetBatchPath")),
        request_body=RequestBody(required=True, content=(body,)),
        responses=(
            Response(
                status="201",
                description=text,
                media_type="application/json",
                contract=None,
                headers=(("Location", "/v1/batches/1"),),
                example={"id": text},
                has_example=True,
            ),
            Response(status="404", description=text, media_type=None, contract=None),
        ),
    )


def listing(text: str = "plain") -> Operation:
    """Repeated query keys, a public route, limits of its own."""
    return replace(
        _operation("list_batches", "get", "/v1/batches", text),
        auth=Auth.PUBLIC,
        parameters=(
            Parameter(
                name="status",
                location="query",
                required=False,
                style="form",
                explode=True,
                shape=ValueShape(types=("string",), container="array"),
                example=["new", text],
                has_example=True,
            ),
            Parameter(
                name="limit",
                location="query",
                required=True,
                style="form",
                explode=True,
                shape=ValueShape(types=("integer",)),
            ),
        ),
        contracts=ParameterContracts(query=ContractRef(module="requests", name="ListBatchesQuery")),
        timeouts=Timeouts(total=10.0),
        validation=Validation.REPORT,
        on_client_value=OnClientValue.REPLACE,
    )


def upload(text: str = "plain") -> Operation:
    """A multipart body that is not required, in a second module."""
    parts = (
        Part(
            name="kind",
            required=True,
            repeated=False,
            binary=False,
            shape=ValueShape(types=("string",)),
        ),
        Part(
            name="files",
            required=True,
            repeated=True,
            binary=True,
            shape=ValueShape(types=("string",)),
            content_types=("application/pdf",),
        ),
    )
    body = RequestContent(
        media_type="multipart/form-data",
        kind=BodyKind.MULTIPART,
        contract=ContractRef(module="requests", name="Upload"),
        downstream=ContractRef(module="requests", name="Upload"),
        parts=parts,
        example={"kind": text, "files": ["one", "two"]},
        has_example=True,
    )
    raw = RequestContent(media_type="image/*", kind=BodyKind.RAW, contract=None, downstream=None)
    return replace(
        _operation("upload", "put", "/v1/files", text),
        module="files",
        tag=text,
        auth=Auth.OPTIONAL,
        request_body=RequestBody(required=False, content=(body, raw)),
    )


def _operation(function: str, method: str, path: str, text: str) -> Operation:
    return Operation(
        operation_id=function,
        function=function,
        constant=function.upper(),
        module="batches",
        tag=text,
        method=method,
        edge_path=path,
        downstream_path=path,
        summary=text,
        description=text,
        deprecated=False,
        auth=Auth.REQUIRED,
        scopes=(),
        bindings=(),
        waivers=(),
        parameters=(),
        contracts=ParameterContracts(),
        request_body=None,
        responses=(),
        request_headers=(),
        timeouts=Timeouts(),
        retry=Retry(),
        idempotent=False,
        validation=Validation.ENFORCE,
        on_client_value=OnClientValue.REJECT,
        location=_at(14),
    )


def _at(line: int) -> Location:
    return Location("specs/batches.yaml", line, 3, "/paths")
