"""What the edge decides about each operation of things."""

from __future__ import annotations

from typing import Final

from proxygen.runtime import Operation, Parameter, Shape

LIST_THINGS: Final = Operation(
    service="things",
    operation_id="listThings",
    method="GET",
    edge_path="/things",
    downstream_path="/things",
    query=(Parameter(name="limit", shape=Shape(types=("integer",))), Parameter(name="after")),
    idempotent=True,
)

LIST_THINGS_V2: Final = Operation(
    service="things",
    operation_id="listThingsV2",
    method="GET",
    edge_path="/renamed",
    downstream_path="/renamed",
    idempotent=True,
)
