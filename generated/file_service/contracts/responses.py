"""What file_service answers (specs/file_service.yaml)."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from proxygen.runtime.json_types import Integer, Uuid
from pydantic import BaseModel, ConfigDict, Field, RootModel, StrictStr

Root = TypeVar("Root")


class Contract(BaseModel):
    """An object; what it does not name is let through. Built when it is first used."""

    model_config = ConfigDict(defer_build=True, protected_namespaces=())


class RootContract(RootModel[Root], Generic[Root]):
    """Any other value. Built when it is first used."""

    model_config = ConfigDict(defer_build=True)


class Error(Contract):
    code: Annotated[StrictStr, Field(pattern="^[a-z][a-z0-9_]*$")]
    message: StrictStr


class FileInfo(Contract):
    file_id: StrictStr
    filename: StrictStr
    content_type: StrictStr
    size: Annotated[Integer, Field(ge=0, le=9223372036854775807)]
    checksum: StrictStr | None
    user_id: StrictStr
    uploaded_at: StrictStr


class ListFilesResponse200(RootContract[list[FileInfo]]):
    root: list[FileInfo]


class RejectedFile(Contract):
    filename: StrictStr
    reason: Literal["content_type_not_allowed", "empty", "malware_found"]


class UploadResult(Contract):
    batch_id: Uuid
    accepted: list[FileInfo]
    rejected: list[RejectedFile]
