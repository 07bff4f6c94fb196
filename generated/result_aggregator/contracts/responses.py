"""What result_aggregator answers (specs/result_aggregator.yaml)."""

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


class BatchState(
    RootContract[Literal["waiting", "processing", "completed", "partially_failed", "failed"]]
):
    root: Literal["waiting", "processing", "completed", "partially_failed", "failed"]


class BatchStatus(Contract):
    batch_id: Uuid
    user_id: StrictStr
    state: BatchState
    essay_count: Annotated[Integer, Field(ge=0)]
    completed_essay_count: Annotated[Integer, Field(ge=0)]
    failed_essay_count: Annotated[Integer, Field(ge=0)]
    last_updated: StrictStr


class CommentAnnotation(Contract):
    type: Literal["comment"]
    text: Annotated[StrictStr, Field(max_length=5000, min_length=1)]
    visible_to_student: StrictBool | MISSING = MISSING


class Comment(Contract):
    text: Annotated[StrictStr, Field(min_length=1)]
    replies: list[Comment] | MISSING = MISSING


class Error(Contract):
    code: Annotated[StrictStr, Field(pattern="^[a-z][a-z0-9_]*$")]
    message: StrictStr


class FeedbackResult(Contract):
    kind: Literal["feedback"]
    essay_id: StrictStr
    comments: list[Comment]


class GetBatchReportResponse202(Contract):
    state: Literal["writing"]


class ListBatchResultsResponse200(Contract):
    batch_id: Uuid
    results: list[Result]


class ListUserBatchesResponse200(Contract):
    batches: list[BatchStatus]
    pagination: Pagination


class Pagination(Contract):
    offset: Annotated[Integer, Field(ge=0)]
    limit: Annotated[Integer, Field(ge=1)]
    total: Annotated[Integer, Field(ge=0)]


class RankingResult(Contract):
    kind: Literal["ranking"]
    essay_id: StrictStr
    rank: Annotated[Integer, Field(ge=1)]
    score: Annotated[StrictFloat, Field(ge=0.0, le=1.0)]
    standard_error: Annotated[StrictFloat | None, Field(ge=0.0)]


class ScoreOverride(Contract):
    type: Literal["score_override"]
    score: Annotated[StrictFloat, Field(ge=0.0, le=1.0)]
    reason: Annotated[StrictStr, Field(max_length=1000, min_length=1)]


class Annotation(RootContract[CommentAnnotation | ScoreOverride]):
    root: Annotated[CommentAnnotation | ScoreOverride, Field(discriminator="type")]


class SpellcheckResult(Contract):
    kind: Literal["spellcheck"]
    essay_id: StrictStr
    corrections: Annotated[Integer, Field(ge=0)]
    corrected_text_file: StrictStr | MISSING | None = MISSING


class Result(RootContract[SpellcheckResult | RankingResult | FeedbackResult]):
    root: Annotated[SpellcheckResult | RankingResult | FeedbackResult, Field(discriminator="kind")]


class StoredAnnotation(Contract):
    annotation_id: Uuid
    author: StrictStr
    annotation: Annotation
