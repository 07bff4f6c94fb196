"""Writes the page: Jinja escapes every text of a document, and its policy lets no script but its own run."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from typing import Any, Final

import yaml
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from proxygen.diagnostics import Location
from proxygen.report.escaping import printable
from proxygen.report.finding import Finding, Report

Json = Any

MOST_LINES: Final = 60
"""Lines of one side of a change that the page shows."""
_PACKAGE: Final = "proxygen.changes.page"


@dataclass(frozen=True, slots=True, kw_only=True)
class SideView:
    """One side of a change: where it stands, and its text; None where this version has nothing there."""

    title: str
    place: str
    text: str | None
    more_lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """One change as the page shows it; `found` is a sentence in parts, each with whether it is code."""

    number: int
    rule: str
    severity: str
    file: str
    found: tuple[tuple[str, bool], ...]
    cure: str
    operations: tuple[str, ...]
    more_operations: int
    pointer: str
    sides: tuple[SideView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """The changes under one heading."""

    title: str
    changes: tuple[ChangeView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """The whole page; `policy` is its Content-Security-Policy."""

    against: str
    counts: tuple[tuple[str, int], ...]
    files: tuple[str, ...]
    severities: tuple[str, ...]
    groups: tuple[GroupView, ...]
    style: Markup
    script: Markup
    policy: str


def html_page(report: Report, against: str) -> str:
    """The page of a comparison with `against`."""
    style, script = _part("page.css"), _part("page.js")
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src 'sha256-{_hash(style)}'; script-src 'sha256-{_hash(script)}'"
    )
    ordered = report.ordered
    view = PageView(
        against=printable(against),
        counts=tuple((severity.value, number) for severity, number in report.counts.items()),
        files=tuple(dict.fromkeys(printable(one.location.file) for one in ordered)),
        severities=tuple(severity.value for severity in report.counts),
        groups=tuple(_groups(ordered)),
        style=Markup(style),  # noqa: S704 - a file of this package
        script=Markup(script),  # noqa: S704 - a file of this package
        policy=policy,
    )
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_part),
    )
    return environment.get_template("page.html.jinja").render(page=view)


def _groups(ordered: tuple[Finding, ...]) -> Iterator[GroupView]:
    numbered = enumerate(ordered, start=1)
    for title, members in groupby(numbered, key=lambda pair: pair[1].group):
        changes = tuple(_change(number, one) for number, one in members)
        yield GroupView(title=printable(title), changes=changes)


def _change(number: int, one: Finding) -> ChangeView:
    properties: Mapping[str, Json] = one.properties
    operations = tuple(printable(name) for name in properties.get("operations", ()))
    count = int(properties.get("operation_count", 0))
    base = next((other.location for other in one.related if other.role == "base"), None)
    return ChangeView(
        number=number,
        rule=printable(one.rule),
        severity=one.severity.value,
        file=printable(one.location.file),
        found=_parts(printable(one.found)),
        cure=printable(one.cure),
        operations=operations,
        more_operations=count - len(operations),
        pointer=printable(one.location.pointer),
        sides=() if base is None else tuple(_sides(base, one.location, properties)),
    )


def _sides(before: Location, after: Location, properties: Mapping[str, Json]) -> Iterator[SideView]:
    """Both sides, or one where the change is not in the text that they have."""
    if "before" in properties and properties["before"] == properties.get("after"):
        yield _side("in both versions", after, properties, "after")
    else:
        yield _side("before", before, properties, "before")
        yield _side("after", after, properties, "after")


def _parts(sentence: str) -> tuple[tuple[str, bool], ...]:
    """A sentence cut at its backticks; what is between two of them is code."""
    parts = sentence.split("`")
    return tuple((part, number % 2 == 1) for number, part in enumerate(parts) if part)


def _side(title: str, location: Location, properties: Mapping[str, Json], name: str) -> SideView:
    place = f"{location.file}:{location.line}" if location.line else location.file
    if name not in properties:
        return SideView(title=title, place=printable(place), text=None, more_lines=0)
    lines = _lines(properties[name])
    return SideView(
        title=title,
        place=printable(place),
        text="\n".join(printable(line) for line in lines[:MOST_LINES]),
        more_lines=max(len(lines) - MOST_LINES, 0),
    )


def _lines(value: Json) -> list[str]:
    """A value as YAML, as most documents are written; as JSON where YAML has no word for it."""
    if isinstance(value, str):
        return value.split("\n")
    try:
        text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=88)
    except yaml.YAMLError:
        text = json.dumps(value, indent=2, default=str)
    return text.removesuffix("\n").removesuffix("\n...").split("\n")


def _part(name: str) -> str:
    return (files(_PACKAGE) / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
