"""What result_aggregator takes (specs/result_aggregator.yaml)."""

from __future__ import annotations

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


class AddAnnotationPath(Contract):
    batch_id: Uuid
    essay_id: Annotated[StrictStr, Field(max_length=64, min_length=1)]


class AnnotationRequest(Contract):
    context: CallContext
    annotation: Annotation


class BatchIdPath(Contract):
    batch_id: Uuid


class BatchState(
    RootContract[Literal["waiting", "processing", "completed", "partially_failed", "failed"]]
):
    root: Literal["waiting", "processing", "completed", "partially_failed", "failed"]


class CallContext(Contract):
    user_id: Annotated[StrictStr, Field(max_length=128, min_length=1)]
    client: Literal["web", "app", "import"] | MISSING = MISSING


class ClientAnnotationRequest(Contract):
    context: ClientCallContext
    annotation: Annotation


class ClientCallContext(Contract):
    client: Literal["web", "app", "import"] | MISSING = MISSING


class CommentAnnotation(Contract):
    type: Literal["comment"]
    text: Annotated[StrictStr, Field(max_length=5000, min_length=1)]
    visible_to_student: StrictBool | MISSING = MISSING


class ListBatchResultsQuery(Contract):
    kind: list[ResultKind] | MISSING = MISSING


class ListUserBatchesQuery(Contract):
    status: BatchState | MISSING = MISSING
    offset: Annotated[Integer | MISSING, Field(ge=0)] = MISSING
    limit: Annotated[Integer | MISSING, Field(ge=1, le=100)] = MISSING


class ResultKind(RootContract[Literal["spellcheck", "ranking", "feedback"]]):
    root: Literal["spellcheck", "ranking", "feedback"]


class ScoreOverride(Contract):
    type: Literal["score_override"]
    score: Annotated[StrictFloat, Field(ge=0.0, le=1.0)]
    reason: Annotated[StrictStr, Field(max_length=1000, min_length=1)]


class Annotation(RootContract[CommentAnnotation | ScoreOverride]):
    root: Annotated[CommentAnnotation | ScoreOverride, Field(discriminator="type")]


class StreamBatchProgressHeaders(Contract):
    last_event_id: Annotated[StrictStr | MISSING, Field(alias="Last-Event-ID", max_length=64)] = (
        MISSING
    )
