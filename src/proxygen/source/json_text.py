"""JSON text to values, fast; and, only when a place is asked for, the offsets of its members."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Iterator, Sequence
from math import isinf
from typing import Any, Final, NoReturn

from proxygen.source.budgets import Budgets
from proxygen.source.refusal import TextRefusedError, shown

_TOKEN: Final = re.compile(
    r'(?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*+")(?P<colon>[ \t\r\n]*+:)?'
    r"|(?P<open>[{\[])|(?P<close>[}\]])"
    r"|(?P<scalar>[^\s,:\"{}\[\]]++)",
    re.DOTALL,
)
_NEXT: Final = re.compile(rf"[ \t\r\n,]*+(?:{_TOKEN.pattern})", re.DOTALL)
"""A token with what stands before it: to search over blanks takes four times as long as to read them."""
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


class _UnreadableError(ValueError):
    """A value that JSON's grammar lets through and a document must not have."""


def parse_json(text: str, budgets: Budgets) -> Any:
    """The value of a JSON text; raises `TextRefusedError` for everything that is not one JSON value."""
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except json.JSONDecodeError as error:
        raise TextRefusedError(
            "json-syntax",
            error.pos,
            f"This is not JSON: {error.msg}.",
            "Correct the syntax here; comments and trailing commas are not JSON.",
        ) from None
    except RecursionError:
        raise _too_deep(text, budgets) from None
    except ValueError:
        raise _find_unreadable(text) from None
    if not within_depth(value, budgets.depth):
        raise _too_deep(text, budgets)
    if _SURROGATE.search(text):
        _refuse_lone_surrogates(text)
    return value


def within_depth(value: Any, limit: int) -> bool:
    """Whether objects and arrays nest at most `limit` deep."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(limit):
        if not level:
            return True
        level = [
            member
            for node in level
            for member in (node.values() if isinstance(node, dict) else node)
            if isinstance(member, dict | list)
        ]
    return not level


def member_offsets(text: str, value: Any) -> dict[int, Sequence[int]]:
    """The offsets of every member, from one scan beside the value that the text was read into."""
    members: dict[int, Sequence[int]] = {}
    root = [value]
    stack: list[tuple[Iterator[Any], array[int]]] = [(iter(root), array("Q"))]
    nodes, offsets = stack[-1]
    keyed = False
    for match in _NEXT.finditer(text):
        kind = match.lastgroup
        if kind == "colon":
            offsets.append(match.start("string"))
            keyed = True
            continue
        if kind == "close":
            stack.pop()
            nodes, offsets = stack[-1]
            keyed = False
            continue
        if not keyed:
            offsets.append(match.start(kind or 0))
        keyed = False
        node = next(nodes)
        if kind == "open":
            offsets = array("Q")
            members[id(node)] = offsets
            nodes = iter(node.values() if isinstance(node, dict) else node)
            stack.append((nodes, offsets))
    return members


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _UnreadableError
    return value


def _refuse_constant(_: str) -> NoReturn:
    raise _UnreadableError


def _finite(digits: str) -> float:
    number = float(digits)
    if isinf(number):
        raise _UnreadableError
    return number


def _find_unreadable(text: str) -> TextRefusedError:
    """The first thing that made reading fail, from a slow scan that only a refused text pays for."""
    keys: list[dict[str, int] | None] = [None]
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "open":
            keys.append({} if match.group() == "{" else None)
        elif kind == "close":
            keys.pop()
        elif kind == "colon":
            found = _repeated_key(keys[-1], match)
            if found is not None:
                return found
        elif kind == "scalar" and _unreadable_scalar(match.group()):
            return TextRefusedError(
                "number-not-finite",
                match.start(),
                f"{shown(match.group())} is no number that JSON can carry.",
                "Write a finite number within the range of a double, or leave it out.",
            )
    return TextRefusedError("json-syntax", 0, "This is not JSON.", "Correct the syntax.")


def _repeated_key(seen: dict[str, int] | None, match: re.Match[str]) -> TextRefusedError | None:
    key = json.loads(match["string"])
    if seen is None or key not in seen:
        if seen is not None:
            seen[key] = match.start()
        return None
    return TextRefusedError(
        "duplicate-key",
        match.start(),
        f"The key {shown(key)} is written twice in one object.",
        "Keep one of the two; readers disagree about which one counts.",
    )


def _unreadable_scalar(token: str) -> bool:
    if token in {"true", "false", "null"}:
        return False
    if token in {"NaN", "Infinity", "-Infinity"}:
        return True
    try:
        return isinf(float(token)) or len(token) > 4300
    except ValueError:
        return True


def _too_deep(text: str, budgets: Budgets) -> TextRefusedError:
    depth = 0
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "open":
            depth += 1
            if depth > budgets.depth:
                return depth_refused(match.start(), budgets)
        elif match.lastgroup == "close":
            depth -= 1
    return depth_refused(0, budgets)


def depth_refused(offset: int, budgets: Budgets) -> TextRefusedError:
    """The refusal of what nests deeper than the budget."""
    return TextRefusedError(
        "depth-limit",
        offset,
        f"Objects and arrays nest deeper than {budgets.depth} levels here.",
        "Name the inner schemas under components and refer to them.",
    )


def _refuse_lone_surrogates(text: str) -> None:
    for match in _TOKEN.finditer(text):
        literal = match["string"]
        if literal is None or not _SURROGATE.search(literal):
            continue
        try:
            json.loads(literal).encode()
        except UnicodeEncodeError:
            raise TextRefusedError(
                "lone-surrogate",
                match.start(),
                "This string holds half of a surrogate pair, which is no character.",
                "Write the whole pair, or the character itself.",
            ) from None
