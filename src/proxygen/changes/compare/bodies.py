"""Compares the bodies of requests, media type by media type."""

from __future__ import annotations

from dataclasses import replace

from proxygen.changes.compare.ends import Ends, Found, same_media_types
from proxygen.changes.model import Direction
from proxygen.openapi.model import MediaType, RequestBody

_REQUEST = Direction.REQUEST


def body_changes(ends: Ends) -> Found:
    """The changes of the body of an operation."""
    old, new = ends.old.body, ends.new.body
    if old is not None and new is not None:
        yield from _changes(ends, old, new)
    elif old is not None:
        yield ends.gone("request-body-removed", old.pointer, "The body is gone.")
    elif new is not None and new.required:
        found = "The body must be sent, and is new."
        yield ends.come("request-required-body-added", new.pointer, found)
    elif new is not None:
        yield ends.come("request-body-added", new.pointer, "The body may be sent now.")


def _changes(ends: Ends, old: RequestBody, new: RequestBody) -> Found:
    places = old.pointer, new.pointer
    if old.required != new.required:
        rule, what = "request-body-became-optional", "may be left out now"
        if new.required:
            rule, what = "request-body-became-required", "must be sent now"
        yield ends.noted(rule, *places, f"The body {what}.")
    for base, revision in same_media_types(old.content, new.content):
        yield from _media_type(ends, base, revision)
    yield from ends.media_types(_REQUEST, (old.content, new.content), places, "The body")


def _media_type(ends: Ends, base: MediaType, revision: MediaType) -> Found:
    places = base.pointer, revision.pointer
    if base.encoding != revision.encoding:
        found = f"Parts of {revision.media_type} are written in another way."
        noted = ends.noted("request-encoding-changed", *places, found)
        yield replace(noted, before=dict(base.encoding), after=dict(revision.encoding))
    schemas = base.schema, revision.schema
    hidden = ends.old.hidden, ends.new.hidden
    yield ends.pair(_REQUEST, schemas, places, "the body", hidden)
