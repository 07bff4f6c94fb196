"""The only builder of targets: raw segments in, raw segments out, nothing decoded but to be judged."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from proxygen.runtime.errors import FORBIDDEN, NOT_FOUND, EdgeError
from proxygen.runtime.headers.names import fold_name
from proxygen.runtime.identity.caller import Identity, unauthenticated
from proxygen.runtime.operation import (
    Absent,
    Binding,
    IdentityField,
    OnClientValue,
    Operation,
    Passthrough,
    Place,
)
from proxygen.runtime.parameters.pairs import find_bound, without
from proxygen.runtime.parameters.validation import Problem, bound, invalid, report_lines

MAX_QUERY_PARAMETERS: Final = 10_000
"""More than this is 400 (W78)."""

_PATH = re.compile(r"/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*")
_QUERY = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/?%\[\]]*")
_SUSPECT = re.compile(r"/\.|%[0-9A-Fa-f]{2}|//")
_UNSAFE_DECODED = re.compile(rb"[\x00-\x1f\x7f\\\xc0\xc1]|\xe0[\x80-\x9f]|\xf0[\x80-\x8f]")
"""Controls, the backslash, and what begins an overlong dot or slash and no UTF-8 (RFC 3629, 3)."""

_VARIABLE = re.compile(r"\{([^{}/]+)\}")


def check_path(raw_path: str) -> None:
    """Raise 400 unless this path is RFC 3986, and holds no dot segment, backslash or control character,
    also not after one decoding, and no empty segment but a last one."""
    if not _PATH.fullmatch(raw_path):
        raise EdgeError(400, "Invalid path")
    if _SUSPECT.search(raw_path) is None:
        return
    if "//" in raw_path:
        raise EdgeError(400, "Invalid path")
    decoded = unquote_to_bytes(raw_path)
    if _UNSAFE_DECODED.search(decoded):
        raise EdgeError(400, "Invalid path")
    for piece in decoded.split(b"/"):
        if piece.partition(b";")[0] in (b".", b".."):
            raise EdgeError(400, "Invalid path")


def check_query(raw_query: str) -> None:
    """Raise 400 for a byte that RFC 3986 forbids in a query, or too many parameters.

    Two liberties, because whole ecosystems take them: square brackets, and `%` without two digits after it
    (W76, W77). Both go out as they came.
    """
    if not _QUERY.fullmatch(raw_query) or raw_query.count("&") >= MAX_QUERY_PARAMETERS:
        raise EdgeError(400, "Invalid query")


def split_path(raw_path: str) -> tuple[str, ...]:
    """The raw segments of an absolute path: `/a/b` is `("a", "b")`, `/a/` is `("a", "")`."""
    return tuple(raw_path.split("/")[1:])


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of a template: `literals` surround `names`, one more of them than there are names."""

    literals: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def literal(self) -> str | None:
        """The whole segment where it has no variable."""
        return None if self.names else self.literals[0]

    def match(self, raw: str) -> tuple[str, ...] | None:
        """The raw values of the variables, none of them empty; None where the segment differs.

        The first of several variables takes all it can: `{position}.{ext}` reads `59.33,18.06.json` as a
        regular expression would, and as those who write such templates mean it.
        """
        names = self.names
        if not names:
            return () if raw == self.literals[0] else None
        first, last = self.literals[0], self.literals[-1]
        start, end = len(first), len(raw) - len(last)
        if not raw.startswith(first) or not raw.endswith(last) or end <= start:
            return None
        values: list[str] = []
        for literal in self.literals[-2:0:-1]:
            cut = raw.rfind(literal, start + 1, end - 1)
            if cut < 0:
                return None
            values.append(raw[cut + len(literal) : end])
            end = cut
        values.append(raw[start:end])
        return tuple(reversed(values))


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """A path with variables (OAS 3.1.1, 4.8.8), compared and filled without decoding."""

    text: str
    segments: tuple[Segment, ...]

    @classmethod
    def parse(cls, text: str) -> PathTemplate:
        """Read `/v1/batches/{batch_id}`; what a literal may not hold on the wire is percent-encoded."""
        if not text.startswith("/"):
            raise ValueError(f"a path template begins with a slash: {text!r}")
        segments = tuple(_parse_segment(segment) for segment in split_path(text))
        return cls(text, segments)

    @property
    def names(self) -> tuple[str, ...]:
        """The variables, in order."""
        return tuple(name for segment in self.segments for name in segment.names)

    def match(self, raw_path: str) -> dict[str, str] | None:
        """The raw value of each variable, or None where this is another path."""
        return self.match_segments(split_path(raw_path))

    def match_segments(self, raw: Sequence[str]) -> dict[str, str] | None:
        """As `match`, for a path that has been split; a variable that stands twice has one value."""
        if len(raw) != len(self.segments):
            return None
        captures: dict[str, str] = {}
        for segment, text in zip(self.segments, raw, strict=True):
            values = segment.match(text)
            if values is None:
                return None
            for name, value in zip(segment.names, values, strict=True):
                if captures.setdefault(name, value) != value:
                    return None
        return captures

    @property
    def pieces(self) -> tuple[tuple[str, str | None], ...]:
        """Literal text, each followed by the variable after it, None after the last."""
        pieces: list[tuple[str, str | None]] = []
        text = ""
        for segment in self.segments:
            text += "/" + segment.literals[0]
            for name, literal in zip(segment.names, segment.literals[1:], strict=True):
                pieces.append((text, name))
                text = literal
        return (*pieces, (text, None))


