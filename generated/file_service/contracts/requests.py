"""What file_service takes (specs/file_service.yaml)."""

from __future__ import annotations

from typing import Annotated, Literal

from proxygen.runtime.json_types import Integer, Uuid
from pydantic import MISSING, BaseModel, ConfigDict, Field, StrictStr


class Contract(BaseModel):
    """An object; what it does not name is let through. Built when it is first used."""

    model_config = ConfigDict(defer_build=True, protected_namespaces=())


class BatchUpload(Contract):
    user_id: Annotated[StrictStr, Field(min_length=1)]
    org_id: StrictStr | MISSING = MISSING
    files: Annotated[list[StrictStr], Field(max_length=100, min_length=1)]
    language: Literal["en", "sv"] | MISSING = MISSING
    student_ids: Annotated[
        list[Annotated[StrictStr, Field(min_length=1)]] | MISSING, Field(max_length=100)
    ] = MISSING
    metadata: UploadMetadata | MISSING = MISSING


class ClientUploadBatchFilesForm(Contract):
    language: Literal["en", "sv"] | MISSING = MISSING
    student_ids: Annotated[
        list[Annotated[StrictStr, Field(min_length=1)]] | MISSING, Field(max_length=100)
    ] = MISSING
    metadata: UploadMetadata | MISSING = MISSING


class DownloadFileHeaders(Contract):
    range: Annotated[StrictStr | MISSING, Field(alias="Range", pattern="^bytes=")] = MISSING


class DownloadFileQuery(Contract):
    disposition: Literal["inline", "attachment"] | MISSING = MISSING


class FileIdPath(Contract):
    file_id: Annotated[StrictStr, Field(pattern="^file-[0-9a-z]{4,40}$")]


class ListFilesQuery(Contract):
    batch_id: Uuid | MISSING = MISSING
    content_type: (
        list[Literal["application/pdf", "text/plain", "application/octet-stream"]] | MISSING
    ) = MISSING


class ReplaceFileContentHeaders(Contract):
    x_content_sha256: Annotated[
        StrictStr | MISSING, Field(alias="X-Content-SHA256", pattern="^[0-9a-f]{64}$")
    ] = MISSING


class UploadBatchFilesForm(Contract):
    user_id: Annotated[StrictStr, Field(min_length=1)]
    org_id: StrictStr | MISSING = MISSING
    language: Literal["en", "sv"] | MISSING = MISSING
    student_ids: Annotated[
        list[Annotated[StrictStr, Field(min_length=1)]] | MISSING, Field(max_length=100)
    ] = MISSING
    metadata: UploadMetadata | MISSING = MISSING


class UploadBatchFilesPath(Contract):
    batch_id: Uuid


class UploadMetadata(Contract):
    source: Literal["scanner", "export", "typed"]
    pages: Annotated[Integer | MISSING | None, Field(ge=1)] = MISSING
