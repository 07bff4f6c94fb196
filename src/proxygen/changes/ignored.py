"""The changes that a team has signed for: each with a reason and a day after which it counts again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from proxygen.changes.model import Change, Operations
from proxygen.changes.rules import RULES
from proxygen.config.toml_file import Places, read_toml
from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity
from proxygen.report import finding
from proxygen.report.finding import Finding
from proxygen.source.load import display_name

NAME: Final = "proxygen.ignore.toml"
_KEYS: Final = ("rule", "operation", "pointer", "until", "reason")
_NEEDED: Final = ("rule", "until", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One `[[ignore]]`: `rule`, `operation` (`GET /v1/*`) and `pointer` are patterns with `*` and `?`."""

    rule: str
    operation: str
    pointer: str
    until: date
    reason: str
    location: Location

    def takes_whole(self, change: Change) -> bool:
        """Whether this is about a change, whatever operations it concerns."""
        return self.operation == "*" and self._fits(change)

    def takes(self, change: Change) -> int:
        """The mask of the operations of a change that this is about."""
        if not self._fits(change):
            return 0
        operations = change.operations
        if self.operation == "*":
            return operations.mask
        mask = 0
        for number, name in enumerate(operations.names):
            if operations.mask >> number & 1 and fnmatchcase(name, self.operation):
                mask |= 1 << number
        return mask

    def _fits(self, change: Change) -> bool:
        places = change.base.pointer, change.revision.pointer
        return fnmatchcase(change.rule, self.rule) and any(
            fnmatchcase(place, self.pointer) for place in places
        )


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left after the entries, how many changes they took away, and what is wrong with them."""

    changes: tuple[Change, ...]
    ignored: int
    findings: tuple[Finding, ...]


def read_entries(folder: Path, named: Path | None = None) -> tuple[Entry, ...]:
    """The entries of the file beside the documents, where there is one, or of the one that was named.

    Raises `InputRefused`.
    """
    file = folder / NAME if named is None else named
    if named is None and not file.is_file():
        return ()
    values, text = read_toml(file, root=folder)
    places = Places(display_name(file, folder), text, ())
    listed = values.get("ignore", [])
    found = [
        _wrong(
            "unknown-key", places.at(key), f"`{key}` is no key of this file.", "Write [[ignore]]."
        )
        for key in values
        if key != "ignore"
    ]
    entries: list[Entry] = []
    if not isinstance(listed, list):
        found.append(
            _wrong("wrong-type", places.at("ignore"), "`ignore` is no list.", "Write [[ignore]].")
        )
        listed = []
    for number, value in enumerate(listed):
        wrong, entry = _entry(value, number, places)
        found += wrong
        entries += [entry] if entry is not None else []
    if found:
        raise InputRefused(found)
    return tuple(entries)


def without_ignored(changes: Sequence[Change], entries: Sequence[Entry], today: date) -> Remaining:
    """The changes that no entry takes away; an entry that is over, or takes nothing, is a finding."""
    left: list[Change] = []
    used: set[Entry] = set()
    for change in changes:
        whole = not change.operations.mask
        mask, signed = change.operations.mask, False
        for entry in entries:
            taken = entry.takes(change)
            if taken or (whole and entry.takes_whole(change)):
                used.add(entry)
                if entry.until >= today:
                    mask &= ~taken
                    signed = True
        if mask or not signed:
            operations = Operations(change.operations.names, mask)
            left.append(replace(change, operations=operations))
    findings = [found for entry in entries if (found := _finding(entry, entry in used, today))]
    return Remaining(tuple(left), len(changes) - len(left), tuple(findings))


def _finding(entry: Entry, used: bool, today: date) -> Finding | None:
    if entry.until < today:
        rule, found = "ignore-expired", f"This entry was good until {entry.until}."
        cure = "Remove it, or sign for it again with another day."
    elif not used:
        rule, found = "ignore-unused", f"No change is like this: {entry.rule}, {entry.operation}."
        cure = "Remove it; once a change is in the base, nobody needs to sign for it."
    else:
        return None
    return Finding(
        rule=rule,
        severity=finding.Severity.WARNING,
        location=entry.location,
        found=found,
        cure=cure,
        group="ignore file",
    )


def _entry(value: Any, number: int, places: Places) -> tuple[list[Diagnostic], Entry | None]:
    at = places.at("ignore", number)
    if not isinstance(value, dict):
        return [_wrong("wrong-type", at, "This is no table.", "Write [[ignore]].")], None
    found = [
        _wrong(
            "unknown-key",
            places.at("ignore", number, key),
            f"`{key}` is no key of an entry.",
            f"Write one of {', '.join(_KEYS)}.",
        )
        for key in value
        if key not in _KEYS
    ]
    found += [
        _wrong("missing-key", at, f"The entry has no `{key}`.", _MISSING[key])
        for key in _NEEDED
        if key not in value
    ]
    for key in _KEYS:
        wanted, what = (date, "a date such as 2030-12-31") if key == "until" else (str, "a text")
        if key in value and not (type(value[key]) is wanted and value[key]):
            place = places.at("ignore", number, key)
            found.append(_wrong("wrong-type", place, f"`{key}` is not {what}.", f"Write {what}."))
    rule = value.get("rule")
    if isinstance(rule, str) and not any(fnmatchcase(known, rule) for known in RULES):
        place = places.at("ignore", number, "rule")
        cure = "See proxygen diff --list-rules."
        found.append(_wrong("bad-value", place, f"No rule is called `{rule}`.", cure))
    if found:
        return found, None
    entry = Entry(
        rule=value["rule"],
        operation=value.get("operation", "*"),
        pointer=value.get("pointer", "*"),
        until=value["until"],
        reason=value["reason"],
        location=at,
    )
    return [], entry


_MISSING: Final = {
    "rule": "Say which rule, or a pattern of rules, it is about.",
    "until": "Say until which day it holds: until = 2030-12-31.",
    "reason": "Say why callers can live with it.",
}


def _wrong(rule: str, location: Location, found: str, cure: str) -> Diagnostic:
    return Diagnostic(rule, Severity.ERROR, location, found, cure)