def _parse_segment(text: str) -> Segment:
    pieces = _VARIABLE.split(text)
    literals = tuple(quote(piece, safe="!$&'()*+,;=:@%-._~") for piece in pieces[::2])
    if any(not literal for literal in literals[1:-1]):
        raise ValueError(f"two variables of a path segment touch each other: {text!r}")
    return Segment(literals, tuple(pieces[1::2]))


class TargetBuilder:
    """The targets of one operation: its downstream template, filled with raw captures and identity."""

    __slots__ = (
        "_bound_query",
        "_edge_names",
        "_is_anothers",
        "_on_client_value",
        "_path",
        "_query",
        "_template",
        "_variables",
    )

    def __init__(
        self,
        operation: Operation,
        *,
        base_path: str = "",
        is_anothers: Callable[[str], bool] | None = None,
    ) -> None:
        edge = PathTemplate.parse(operation.edge_path)
        downstream = PathTemplate.parse(operation.downstream_path)
        prefix = base_path.rstrip("/")
        texts = [text.replace("%", "%%") for text, _ in downstream.pieces]
        self._template = prefix.replace("%", "%%") + "%s".join(texts)
        self._variables = tuple(name for _, name in downstream.pieces if name is not None)
        self._edge_names = frozenset(edge.names)
        self._path = {b.name: b for b in operation.bindings if b.place is Place.PATH}
        self._query = tuple(b for b in operation.bindings if b.place is Place.QUERY)
        self._bound_query = {fold_name(b.name): b.name for b in self._query}
        self._on_client_value = operation.on_client_value
        self._is_anothers = is_anothers
        unknown = set(downstream.names) - self._edge_names - set(self._path)
        if unknown:
            raise ValueError(
                f"{operation.service}.{operation.operation_id}: nothing fills the path variables "
                f"{sorted(unknown)} of {operation.downstream_path}"
            )

    def build(
        self,
        captures: Mapping[str, str],
        raw_query: str,
        identity: Identity | None,
        reports: list[str],
    ) -> bytes:
        """The target to send; raises 403 where a binding's field is missing, 422 for a client's own value,
        404 where a downstream would take the path for another operation's.

        `captures` and `raw_query` are raw and have passed `check_path` and `check_query`.
        """
        values = self._bind_path(captures, identity, reports) if self._path else captures
        path = self._template % tuple(map(values.__getitem__, self._variables))
        if self._is_anothers is not None and self._is_anothers(path):
            raise EdgeError(404, NOT_FOUND)
        if self._query:
            raw_query = self._bind_query(raw_query, identity, reports)
        return (f"{path}?{raw_query}" if raw_query else path).encode("ascii")

    def _bind_path(
        self, captures: Mapping[str, str], identity: Identity | None, reports: list[str]
    ) -> Mapping[str, str]:
        values = dict(captures)
        for name in self._variables:
            binding = self._path.get(name)
            if binding is not None:
                values[name] = self._own(binding, captures.get(name, ""), identity, reports)
        return values

    def _own(
        self, binding: Binding, captured: str, identity: Identity | None, reports: list[str]
    ) -> str:
        value = required_field(binding.field, identity)
        if binding.name in self._edge_names and unquote_to_bytes(captured) != value.encode("ascii"):
            self._client_value([bound("path", binding.name)], reports)
        return quote(value, safe="")

    def _bind_query(self, raw: str, identity: Identity | None, reports: list[str]) -> str:
        found = list(find_bound(raw, frozenset(self._bound_query)))
        if found:
            names = dict.fromkeys(self._bound_query[folded] for _, _, folded in found)
            self._client_value([bound("query", name) for name in names], reports)
            raw = without(raw, [(start, end) for start, end, _ in found])
        pairs = [raw] if raw else []
        for binding in reversed(self._query):
            value = bound_value(binding, identity)
            if value is not None:
                pairs.insert(0, f"{quote(binding.name, safe='')}={quote(value, safe='')}")
        return "&".join(pairs)

    def _client_value(self, problems: list[Problem], reports: list[str]) -> None:
        if self._on_client_value is OnClientValue.REJECT:
            raise invalid(problems)
        if self._on_client_value is OnClientValue.REPORT:
            reports.extend(report_lines(problems))


