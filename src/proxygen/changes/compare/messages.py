"""Compares what goes over the wire for one operation: parameters, bodies, answers and their headers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from proxygen.changes.compare.schemas import NONE, Pair, Paths
from proxygen.changes.log import Noted
from proxygen.changes.model import ABSENT, Direction, Place
from proxygen.changes.surface import Endpoint
from proxygen.lower.references import tokens
from proxygen.lower.routes import variables
from proxygen.openapi.model import Header, MediaType, Parameter, RequestBody, Response, Schema
from proxygen.source.document import Document

Json = Any
Found = Iterator[Noted | Pair]
_REQUEST = Direction.REQUEST
_RESPONSE = Direction.RESPONSE


def message_changes(old: Endpoint, new: Endpoint) -> Found:
    """The changes of all messages, and the pairs of schemas that are to be compared for them."""
    comparison = _Messages(old, new, old.place.document, new.place.document)
    yield from comparison.parameters()
    yield from comparison.body()
    yield from comparison.answers()


@dataclass(frozen=True, slots=True)
class _Messages:
    old: Endpoint
    new: Endpoint
    before: Document
    after: Document

    def parameters(self) -> Found:
        """Parameters by place and name; path variables by their position."""
        old, new = self._named(self.old), self._named(self.new)
        bound = _bound_names(self.new), _bound_names(self.old)
        for key in dict.fromkeys([*old, *new]):
            one, other = old.get(key), new.get(key)
            if one is not None and other is not None:
                yield from self._parameter(one, other)
            elif one is not None and key not in bound[0]:
                if one.location != "path":
                    found = f"{_titled(one)} is gone."
                    yield self._noted(
                        "request-parameter-removed", one.pointer, self.new.place.pointer, found
                    )
            elif other is not None and key not in bound[1] and other.location != "path":
                rule = (
                    "request-required-parameter-added"
                    if other.required
                    else "request-parameter-added"
                )
                what = "is new and must be sent" if other.required else "is new"
                found = f"{_titled(other)} {what}."
                yield self._noted(rule, self.old.place.pointer, other.pointer, found)

    def _named(self, end: Endpoint) -> dict[tuple[str, str], Parameter]:
        positions = {name: str(number) for number, name in enumerate(variables(end.path))}
        return {
            (one.location, positions.get(one.name, one.name))
            if one.location == "path"
            else (one.location, one.name.lower() if one.location == "header" else one.name): one
            for one in end.parameters
        }

    def _parameter(self, one: Parameter, other: Parameter) -> Found:
        places = one.pointer, other.pointer
        title = _titled(other)
        if one.required != other.required and other.location != "path":
            rule, what = (
                ("request-parameter-became-required", "must be sent now")
                if other.required
                else ("request-parameter-became-optional", "may be left out now")
            )
            yield self._noted(rule, *places, f"{title} {what}.")
        if _written(one) != _written(other):
            yield self._noted(
                "request-parameter-style-changed",
                *places,
                f"{title} is written as {_style(other)} now; it was {_style(one)}.",
            )
        if one.deprecated != other.deprecated:
            rule, what = (
                ("request-parameter-deprecated", "is deprecated")
                if other.deprecated
                else ("request-parameter-undeprecated", "is no longer deprecated")
            )
            yield self._noted(rule, *places, f"{title} {what}.")
        subject = f"{other.location} parameter `{other.name}`"
        schemas = _schema(one), _schema(other)
        yield self._pair(_REQUEST, *schemas, *places, subject)

    def body(self) -> Found:
        """The request's body, media type by media type."""
        old, new = self.old.body, self.new.body
        if old is None and new is None:
            return
        if old is None or new is None:
            yield self._body_presence(old, new)
            return
        places = old.pointer, new.pointer
        if old.required != new.required:
            rule, what = (
                ("request-body-became-required", "must be sent now")
                if new.required
                else ("request-body-became-optional", "may be left out now")
            )
            yield self._noted(rule, *places, f"The body {what}.")
        for base, revision in self._media_types(old.content, new.content):
            if base.encoding != revision.encoding:
                found = f"Parts of {revision.media_type} are written in another way."
                yield self._noted(
                    "request-encoding-changed",
                    base.pointer,
                    revision.pointer,
                    found,
                    before=dict(base.encoding),
                    after=dict(revision.encoding),
                )
            yield self._pair(
                _REQUEST,
                base.schema,
                revision.schema,
                base.pointer,
                revision.pointer,
                "the body",
                self.old.hidden,
                self.new.hidden,
            )
        yield from self._media_type_changes(_REQUEST, old.content, new.content, places, "The body")

    def _body_presence(self, old: RequestBody | None, new: RequestBody | None) -> Noted:
        if new is None:
            pointer = old.pointer if old is not None else ""
            return self._noted(
                "request-body-removed", pointer, self.new.place.pointer, "The body is gone."
            )
        rule = "request-required-body-added" if new.required else "request-body-added"
        what = "must be sent, and is new" if new.required else "may be sent now"
        return self._noted(rule, self.old.place.pointer, new.pointer, f"The body {what}.")

    def answers(self) -> Found:
        """The answers, status by status."""
        old = {one.status: one for one in self.old.responses}
        new = {one.status: one for one in self.new.responses}
        for status in dict.fromkeys([*old, *new]):
            one, other = old.get(status), new.get(status)
            kind = "success" if _is_success(status) else "error"
            if one is not None and other is not None:
                yield from self._answer(one, other)
            elif one is not None:
                found = f"The answer {status} is gone."
                rule = f"response-{kind}-status-removed"
                yield self._noted(rule, one.pointer, self.new.place.pointer, found)
            elif other is not None:
                found = f"The answer {status} is new."
                rule = f"response-{kind}-status-added"
                yield self._noted(rule, self.old.place.pointer, other.pointer, found)

    def _answer(self, one: Response, other: Response) -> Found:
        places = one.pointer, other.pointer
        title = f"The answer {other.status}"
        yield from self._media_type_changes(_RESPONSE, one.content, other.content, places, title)
        for base, revision in self._media_types(one.content, other.content):
            for schemas in (
                (base.schema, revision.schema),
                (base.item_schema, revision.item_schema),
            ):
                subject = f"the answer {other.status}"
                yield self._pair(_RESPONSE, *schemas, base.pointer, revision.pointer, subject)
        yield from self._headers(one, other)

    def _headers(self, one: Response, other: Response) -> Found:
        old = {header.name.lower(): header for header in one.headers}
        new = {header.name.lower(): header for header in other.headers}
        for name in dict.fromkeys([*old, *new]):
            base, revision = old.get(name), new.get(name)
            title = (
                f"The header `{(revision or base or _NAMELESS).name}` of the answer {other.status}"
            )
            if base is not None and revision is not None:
                yield from self._header(base, revision, title)
            elif base is not None:
                rule = (
                    "response-required-header-removed"
                    if base.required
                    else "response-header-removed"
                )
                yield self._noted(rule, base.pointer, other.pointer, f"{title} is gone.")
            elif revision is not None:
                found = f"{title} is new."
                yield self._noted("response-header-added", one.pointer, revision.pointer, found)

    def _header(self, base: Header, revision: Header, title: str) -> Found:
        places = base.pointer, revision.pointer
        if base.required and not revision.required:
            yield self._noted(
                "response-header-became-optional", *places, f"{title} may be missing now."
            )
        elif revision.required and not base.required:
            yield self._noted(
                "response-header-became-required", *places, f"{title} is always there now."
            )
        subject = f"{title[:1].lower()}{title[1:]}"
        yield self._pair(_RESPONSE, base.schema, revision.schema, *places, subject)

    def _media_types(
        self, old: Iterable[MediaType], new: Iterable[MediaType]
    ) -> Iterator[tuple[MediaType, MediaType]]:
        there = {_essence(one): one for one in new}
        return ((one, there[_essence(one)]) for one in old if _essence(one) in there)

    def _media_type_changes(
        self,
        direction: Direction,
        old: Iterable[MediaType],
        new: Iterable[MediaType],
        places: tuple[str, str],
        title: str,
    ) -> Iterator[Noted]:
        before = {_essence(one): one for one in old}
        after = {_essence(one): one for one in new}
        for name in (name for name in before if name not in after):
            found = f"{title} is of {name} no more."
            yield self._noted(
                f"{direction}-media-type-removed", before[name].pointer, places[1], found
            )
        for name in (name for name in after if name not in before):
            found = f"{title} may be of {name} now."
            yield self._noted(
                f"{direction}-media-type-added", places[0], after[name].pointer, found
            )

    def _pair(
        self,
        direction: Direction,
        base: Schema | None,
        revision: Schema | None,
        before: str,
        after: str,
        subject: str,
        base_hidden: Paths = NONE,
        revision_hidden: Paths = NONE,
    ) -> Pair:
        """Two schemas; where a version has none, everything is allowed."""
        return Pair(
            direction,
            base or Schema(document=self.before, pointer=before, value={}),
            revision or Schema(document=self.after, pointer=after, value={}),
            subject,
            base_hidden,
            revision_hidden,
        )

    def _noted(
        self,
        rule: str,
        base: str,
        revision: str,
        found: str,
        *,
        before: Json = None,
        after: Json = None,
    ) -> Noted:
        ends = self.old.place.pointer, self.new.place.pointer
        return Noted(
            rule,
            Place(self.before, base),
            Place(self.after, revision),
            found,
            _value(self.before, base) if before is None and base != ends[0] else before or ABSENT,
            _value(self.after, revision)
            if after is None and revision != ends[1]
            else after or ABSENT,
        )


