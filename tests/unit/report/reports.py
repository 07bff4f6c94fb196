"""Reports for the tests of their formats: an ordinary one, and one with hostile text in every slot."""

from __future__ import annotations

from typing import Final

from proxygen.diagnostics import Location
from proxygen.report.finding import Finding, Related, Report, Severity

ERROR: Final = Finding(
    rule="unknown-key",
    severity=Severity.ERROR,
    location=Location("specs/proxygen.toml", 12, 3),
    found="[gateway] has no key `nam`. Did you mean `name`?",
    cure="Known here: name, output.",
)
WARNING: Final = Finding(
    rule="pattern-unchecked",
    severity=Severity.WARNING,
    location=Location("specs/a.yaml", 4, 1, "/components/schemas/A/pattern"),
    found="Python cannot compile the pattern.",
    cure="Nothing.",
    related=(Related("see", Location("specs/a.yaml", 2, 1, "/info")),),
)
BREAKING: Final = Finding(
    rule="request-field-required",
    severity=Severity.BREAKING,
    location=Location("specs/b.yaml", 30, 7, "/paths/~1b/post"),
    found="`name` is required now.",
    cure="Let it be optional for a while.",
    related=(Related("base", Location("specs/b.yaml", 28, 7, "/paths/~1b/post")),),
    operation="POST /b",
    group="For callers",
)
NOTE: Final = Finding(
    rule="description-changed",
    severity=Severity.COMPATIBLE,
    location=Location("specs/b.yaml"),
    found="The description is another.",
    cure="Nothing.",
    group="Downstream only",
)
RULES: Final = {"unknown-key": "the configuration has a key that does not exist"}
ORDINARY: Final = Report(command="diff", findings=(ERROR, WARNING, BREAKING, NOTE), rules=RULES)
NOTHING: Final = Report(command="check", findings=())

HOSTILE: Final = (
    "line\nbreak\r\nand\x0bmore\u2028even\x85",
    "\x1b]0;title\x07\x1b[2J\u202eright to left\u2066",
    "::error file=x::injected\n::set-output name=a::b",
    "%0A::warning::x%25",
    "a,b:c=d;line=9",
    "]]><script>alert(1)</script><!--",
    "&lt;&#10;<b>&amp;",
    "[click](https://evil.example/) ![x](javascript:alert) [y][z]",
    "https://evil.example/ www.evil.example a@evil.example @octocat #1 GH-1",
    "| cell | cell \\| cell\\\\| `a|b` `` ` ``` ```",
    "`\\`|`` <img src=x onerror=alert(1)>",
    "# heading\n- item\n1. item\n> quote\n---\n***bold*** __x__ ~~gone~~",
    "{0} {{1}} ${GITHUB_TOKEN} $(id)",
    "\x00\x01\ufffe\uffff\ud800lone",
    "",
    " ",
    "å 漢字 🙂",
)


def hostile_report(text: str) -> Report:
    """A report in which every slot that can hold text of a document holds this one."""
    place = Location(text, 7, 3, text)
    finding = Finding(
        rule="hostile-text",
        severity=Severity.BREAKING,
        location=place,
        found=text,
        cure=text,
        related=(Related("see", place), Related("base", Location(text))),
        operation=text,
        group=text,
    )
    harmless = Finding(
        rule="after-it",
        severity=Severity.NOTE,
        location=Location("specs/z.yaml", 1, 1),
        found="Nothing of the text above is here.",
        cure="Nothing.",
        group="Last",
    )
    return Report(command="check", findings=(finding, harmless), rules={"hostile-text": text})