class PassthroughTarget:
    """The targets of a complete service proxy: the received path less `strip`, below `base_path`."""

    __slots__ = ("_base", "_prefix", "_strip")

    def __init__(self, passthrough: Passthrough, *, base_path: str = "") -> None:
        self._prefix = passthrough.prefix.rstrip("/")
        self._strip = passthrough.strip.rstrip("/")
        self._base = base_path.rstrip("/") + passthrough.base_path.rstrip("/")

    def matches(self, raw_path: str) -> bool:
        """Whether this path is the prefix itself or below it."""
        return below(raw_path, self._prefix)

    def build(self, raw_path: str, raw_query: str) -> bytes:
        """The target of a path that `matches`, and has passed `check_path`."""
        if not self.matches(raw_path):
            raise EdgeError(404, "Not Found")
        rest = raw_path
        if self._strip and below(raw_path, self._strip):
            rest = raw_path[len(self._strip) :]
        target = self._base + rest or "/"
        return (f"{target}?{raw_query}" if raw_query else target).encode("ascii")

    def edge_path(self, raw_path: str) -> str | None:
        """The edge's path for a path of the downstream's, None where it is not reachable."""
        if not below(raw_path, self._base):
            return None
        path = self._strip + raw_path[len(self._base) :]
        return path if self.matches(path) else None


def required_field(field: IdentityField, identity: Identity | None) -> str:
    """The identity's field; 401 where nobody is identified, 403 where somebody without that field is."""
    if identity is None:
        raise unauthenticated()
    value = identity.field(field)
    if value is None:
        raise EdgeError(403, FORBIDDEN)
    return value


def bound_value(binding: Binding, identity: Identity | None) -> str | None:
    """What a binding writes: None for nothing (or null); raises where the field must be there and is not."""
    if binding.absent is Absent.FORBID:
        return required_field(binding.field, identity)
    return None if identity is None else identity.field(binding.field)


def below(raw_path: str, prefix: str) -> bool:
    """Whether a path is this prefix or below it."""
    return raw_path.startswith(prefix) and raw_path[len(prefix) : len(prefix) + 1] in ("", "/")