_NAMELESS = Header(pointer="", name="", required=False, schema=None)


def _is_success(status: str) -> bool:
    """Whether callers go on with the answer; they get a 304 only where they ask for it."""
    return status[:1] in ("2", "3") and status != "304"


def _bound_names(end: Endpoint) -> set[tuple[str, str]]:
    """The inputs that identity fills, as parameters are keyed; their changes are told as bindings."""
    if end.policy is None:
        return set()
    return {
        (one.place.value, one.name.lower() if one.place.value == "header" else one.name)
        for one in end.policy.bindings
    }


def _titled(one: Parameter) -> str:
    return f"The {one.location} parameter `{one.name}`"


def _schema(one: Parameter) -> Schema | None:
    return one.content.schema if one.content is not None else one.schema


def _written(one: Parameter) -> tuple[object, ...]:
    if one.content is not None:
        return ("content", one.content.media_type)
    return (one.style, _explodes(one), one.allow_reserved)


def _explodes(one: Parameter) -> bool | None:
    """Whether it is exploded; None where that makes no difference, as for a plain value."""
    value = one.schema.value if one.schema is not None else {}
    plain = isinstance(value, dict) and value.get("type") in (
        "string",
        "integer",
        "number",
        "boolean",
    )
    return None if plain else one.explode


def _style(one: Parameter) -> str:
    if one.content is not None:
        return one.content.media_type
    return f"{one.style}{', exploded' if one.explode else ''}{', reserved' if one.allow_reserved else ''}"


def _essence(one: MediaType) -> str:
    return ";".join(part.strip().lower() for part in one.media_type.split(";"))


def _value(document: Document, pointer: str) -> Json:
    node: Json = document.value
    for token in tokens(pointer):
        if isinstance(node, dict) and token in node:
            node = node[token]
        elif isinstance(node, list) and token.isdecimal() and int(token) < len(node):
            node = node[int(token)]
        else:
            return ABSENT
    return node
