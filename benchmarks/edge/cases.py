"""What is asked of a subject, and what must come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.edge.downstream import EVENTS, MEGABYTE, SMALL

TYPED, POST, PASSTHROUGH, ANSWER = "get", "post", "passthrough", "answer"
DOWNLOAD, STREAM = "download", "events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`body_bytes` are those of an answer's body."""

    label: str
    method: str
    body_bytes: int


CASES: Mapping[str, Case] = {
    TYPED: Case(label="typed GET", method="GET", body_bytes=len(SMALL)),
    POST: Case(label="identity POST", method="POST", body_bytes=len(SMALL)),
    PASSTHROUGH: Case(label="passthrough GET", method="GET", body_bytes=len(SMALL)),
    DOWNLOAD: Case(label="1 MB download", method="GET", body_bytes=MEGABYTE),
    STREAM: Case(label="event stream", method="GET", body_bytes=len(EVENTS)),
    ANSWER: Case(label="answer at once", method="GET", body_bytes=len(SMALL)),
}
