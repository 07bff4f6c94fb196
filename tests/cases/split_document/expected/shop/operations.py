"""What the edge decides about each operation of shop."""

from __future__ import annotations

from typing import Final

from proxygen.runtime import Body, BodyKind, Content, Operation, Parameter, Shape

LIST_ORDERS: Final = Operation(
    service="shop",
    operation_id="listOrders",
    method="GET",
    edge_path="/orders",
    downstream_path="/orders",
    query=(Parameter(name="limit", shape=Shape(types=("integer",))),),
    idempotent=True,
)

PLACE_ORDER: Final = Operation(
    service="shop",
    operation_id="placeOrder",
    method="POST",
    edge_path="/orders",
    downstream_path="/orders",
    body=Body(content=(Content(media_type="application/json", kind=BodyKind.JSON),), required=True),
)

GET_ORDER: Final = Operation(
    service="shop",
    operation_id="getOrder",
    method="GET",
    edge_path="/orders/{order_id}",
    downstream_path="/orders/{order_id}",
    path=(Parameter(name="order_id", required=True, style="simple", explode=False),),
    idempotent=True,
)
