"""What the edge decides about each operation of shop."""

from __future__ import annotations

from typing import Final

from proxygen.runtime import Body, BodyKind, Content, Operation, Parameter, Shape

GET_ARTICLES: Final = Operation(
    service="shop",
    operation_id="get_articles",
    method="GET",
    edge_path="/articles",
    downstream_path="/articles",
    query=(Parameter(name="user_id"), Parameter(name="limit", shape=Shape(types=("integer",)))),
    idempotent=True,
)

CREATE_ARTICLE: Final = Operation(
    service="shop",
    operation_id="createArticle",
    method="POST",
    edge_path="/articles",
    downstream_path="/articles",
    body=Body(content=(Content(media_type="application/json", kind=BodyKind.JSON),), required=True),
)

GET_ARTICLE: Final = Operation(
    service="shop",
    operation_id="get article",
    method="GET",
    edge_path="/articles/{sku}",
    downstream_path="/articles/{sku}",
    path=(Parameter(name="sku", required=True, style="simple", explode=False),),
    idempotent=True,
)
