"""Names and values of a query or of a urlencoded form, as they are on the wire and as they are meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote_plus

from proxygen.runtime.headers.names import fold_name

_PIECE = re.compile(r"[^&;]+")


class Pair(NamedTuple):
    """One `name=value` as decoded; a name without `=` has the value ""."""

    name: str
    value: str


def decode_pairs(raw: str) -> list[Pair]:
    """The pairs of a query or form in order; bytes that are not UTF-8 become U+FFFD."""
    pairs: list[Pair] = []
    for piece in raw.split("&"):
        if piece:
            name, _, value = piece.partition("=")
            pairs.append(Pair(decode(name), decode(value)))
    return pairs


def decode(raw: str) -> str:
    """A wire name or value with `+` and percent-encoding undone."""
    return unquote_plus(raw) if "%" in raw or "+" in raw else raw


def find_bound(raw: str, bound: frozenset[str]) -> Iterator[tuple[int, int, str]]:
    """Where the wire has a pair of one of these folded names: start, end, folded name.

    `;` separates too, and `name[...]` counts as `name`: some downstreams read them so.
    """
    for piece in _PIECE.finditer(raw):
        folded = bound_name(decode(piece[0].partition("=")[0]), bound)
        if folded is not None:
            yield piece.start(), piece.end(), folded


def bound_name(name: str, bound: frozenset[str]) -> str | None:
    """The bound folded name that a decoded field name stands for, or None."""
    folded = fold_name(name)
    if folded in bound:
        return folded
    if "[" in folded:
        stem = folded.partition("[")[0] or folded[1:].partition("]")[0]
        if "]" not in folded:
            # PHP reads `user[id` as `user_id`.
            stem = stem if stem in bound else folded.replace("[", "")
        return stem if stem in bound else None
    return None


def without(raw: str, spans: list[tuple[int, int]]) -> str:
    """The wire form less these pairs, each with one separator beside it; every other byte is kept."""
    out = raw
    for start, end in reversed(spans):
        if end < len(out):
            end += 1
        elif start:
            start -= 1
        out = out[:start] + out[end:]
    return out
