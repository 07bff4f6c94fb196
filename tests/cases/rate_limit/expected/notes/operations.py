"""What the edge decides about each operation of notes."""

from __future__ import annotations

from typing import Final

from proxygen.runtime import Auth, Operation, RateLimit

LIST_NOTES: Final = Operation(
    service="notes",
    operation_id="listNotes",
    method="GET",
    edge_path="/notes",
    downstream_path="/notes",
    rate_limit=RateLimit(rate=10.0, burst=40),
    idempotent=True,
)

CREATE_NOTE: Final = Operation(
    service="notes",
    operation_id="createNote",
    method="POST",
    edge_path="/notes",
    downstream_path="/notes",
    rate_limit=RateLimit(rate=2.5, burst=3),
)

LOGIN: Final = Operation(
    service="notes",
    operation_id="login",
    method="POST",
    edge_path="/login",
    downstream_path="/login",
    auth=Auth.PUBLIC,
    rate_limit=RateLimit(rate=0.2, burst=5),
)
