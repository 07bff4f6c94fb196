"""What batch_orchestrator takes (specs/batch_orchestrator.yaml)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Generic, Literal, TypeVar

from proxygen.runtime.json_types import Integer, Uuid
from pydantic import (
    MISSING,
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    StrictBool,
    StrictFloat,
    StrictStr,
)

Root = TypeVar("Root")


class Contract(BaseModel):
    """An object; what it does not name is let through. Built when it is first used."""

    model_config = ConfigDict(defer_build=True, protected_namespaces=())


class RootContract(RootModel[Root], Generic[Root]):
    """Any other value. Built when it is first used."""

    model_config = ConfigDict(defer_build=True)


class BatchIdPath(Contract):
    batch_id: Uuid


class BatchRegistrationRequestV1(Contract):
    user_id: UserId
    org_id: Annotated[StrictStr | MISSING | None, Field(max_length=128)] = MISSING
    expected_essay_count: Annotated[Integer, Field(ge=1, le=500)]
    essay_ids: Annotated[
        list[Annotated[StrictStr, Field(max_length=64, min_length=1)]],
        Field(max_length=500, min_length=1),
    ]
    course_code: CourseCode
    class_id: Annotated[StrictStr | MISSING, Field(min_length=1)] = MISSING
    max_score: Annotated[StrictFloat | MISSING, Field(gt=0.0, le=1000.0)] = MISSING
    prompt: Prompt
    labels: Annotated[
        dict[str, Annotated[StrictStr, Field(max_length=64)]] | MISSING, Field(max_length=16)
    ] = MISSING


class BatchStatus(
    RootContract[
        Literal["awaiting_content", "ready", "processing", "completed", "failed", "cancelled"]
    ]
):
    root: Literal["awaiting_content", "ready", "processing", "completed", "failed", "cancelled"]


class CancelBatchHeaders(Contract):
    idempotency_key: Annotated[
        StrictStr, Field(alias="Idempotency-Key", max_length=64, min_length=8)
    ]


class CancellationRequestV1(Contract):
    reason: Literal["duplicate", "wrong_essays", "no_longer_needed", "other"]
    comment: Annotated[StrictStr | MISSING, Field(max_length=1000)] = MISSING


class ClientBatchRegistrationRequestV1(Contract):
    expected_essay_count: Annotated[Integer, Field(ge=1, le=500)]
    essay_ids: Annotated[
        list[Annotated[StrictStr, Field(max_length=64, min_length=1)]],
        Field(max_length=500, min_length=1),
    ]
    course_code: CourseCode
    class_id: Annotated[StrictStr | MISSING, Field(min_length=1)] = MISSING
    max_score: Annotated[StrictFloat | MISSING, Field(gt=0.0, le=1000.0)] = MISSING
    prompt: ClientPrompt
    labels: Annotated[
        dict[str, Annotated[StrictStr, Field(max_length=64)]] | MISSING, Field(max_length=16)
    ] = MISSING


class ClientEditor(Contract):
    note: Annotated[StrictStr | MISSING, Field(max_length=500)] = MISSING


class ClientPromptAmendmentV1(Contract):
    title: Annotated[StrictStr | MISSING | None, Field(max_length=200)] = MISSING
    text: Annotated[StrictStr | MISSING, Field(max_length=20000, min_length=1)] = MISSING
    language: Annotated[StrictStr | MISSING, Field(pattern="^[a-z]{2}(-[A-Z]{2})?$")] = MISSING
    editor: ClientEditor | MISSING = MISSING


class ClientPrompt(Contract):
    title: Annotated[StrictStr | MISSING | None, Field(max_length=200)] = MISSING
    text: Annotated[StrictStr, Field(max_length=20000, min_length=1)]
    language: Annotated[StrictStr, Field(pattern="^[a-z]{2}(-[A-Z]{2})?$")]


class CourseCode(RootContract[Literal["ENG5", "ENG6", "ENG7", "SV1", "SV2", "SV3"]]):
    root: Literal["ENG5", "ENG6", "ENG7", "SV1", "SV2", "SV3"]


class Editor(Contract):
    user_id: UserId
    org_id: StrictStr | MISSING = MISSING
    note: Annotated[StrictStr | MISSING, Field(max_length=500)] = MISSING


class ListBatchesQuery(Contract):
    status: Annotated[list[BatchStatus] | MISSING, Field(max_length=6)] = MISSING
    course_code: Annotated[list[CourseCode] | MISSING, Field(min_length=1)] = MISSING
    registered: ListBatchesQueryRegistered | MISSING = MISSING
    limit: Annotated[Integer | MISSING, Field(ge=1, le=100)] = MISSING
    cursor: Annotated[StrictStr | MISSING, Field(max_length=256, min_length=1)] = MISSING


class ListBatchesQueryRegistered(Contract):
    after: date | MISSING = MISSING
    before: date | MISSING = MISSING


class PipelineKind(RootContract[Literal["spellcheck", "comparative_judgement", "feedback"]]):
    root: Literal["spellcheck", "comparative_judgement", "feedback"]


class PipelineStartRequestV1Options(Contract):
    rounds: Annotated[Integer | MISSING, Field(ge=1, le=50)] = MISSING
    judge_model: StrictStr | MISSING | None = MISSING


class PipelineStartRequestV1(Contract):
    kind: PipelineKind
    options: PipelineStartRequestV1Options | MISSING = MISSING
    notify: StrictBool | MISSING = MISSING


class PromptAmendmentV1(Contract):
    title: Annotated[StrictStr | MISSING | None, Field(max_length=200)] = MISSING
    text: Annotated[StrictStr | MISSING, Field(max_length=20000, min_length=1)] = MISSING
    language: Annotated[StrictStr | MISSING, Field(pattern="^[a-z]{2}(-[A-Z]{2})?$")] = MISSING
    editor: Editor | MISSING = MISSING


class Prompt(Contract):
    owner_id: UserId
    title: Annotated[StrictStr | MISSING | None, Field(max_length=200)] = MISSING
    text: Annotated[StrictStr, Field(max_length=20000, min_length=1)]
    language: Annotated[StrictStr, Field(pattern="^[a-z]{2}(-[A-Z]{2})?$")]


class UserId(RootContract[StrictStr]):
    root: Annotated[StrictStr, Field(max_length=128, min_length=1)]
