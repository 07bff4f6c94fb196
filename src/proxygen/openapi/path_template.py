"""Checks the path in a key of `paths`: one leading slash, literals of RFC 3986, variables in braces."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from proxygen.openapi.findings import Findings
from proxygen.source.document import Pointer
from proxygen.source.refusal import shown

_VARIABLE: Final = re.compile(r"\{([^{}]*)\}")
_CONVERTOR: Final = re.compile(r"[^:]*:(?:path|str|int|float|uuid)")
_LITERAL: Final = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")
_BEFORE_FRAGMENT: Final = re.compile(r"(?:\{[^{}]*\}|[^#])*?(?=#|$)", re.DOTALL)
_TO_ENCODE: Final = re.compile(r"[ \"<>^`|\[\]]|[^\x00-\xa0\ud800-\udfff]")
_HOST: Final = re.compile(r"//[^/{}]*[.:@\[%][^/{}]*(?:/|$)")
_DOT_SEGMENTS: Final = frozenset({".", "..", "%2e", ".%2e", "%2e.", "%2e%2e"})


def without_fragment(key: str) -> tuple[str, str]:
    """A key of `paths` as the path that is sent and the fragment behind it, which never is."""
    match = _BEFORE_FRAGMENT.match(key)
    path = key if match is None else match.group()
    return path, key[len(path) + 1 :]


def as_sent(path: str, pointer: Pointer, findings: Findings) -> str:
    """The path with what its literals may not hold on the wire percent-encoded (RFC 3986, 3.3).

    Controls, the backslash and a `%` that encodes nothing stay, to be refused.
    """
    pieces = _VARIABLE.split(path)
    pieces[::2] = (_TO_ENCODE.sub(lambda found: quote(found[0]), piece) for piece in pieces[::2])
    sent = "".join(f"{{{piece}}}" if index % 2 else piece for index, piece in enumerate(pieces))
    if sent != path:
        findings.warning(
            "path-encoded",
            pointer,
            f"The path {shown(path, 120)} has characters that no URL path may hold; it is sent encoded.",
            "Write it percent-encoded, as it goes over the wire.",
        )
    return sent


def path_variables(path: str, pointer: Pointer, findings: Findings) -> tuple[str, ...] | None:
    """The variables of a template, each once and in order; None, reported, where the template is none.

    A path that begins with two slashes and names no host of the network is reported, and set aside later.
    """
    problem = _shape_problem(path) or _literal_problem(path)
    if problem is None:
        names = tuple(dict.fromkeys(match[1] for match in _VARIABLE.finditer(path)))
        problem = _variable_problem(names)
        if problem is None:
            if path.startswith("//"):
                found = f"The path {shown(path, 120)} begins with two slashes; it is not routed."
                findings.warning("path-slash", pointer, found, "Begin it with one.")
            return names
    rule, found, cure = problem
    findings.error(rule, pointer, f"The path {shown(path, 120)} {found}", cure)
    return None


def _shape_problem(path: str) -> tuple[str, str, str] | None:
    if not path.startswith("/"):
        return "path-slash", "does not begin with a slash.", "Begin it with one slash."
    if _HOST.match(path) is not None:
        return "path-slash", "begins with two slashes, which names a host.", "Begin it with one."
    literal = _VARIABLE.sub("", path)
    if "{" in literal or "}" in literal:
        return "path-braces", "has braces that do not pair up.", "Write variables as `{name}`."
    return None


def _literal_problem(path: str) -> tuple[str, str, str] | None:
    for segment in path[1:].split("/"):
        if segment.lower() in _DOT_SEGMENTS:
            return (
                "path-dot-segment",
                "has a dot segment, which clients and servers remove.",
                "Write the path that it stands for.",
            )
    if _LITERAL.fullmatch(_VARIABLE.sub("", path)) is None:
        return (
            "path-characters",
            "has a character that no URL path may hold.",
            "Percent-encode it as it goes over the wire.",
        )
    return None


def _variable_problem(names: tuple[str, ...]) -> tuple[str, str, str] | None:
    for name in names:
        if not name or "/" in name:
            return "path-braces", "has a variable without a proper name.", "Name the variable."
        if _CONVERTOR.fullmatch(name):
            return (
                "path-convertor",
                f"smuggles in a routing convertor: {shown(name)}.",
                "Name the variable alone; a variable matches one segment.",
            )
    return None
