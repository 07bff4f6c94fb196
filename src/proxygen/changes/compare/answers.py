"""Compares answers, status by status, with their media types and headers."""

from __future__ import annotations

from proxygen.changes.compare.ends import Ends, Found, same_media_types
from proxygen.changes.model import Direction
from proxygen.openapi.model import Header, Response

_RESPONSE = Direction.RESPONSE


def answer_changes(ends: Ends) -> Found:
    """The changes of all answers of an operation."""
    old = {one.status: one for one in ends.old.responses}
    new = {one.status: one for one in ends.new.responses}
    for status in dict.fromkeys([*old, *new]):
        one, other = old.get(status), new.get(status)
        kind = "success" if _is_success(status) else "error"
        if one is not None and other is not None:
            yield from _changes(ends, one, other)
        elif one is not None:
            found = f"The answer {status} is gone."
            yield ends.gone(f"response-{kind}-status-removed", one.pointer, found)
        elif other is not None:
            found = f"The answer {status} is new."
            yield ends.come(f"response-{kind}-status-added", other.pointer, found)


def _is_success(status: str) -> bool:
    """Whether callers go on with the answer; they get a 304 only where they ask for it."""
    return status[:1] in ("2", "3") and status != "304"


def _changes(ends: Ends, one: Response, other: Response) -> Found:
    places = one.pointer, other.pointer
    contents = one.content, other.content
    yield from ends.media_types(_RESPONSE, contents, places, f"The answer {other.status}")
    for base, revision in same_media_types(*contents):
        for schemas in ((base.schema, revision.schema), (base.item_schema, revision.item_schema)):
            ends_at = base.pointer, revision.pointer
            yield ends.pair(_RESPONSE, schemas, ends_at, f"the answer {other.status}")
    yield from _headers(ends, one, other)


def _headers(ends: Ends, one: Response, other: Response) -> Found:
    old = {header.name.lower(): header for header in one.headers}
    new = {header.name.lower(): header for header in other.headers}
    for name in dict.fromkeys([*old, *new]):
        base, revision = old.get(name), new.get(name)
        if base is not None and revision is not None:
            yield from _header(ends, base, revision, f"{_titled(revision)} {other.status}")
        elif base is not None:
            rule = "response-header-removed"
            if base.required:
                rule = "response-required-header-removed"
            found = f"{_titled(base)} {other.status} is gone."
            yield ends.noted(rule, base.pointer, other.pointer, found)
        elif revision is not None:
            found = f"{_titled(revision)} {other.status} is new."
            yield ends.noted("response-header-added", one.pointer, revision.pointer, found)


def _header(ends: Ends, base: Header, revision: Header, title: str) -> Found:
    places = base.pointer, revision.pointer
    if base.required and not revision.required:
        found = f"{title} may be missing now."
        yield ends.noted("response-header-became-optional", *places, found)
    elif revision.required and not base.required:
        found = f"{title} is always there now."
        yield ends.noted("response-header-became-required", *places, found)
    subject = f"{title[:1].lower()}{title[1:]}"
    yield ends.pair(_RESPONSE, (base.schema, revision.schema), places, subject)


def _titled(header: Header) -> str:
    return f"The header `{header.name}` of the answer"
