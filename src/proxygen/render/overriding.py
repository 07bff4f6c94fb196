"""Ejects stock templates into a folder of overrides, and says how each override stands to its base.

The base of an override, as it was then, is kept in `.proxygen-base` beside it: an override that has fallen
behind can be compared with what moved.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity
from proxygen.render.template_set import BASES, TemplateSet, base_line, base_of, sha256


class Standing(StrEnum):
    """How a template stands: `stale` and `unmarked` stop a build."""

    STOCK = "stock"
    OVERRIDDEN = "overridden"
    STALE = "stale"
    UNMARKED = "unmarked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """An override: its `text` without the mark, `then` its base when it was made, None where that is gone."""

    name: str
    standing: Standing
    now: str
    then: str | None
    text: str


def standings(folder: Path | None) -> tuple[tuple[str, Standing], ...]:
    """Every template by name, and how it stands; raises `InputRefused`."""
    return tuple(
        (name, Standing.STOCK if one is None else one.standing)
        for name in sorted(TemplateSet.load().templates)
        for one in (None if folder is None else _find(folder, name),)
    )


def override(folder: Path, name: str) -> Override:
    """The override of a template; raises `InputRefused` where there is none."""
    _stock(name)
    found = _find(folder, name)
    if found is None:
        cure = f"proxygen templates eject {name}"
        raise _refusal("template-not-overridden", folder / name, "It is not overridden.", cure)
    return found


def eject(folder: Path, name: str, *, force: bool = False) -> Path:
    """Copies a stock template, marked with its hash, and keeps the base; the path of the copy."""
    text = _stock(name)
    target = folder / name
    if target.exists() and not force:
        cure = f"See proxygen templates diff {name}, or replace it with --force."
        raise _refusal("template-exists", target, "It is overridden already.", cure)
    _write(target, f"{base_line(text)}\n{text}")
    _write(folder / BASES / name, text)
    return target


def accept(folder: Path, name: str) -> Path:
    """Marks an override as derived from the template of today, which becomes its base."""
    one = override(folder, name)
    _write(folder / name, f"{base_line(one.now)}\n{one.text}")
    _write(folder / BASES / name, one.now)
    return folder / name


def differences(one: Override) -> Iterator[tuple[str, str]]:
    """Titles and unified diffs: what moved in the base since, and what the override says otherwise."""
    if one.standing is Standing.STALE and one.then is not None:
        moved = _diff(one.then, one.now, "base, then", "base, now")
        yield f"What moved in {one.name} since it was ejected", moved
    base, label = (one.now, "base, now") if one.then is None else (one.then, "base, then")
    yield f"What the override of {one.name} changes", _diff(base, one.text, label, "override")


def _diff(before: str, after: str, old: str, new: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), old, new
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _find(folder: Path, name: str) -> Override | None:
    path = folder / name
    if not path.is_file():
        return None
    now = _stock(name)
    text = _read(path)
    marked, rest = base_of(text)
    if marked is None:
        standing = Standing.UNMARKED
    else:
        standing = Standing.OVERRIDDEN if marked == sha256(now) else Standing.STALE
    kept = folder / BASES / name
    then = _read(kept) if kept.is_file() else None
    if marked == sha256(now):
        then = now
    elif then is not None and sha256(then) != marked:
        then = None
    return Override(name=name, standing=standing, now=now, then=then, text=rest)


def _stock(name: str) -> str:
    stock = TemplateSet.load().templates
    if name not in stock:
        near = difflib.get_close_matches(name, stock, 1)
        hint = f"nearest: {near[0]}; " if near else ""
        cure = f"{hint}proxygen templates list"
        raise _refusal("unknown-template", Path(name), "There is no such template.", cure)
    return stock[name].text


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        cure = "Make it a readable UTF-8 file."
        raise _refusal("unreadable-template", path, f"It cannot be read: {error}.", cure) from error


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        found = f"It cannot be written: {error.strerror}."
        raise _refusal("output-unwritable", path, found, "Make the folder writable.") from error


def _refusal(rule: str, path: Path, found: str, cure: str) -> InputRefused:
    location = Location(path.as_posix())
    return InputRefused([Diagnostic(rule, Severity.ERROR, location, found, cure)])
