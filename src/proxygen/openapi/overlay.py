"""Applies OpenAPI Overlays 1.0 and 1.1; what an action adds stands in the overlay's file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from proxygen.diagnostics import Diagnostic, InputRefused, Severity
from proxygen.openapi.references import ABSENT, value_at
from proxygen.source.budgets import BUDGETS
from proxygen.source.composed import ComposedDocument, Origin, Origins
from proxygen.source.document import Document, Pointer
from proxygen.source.pointers import child, escape, join
from proxygen.source.refusal import shown

_VERSION: Final = re.compile(r"1\.[01](?:\.\d+)?")
_CURE_ACTION: Final = "An action has a `target`, and `update` or `remove: true` (1.1: or `copy`)."

Tokens = tuple[str | int, ...]


def is_overlay(value: Mapping[str, Any]) -> bool:
    """Whether a file is an Overlay rather than an OpenAPI document."""
    return "overlay" in value and "openapi" not in value and "swagger" not in value


def apply_overlay(document: Document, overlay: Document) -> Document:
    """The document after the overlay's actions, in order; raises `InputRefused` with what does not fit."""
    application = _Application(document, overlay)
    application.run()
    if application.found:
        raise InputRefused(application.found)
    return application.document()


class _Application:
    """One overlay on its way through a document, whose containers are copied before they change."""

    def __init__(self, document: Document, overlay: Document) -> None:
        self._source = document
        self._overlay = overlay
        self._origins = Origins()
        self._own: dict[int, Any] = {}
        self._added = 0
        self._root: Any = self._copy(document.value)
        self.found: list[Diagnostic] = []

    def document(self) -> Document:
        """The document as it is now."""
        return ComposedDocument(self._source, self._root, self._origins)

    def run(self) -> None:
        """Take every action, and note the ones that cannot be taken."""
        value = self._overlay.value
        version = value.get("overlay")
        if not isinstance(version, str) or not _VERSION.fullmatch(version):
            self._refuse(
                "overlay-version",
                "/overlay",
                f"The version of the overlay is {shown(str(version))}.",
                'Write it as a string; "1.0.0" and "1.1.0" are read.',
            )
            return
        actions = value.get("actions")
        if not isinstance(actions, list) or not actions:
            self._refuse("overlay-action", "/actions", "The overlay has no actions.", _CURE_ACTION)
            return
        for number, action in enumerate(actions):
            self._act(action, child("/actions", number), version.startswith("1.1"))

    def _act(self, action: Any, place: Pointer, newer: bool) -> None:
        target = action.get("target") if isinstance(action, dict) else None
        kinds = [
            key for key in ("update", "remove", "copy") if target is not None and key in action
        ]
        unclear = {"update", "copy"} <= set(kinds) or ("copy" in kinds and not newer)
        if not isinstance(target, str) or not kinds or unclear:
            self._refuse("overlay-action", place, "This is no action.", _CURE_ACTION)
            return
        nodes = self._select(target, f"{place}/target")
        if nodes is None:
            return
        if not nodes:
            self._refuse(
                "overlay-no-match",
                f"{place}/target",
                f"The target {shown(target, 120)} matches nothing.",
                "Correct it, or remove the action.",
            )
            return
        if action.get("remove") is True:
            self._remove(nodes, place)
            return
        change = (action.get("update"), (self._overlay, f"{place}/update"))
        if "copy" in action:
            copied = self._copied(action["copy"], f"{place}/copy", len(nodes))
            if copied is None:
                return
            change = copied
        if "copy" in action or "update" in action:
            for tokens in nodes:
                self._change(tokens, change, place, newer)

    def _copied(self, source: Any, place: Pointer, times: int) -> tuple[Any, Origin] | None:
        """The one node that a `copy` names (Overlay 1.1, 4.4.3), which is to stand in so many places."""
        nodes = self._select(source, place) if isinstance(source, str) else []
        if nodes is None:
            return None
        if len(nodes) != 1:
            self._refuse(
                "overlay-no-match",
                place,
                f"`copy` names {len(nodes)} nodes.",
                "Write a JSONPath that selects exactly one.",
            )
            return None
        pointer = join(nodes[0])
        origin = ComposedDocument(self._source, self._root, self._origins).origin(pointer)
        value = value_at(self._root, pointer)
        self._added += _size_of(value, BUDGETS.expanded) * times
        if self._added > BUDGETS.expanded:
            self._refuse(
                "overlay-limit",
                place,
                f"`copy` adds more than {BUDGETS.expanded} nodes to the document.",
                "Name what repeats under components and refer to it.",
            )
            return None
        return _plain_copy(value), origin

    def _select(self, path: str, place: Pointer) -> list[Tokens] | None:
        # Only those who have overlays pay for importing the library.
        from jsonpath.exceptions import JSONPathError

        try:
            query = _environment().compile(path)
            return [match.parts for match in query.finditer(self._root)]
        except (JSONPathError, RecursionError) as error:
            # The library's `str` of an error points into the query, and fails at its end.
            reason = str(error.args[0]).splitlines()[0] if error.args else type(error).__name__
            self._refuse(
                "overlay-target",
                place,
                f"{shown(path, 120)} is no JSONPath: {shown(reason, 120)}.",
                "Write it as RFC 9535 says, such as `$.paths['/things'].get`.",
            )
            return None

    def _remove(self, nodes: list[Tokens], place: Pointer) -> None:
        for tokens in sorted(nodes, key=_deepest_and_last_first):
            if not tokens:
                self._refuse(
                    "overlay-action", place, "The whole document cannot be removed.", _CURE_ACTION
                )
                return
            parent = self._writable(tokens[:-1])
            if isinstance(parent, dict):
                parent.pop(str(tokens[-1]), None)
            elif isinstance(parent, list):
                places = [self._place((*tokens[:-1], number)) for number in range(len(parent))]
                del parent[int(tokens[-1])]
                del places[int(tokens[-1])]
                for number, origin in enumerate(places):
                    self._origins.note(parent, number, origin)

    def _change(
        self, tokens: Tokens, change: tuple[Any, Origin], place: Pointer, newer: bool
    ) -> None:
        """Merge into an object, append to an array (1.1: or concatenate), or replace a primitive."""
        update, origin = change
        node = value_at(self._root, join(tokens))
        if isinstance(node, list) and newer and isinstance(update, list):
            self._grow(self._writable(tokens), update, origin)
        elif isinstance(node, list):
            grown = self._writable(tokens)
            grown.append(update)
            self._origins.note(grown, len(grown) - 1, origin)
        elif isinstance(node, dict) and isinstance(update, dict):
            self._merge(self._writable(tokens), update, origin)
        elif isinstance(node, dict) or isinstance(update, dict | list):
            self._refuse_kinds(place)
        elif node is not ABSENT:
            parent = self._writable(tokens[:-1])
            parent[tokens[-1]] = update
            self._origins.note(parent, tokens[-1], origin)

    def _merge(self, node: dict[str, Any], update: dict[str, Any], origin: Origin) -> None:
        """Objects merge member by member, arrays grow, primitives are replaced (Overlay 1.1, 4.4.3)."""
        document, pointer = origin
        for key, value in update.items():
            below = (document, f"{pointer}/{escape(key)}")
            old = node.get(key, ABSENT)
            if isinstance(old, dict) and isinstance(value, dict):
                self._merge(self._own_member(node, key), value, below)
            elif isinstance(old, list) and isinstance(value, list):
                self._grow(self._own_member(node, key), value, below)
            elif isinstance(old, dict | list) or (
                old is not ABSENT and isinstance(value, dict | list)
            ):
                self._refuse_kinds(below[1])
            else:
                node[key] = value
                self._origins.note(node, key, below)

    def _grow(self, node: list[Any], items: list[Any], origin: Origin) -> None:
        document, pointer = origin
        for number, item in enumerate(items):
            node.append(item)
            self._origins.note(node, len(node) - 1, (document, f"{pointer}/{number}"))

    def _refuse_kinds(self, place: Pointer) -> None:
        self._refuse(
            "overlay-kind",
            place,
            "What is here does not go with what it should change: "
            "an object, an array and a primitive are three things.",
            "Write what the target is, or remove the target first.",
        )

    def _writable(self, tokens: Tokens) -> Any:
        """The container at a path, it and all above it copied, so that nothing shared changes."""
        node = self._root
        for token in tokens:
            node = self._own_member(node, token)
        return node

    def _own_member(self, parent: Any, token: str | int) -> Any:
        node = parent[token]
        if id(node) not in self._own and isinstance(node, dict | list):
            node = self._copy(node)
            parent[token] = node
        return node

    def _copy(self, node: Any) -> Any:
        new = dict(node) if isinstance(node, dict) else list(node)
        for key, origin in self._origins.all_of(node).items():
            self._origins.note(new, key, origin)
        self._own[id(new)] = new
        return new

    def _place(self, tokens: Tokens) -> Origin:
        composed = ComposedDocument(self._source, self._root, self._origins)
        return composed.origin(join(tokens))

    def _refuse(self, rule: str, pointer: Pointer, found: str, cure: str) -> None:
        location = self._overlay.locate(pointer)
        self.found.append(Diagnostic(rule, Severity.ERROR, location, found, cure))


@lru_cache(maxsize=1)
def _environment() -> Any:
    from jsonpath import JSONPathEnvironment

    return JSONPathEnvironment(strict=True)


def _deepest_and_last_first(tokens: Tokens) -> tuple[int, tuple[tuple[bool, int], ...]]:
    numbers = tuple(
        (isinstance(token, int), -token if isinstance(token, int) else 0) for token in tokens
    )
    return -len(tokens), numbers


def _size_of(value: Any, most: int) -> int:
    """How many nodes a value has; counting ends soon after `most`."""
    found = 0
    waiting = [value]
    while waiting and found <= most:
        node = waiting.pop()
        found += 1
        if isinstance(node, dict | list):
            waiting.extend(node.values() if isinstance(node, dict) else node)
    return found


def _plain_copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain_copy(member) for key, member in value.items()}
    return [_plain_copy(item) for item in value] if isinstance(value, list) else value
