"""What batch_orchestrator answers (specs/batch_orchestrator.yaml)."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from proxygen.runtime.json_types import Integer, Uuid
from pydantic import MISSING, BaseModel, ConfigDict, Field, RootModel, StrictStr

Root = TypeVar("Root")


class Contract(BaseModel):
    """An object; what it does not name is let through. Built when it is first used."""

    model_config = ConfigDict(defer_build=True, protected_namespaces=())


class RootContract(RootModel[Root], Generic[Root]):
    """Any other value. Built when it is first used."""

    model_config = ConfigDict(defer_build=True)


class BatchPage(Contract):
    items: list[Batch]
    next_cursor: StrictStr | None


class Batch(Contract):
    batch_id: Uuid
    user_id: UserId
    org_id: StrictStr | None
    status: BatchStatus
    course_code: CourseCode
    class_id: StrictStr | MISSING = MISSING
    expected_essay_count: Annotated[Integer, Field(ge=1)]
    received_essay_count: Annotated[Integer, Field(ge=0)]
    registered_at: StrictStr


class BatchDetail(Batch):
    essay_ids: list[StrictStr]
    prompt: Prompt
    pipelines: list[Pipeline]


class BatchRegistrationResponseV1(Contract):
    batch_id: Uuid
    status: Literal["awaiting_content"]
    registered_at: StrictStr


class BatchStatus(
    RootContract[
        Literal["awaiting_content", "ready", "processing", "completed", "failed", "cancelled"]
    ]
):
    root: Literal["awaiting_content", "ready", "processing", "completed", "failed", "cancelled"]


class CourseCode(RootContract[Literal["ENG5", "ENG6", "ENG7", "SV1", "SV2", "SV3"]]):
    root: Literal["ENG5", "ENG6", "ENG7", "SV1", "SV2", "SV3"]


class Error(Contract):
    code: Annotated[StrictStr, Field(pattern="^[a-z][a-z0-9_]*$")]
    message: StrictStr
    details: dict[str, Any] | MISSING = MISSING


class PipelineKind(RootContract[Literal["spellcheck", "comparative_judgement", "feedback"]]):
    root: Literal["spellcheck", "comparative_judgement", "feedback"]


class Pipeline(Contract):
    pipeline_id: Uuid
    kind: PipelineKind
    state: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    started_at: StrictStr | None


class Prompt(Contract):
    owner_id: UserId
    title: Annotated[StrictStr | MISSING | None, Field(max_length=200)] = MISSING
    text: Annotated[StrictStr, Field(max_length=20000, min_length=1)]
    language: Annotated[StrictStr, Field(pattern="^[a-z]{2}(-[A-Z]{2})?$")]


class UserId(RootContract[StrictStr]):
    root: Annotated[StrictStr, Field(max_length=128, min_length=1)]
