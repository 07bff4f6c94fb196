"""How the edge reads a media type."""

from __future__ import annotations

from proxygen.ir.gateway import BodyKind
from proxygen.openapi import model as openapi


def kind_of(media: openapi.MediaType) -> BodyKind:
    """How the edge reads a media type; without a schema nothing is known, and nothing read."""
    name = essence(media.media_type)
    if media.schema is None:
        return BodyKind.RAW
    if name == "application/json" or (name.startswith("application/") and name.endswith("+json")):
        return BodyKind.JSON
    if name == "application/x-www-form-urlencoded":
        return BodyKind.FORM
    return BodyKind.MULTIPART if name == "multipart/form-data" else BodyKind.RAW


def essence(media_type: str) -> str:
    """A media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()
