"""A preview as findings: files, overrides, keys and variables, and what the upgrade has no part in."""

from __future__ import annotations

from collections.abc import Iterator

from proxygen.diagnostics import Location
from proxygen.output.manifest import MANIFEST
from proxygen.report.finding import Finding, Severity
from proxygen.upgrade.known_keys import NOUNS, KeyChange, Keys, key_changes
from proxygen.upgrade.preview import Preview


def file_findings(preview: Preview, output: str, cure: str) -> Iterator[Finding]:
    """One for each file; `output` is the folder as diagnostics name it."""
    for one in preview.files:
        causes = " and ".join(one.causes)
        yield Finding(
            rule="output-would-change",
            severity=Severity.NOTE,
            location=Location(f"{output}/{one.path}"),
            found=f"`{one.path}` would change ({one.lines} lines): {causes}.",
            cure=cure,
            properties={
                "file": one.path,
                "added": one.added,
                "removed": one.removed,
                "causes": list(one.causes),
            },
        )


def elsewhere_findings(preview: Preview, output: str) -> Iterator[Finding]:
    """What moved without the upgrade; it is in the preview as well, as it would be in a build."""
    for cause in preview.elsewhere:
        edited = cause.kind.value.endswith("-by-hand")
        cure = "A build with either version writes it again; save what you need of it."
        if not edited:
            cure = "To see the upgrade alone, build with the version before first."
        yield Finding(
            rule=cause.kind.value,
            severity=Severity.WARNING,
            location=Location(f"{output}/{cause.name}" if edited else f"{output}/{MANIFEST}"),
            found=cause.found,
            cure=cure,
        )


def key_findings(before: Keys, after: Keys, place: Location) -> Iterator[Finding]:
    """Keys and variables that are new, gone or have another default."""
    for change in key_changes(before, after):
        rule, severity, found, cure = _said(change)
        yield Finding(
            rule=rule,
            severity=severity,
            location=place,
            found=found,
            cure=cure,
            properties={
                "kind": change.kind,
                "name": change.name,
                "before": change.before,
                "after": change.after,
            },
        )


def _said(change: KeyChange) -> tuple[str, Severity, str, str]:
    """Rule, severity, sentence and cure."""
    noun = NOUNS[change.kind]
    if change.before is None:
        default = f"; without it: {change.after}" if change.after else ""
        found = f"The {noun} `{change.name}` is new{default}."
        return "key-new", Severity.NOTE, found, "Nothing, unless you want another value."
    if change.after is None:
        found = f"The {noun} `{change.name}` is gone."
        return "key-gone", Severity.WARNING, found, "Remove it where you set it."
    was, now = change.before or "nothing", change.after or "nothing"
    found = f"The {noun} `{change.name}` had the default {was} and has {now}."
    return "default-moved", Severity.WARNING, found, f"Set it to {was} if it is to stay so."
