"""Follows `$ref`s inside one document; everything else is refused and never opened."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import unquote

from proxygen.openapi.findings import Findings
from proxygen.source.document import Document, Pointer
from proxygen.source.pointers import index, join
from proxygen.source.refusal import shown

ABSENT: Final = object()
"""What `look_up` answers where nothing stands."""

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_CURE_LOCAL: Final = "Refer to a component of this document: `#/components/…`."


class References:
    """Resolves the references of one document and reports those that lead nowhere."""

    def __init__(self, document: Document, findings: Findings) -> None:
        self._root = document.value
        self._findings = findings
        self._targets: dict[Pointer, Any] = {}
        self.broken = False
        """Whether a reference was refused, so that nobody else may follow this document's."""

    def look_up(self, pointer: Pointer) -> Any:
        """The value at a pointer, or `ABSENT`."""
        if pointer not in self._targets:
            self._targets[pointer] = value_at(self._root, pointer)
        return self._targets[pointer]

    def target(self, reference: Any, pointer: Pointer) -> Pointer | None:
        """Where a `$ref` that stands at `pointer` leads to; None, reported, where that is nowhere."""
        if not isinstance(reference, str):
            self._refuse("reference-syntax", pointer, "This `$ref` is not a string.", _CURE_LOCAL)
            return None
        if not reference.startswith("#"):
            self._refuse_external(reference, pointer)
            return None
        target = _canonical(reference[1:])
        if target is None:
            self._refuse(
                "reference-syntax",
                pointer,
                f"The reference {shown(reference)} is no pointer into this document.",
                _CURE_LOCAL,
            )
            return None
        if self.look_up(target) is ABSENT:
            self._refuse(
                "reference-unresolved",
                pointer,
                f"Nothing stands at {shown(reference, 120)}.",
                "Correct the reference, or add what it names.",
            )
            return None
        return target

    def resolve(self, value: Any, pointer: Pointer) -> tuple[Any, Pointer] | None:
        """The object that stands here or that a chain of `$ref`s leads to, and its place."""
        seen = [pointer]
        while isinstance(value, dict) and "$ref" in value:
            target = self.target(value["$ref"], seen[-1] + "/$ref")
            if target is None:
                return None
            if target in seen:
                self.refuse_cycle([*seen[seen.index(target) :], target])
                return None
            seen.append(target)
            value = self.look_up(target)
        return value, seen[-1]

    def refuse_cycle(self, chain: list[Pointer]) -> None:
        """Report objects that refer to each other and hold nothing."""
        first = min(chain)
        start = chain.index(first)
        ring = [*chain[start:-1], *chain[:start], first] if len(chain) > 1 else chain
        self._refuse(
            "reference-cycle",
            first,
            f"References go round in a circle: {' → '.join(f'#{place}' for place in ring)}.",
            "Let one of them be defined here.",
            related=ring[1:-1],
        )

    def _refuse(
        self, rule: str, pointer: Pointer, found: str, cure: str, related: Iterable[Pointer] = ()
    ) -> None:
        self.broken = True
        self._findings.error(rule, pointer, found, cure, related)

    def _refuse_external(self, reference: str, pointer: Pointer) -> None:
        path = unquote(reference.split("#", 1)[0]).replace("\\", "/")
        if not reference:
            self._refuse("reference-syntax", pointer, "This `$ref` is empty.", _CURE_LOCAL)
        elif _SCHEME.match(path) or path.startswith("/"):
            self._refuse(
                "reference-remote",
                pointer,
                f"The reference {shown(reference)} leads out of the folder of the documents; "
                "it was not opened.",
                "Put what it names into this document; nothing is fetched during a build.",
            )
        elif _climbs_out(path):
            self._refuse(
                "reference-outside",
                pointer,
                f"The reference {shown(reference)} leads to a folder above; it was not opened.",
                "Put what it names into this document.",
            )
        else:
            self._refuse(
                "reference-file",
                pointer,
                f"The reference {shown(reference)} leads to another file.",
                "Put what it names into this document; split documents are not read.",
            )


def value_at(root: Any, pointer: Pointer) -> Any:
    """The value at a pointer below `root`, or `ABSENT`."""
    node = root
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict) and key in node:
            node = node[key]
        elif isinstance(node, list) and (number := index(key, len(node))) is not None:
            node = node[number]
        else:
            return ABSENT
    return node


def _climbs_out(path: str) -> bool:
    return ".." in path.split("/")


def _canonical(fragment: str) -> Pointer | None:
    """The pointer in a fragment, unquoted (RFC 6901, section 6); None for `#` and for anchors."""
    pointer = unquote(fragment)
    if not pointer.startswith("/"):
        return None
    return join(token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:])
