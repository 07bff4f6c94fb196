"""Routes of shop tagged Articles (specs/shop.yaml).

What a handler takes is checked before it is called; `forward` sends the client's own bytes.
"""

from __future__ import annotations

from dishka.integrations.fastapi import FromDishka
from fastapi import Request, Response
from proxygen.runtime import Forwarder, Identity, ProxyRouter

from .. import operations
from ..contracts.requests import GetArticlesQuery

router = ProxyRouter(tags=["Articles"])


@router.operation(operations.GET_ARTICLES)
async def get_articles(
    request: Request,
    query: GetArticlesQuery,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """List articles.

    GET /articles of shop (specs/shop.yaml:6).
    """
    return await forward(operations.GET_ARTICLES, request, identity)
