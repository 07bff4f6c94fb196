"""Which route a request is for: by raw segments, in time that grows with the path and not with the routes.

Nothing is decoded, so `a%2Fadmin` is one segment (W136). At each segment a literal is tried before a segment
with a literal part, and that before a variable; a route that takes the method wins over any that does not.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import quote

from proxygen.runtime.operation import Condition
from proxygen.runtime.target import PathTemplate, Segment, split_path

Scope = MutableMapping[str, Any]
T = TypeVar("T")

Conditions = tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Judge:
    """Whether a request is one of those for which a route has a path to itself; and whether it would be, if
    its body had another media type."""

    meets: Callable[[Conditions], bool] = operator.not_
    lacks_only_the_media_type: Callable[[Conditions], bool] = lambda _: False


UNCONDITIONAL = Judge()

REST = "path"
"""The name under which a passthrough route captures what follows its prefix: nothing, or `/` and more."""


def raw_path_of(scope: Scope) -> str:
    """The path as it came, without the query and without the mount point of the application."""
    raw = scope.get("raw_path")
    path = quote(scope["path"]) if raw is None else raw.partition(b"?")[0].decode("latin-1")
    root = scope.get("root_path")
    if root and path.startswith(root) and path[len(root) : len(root) + 1] in ("", "/"):
        return path[len(root) :]
    return path


@dataclass(frozen=True, slots=True)
class Pattern:
    """A path of the edge; with `rest` its template and everything below."""

    template: PathTemplate
    rest: bool = False

    @classmethod
    def of(cls, path: str, *, rest: bool = False) -> Pattern:
        """Read an edge path; of a passthrough route, its prefix."""
        if rest and path in ("", "/"):
            return cls(PathTemplate("", ()), rest=True)
        return cls(PathTemplate.parse(path), rest=rest)

    def under(self, prefix: str) -> Pattern:
        """This path below a prefix, which may have variables too."""
        if not prefix:
            return self
        return Pattern(PathTemplate.parse(prefix + self.template.text), rest=self.rest)

    @property
    def label(self) -> str:
        """The metric label of this path."""
        return f"{self.template.text}/{{{REST}}}" if self.rest else self.template.text

    def match(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        """The raw value of each variable where these are the segments of this path."""
        if not self.rest:
            return self.template.match_segments(segments)
        length = len(self.template.segments)
        captures = self.template.match_segments(segments[:length])
        if captures is not None:
            captures[REST] = "".join(f"/{segment}" for segment in segments[length:])
        return captures


def _rank(segment: Segment) -> tuple[int, int, str]:
    """Literals, then mixed segments by their literal length, then variables."""
    if segment.literal is not None:
        return (0, 0, segment.literal)
    length = sum(map(len, segment.literals))
    if length:
        return (1, -length, "{}".join(segment.literals))
    return (2, 0, "")


class Found(NamedTuple, Generic[T]):
    """A route, and the raw values of its path's variables."""

    route: T
    captures: dict[str, str]


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """The path has routes, but none for the method; `methods` are theirs, sorted."""

    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Entry(Generic[T]):
    """`places` are the variables of the pattern and which segment each is, None where it is not as simple."""

    pattern: Pattern
    route: T
    when: Conditions
    beside_get: bool
    """A HEAD that its route answers because it answers GET (RFC 9110, 9.3.2)."""
    places: tuple[tuple[str, int], ...] | None

    @classmethod
    def of(cls, pattern: Pattern, route: T, when: Conditions, beside_get: bool) -> _Entry[T]:
        """With what a match need not work out."""
        places: list[tuple[str, int]] = []
        simple = not pattern.rest
        for index, segment in enumerate(pattern.template.segments):
            simple = simple and not any(segment.literals[1:]) and len(segment.names) < 2
            simple = simple and not (segment.names and segment.literals[0])
            places += [(name, index) for name in segment.names]
        simple = simple and len(dict(places)) == len(places)
        return cls(pattern, route, when, beside_get, tuple(places) if simple else None)

    def captures(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        """The raw values of the variables in a path that the tree has led here; None where it is another."""
        if self.places is None:
            return self.pattern.match(segments)
        return {name: segments[index] for name, index in self.places}


_Leaf = dict[str, list[_Entry[T]]]


@dataclass(slots=True)
class _Node(Generic[T]):
    literals: dict[str, _Node[T]] = field(default_factory=dict)
    mixed: list[tuple[tuple[int, int, str], Segment, _Node[T]]] = field(default_factory=list)
    variable: _Node[T] | None = None
    forks: bool = False
    """Whether it has more below it than literals and a variable."""
    here: _Leaf[T] = field(default_factory=dict)
    rest: _Leaf[T] = field(default_factory=dict)


class RouteTable(Generic[T]):
    """All routes of one application, as a tree of segments."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()
        self.conditional = False
        """Whether a route has conditions, so that `find` asks its judge."""

    def add(
        self, pattern: Pattern, methods: Iterable[str], route: T, when: Conditions = ()
    ) -> None:
        """Adds a route. The first for a path, a method and a condition keeps it, but that HEAD of a route
        which answers GET as well gives way to a route for HEAD alone."""
        node = self._root
        self.conditional = self.conditional or bool(when)
        for segment in pattern.template.segments:
            node = _descend(node, segment)
        node.forks = node.forks or pattern.rest
        leaf = node.rest if pattern.rest else node.here
        methods = frozenset(methods)
        for method in methods:
            entries = leaf.setdefault(method, [])
            beside_get = method == "HEAD" and "GET" in methods
            if entries and entries[0].beside_get != beside_get:
                if beside_get:
                    continue
                entries.clear()
            if all(entry.when != when for entry in entries):
                entries.append(_Entry.of(pattern, route, when, beside_get))

    def find(
        self, method: str, raw_path: str, judge: Judge = UNCONDITIONAL
    ) -> Found[T] | NotAllowed | None:
        """The route of this request; None where no path is like this, or no condition of it is met.

        Where only the media type is amiss, a route is found whose body reader answers 415.
        """
        segments = split_path(raw_path)
        allowed: set[str] = set()
        found = _search(self._root, segments, 0, method, judge, allowed)
        if found is not None:
            return found
        return NotAllowed(tuple(sorted(allowed))) if allowed and method not in allowed else None

    def methods(self, raw_path: str) -> tuple[str, ...]:
        """Those of every route whose path is like this one, sorted, whatever their conditions."""
        allowed: set[str] = set()
        segments = split_path(raw_path)
        _search(self._root, segments, 0, "", UNCONDITIONAL, allowed)
        return tuple(sorted(allowed))


def _search(
    node: _Node[T],
    segments: tuple[str, ...],
    depth: int,
    method: str,
    judge: Judge,
    allowed: set[str],
) -> Found[T] | None:
    """The first route below this node for the method; `allowed` gathers the methods of those that are like
    it."""
    for segment in segments[depth:]:
        if node.forks:
            break
        only = node.literals.get(segment)
        if only is None:
            only = node.variable if segment else None
            if only is None:
                break
        elif node.variable is not None:
            # There is something to come back for.
            break
        node = only
        depth += 1
    if depth == len(segments):
        found = _take(node.here, segments, method, judge, allowed)
        return found or _take(node.rest, segments, method, judge, allowed)
    segment = segments[depth]
    literal = node.literals.get(segment)
    if literal is not None:
        found = _search(literal, segments, depth + 1, method, judge, allowed)
        if found is not None:
            return found
    for _, mixed, child in node.mixed:
        if mixed.match(segment) is not None:
            found = _search(child, segments, depth + 1, method, judge, allowed)
            if found is not None:
                return found
    if node.variable is not None and segment:
        found = _search(node.variable, segments, depth + 1, method, judge, allowed)
        if found is not None:
            return found
    return _take(node.rest, segments, method, judge, allowed)


def _take(
    routes: _Leaf[T], segments: tuple[str, ...], method: str, judge: Judge, allowed: set[str]
) -> Found[T] | None:
    entries = routes.get(method)
    entry = entries and (_only_met(entries, judge) if entries[0].when else entries[0])
    if entry:
        captures = entry.captures(segments)
        if captures is not None:
            return Found(entry.route, captures)
    allowed.update(routes)
    return None


def _only_met(entries: list[_Entry[T]], judge: Judge) -> _Entry[T] | None:
    """The one whose conditions are met; of two, a downstream might take the request for the other."""
    met = [entry for entry in entries if entry.when and judge.meets(entry.when)]
    if met:
        return met[0] if len(met) == 1 else None
    plain = next((entry for entry in entries if not entry.when), None)
    if plain is not None:
        return plain
    return next((one for one in entries if judge.lacks_only_the_media_type(one.when)), None)


def _descend(node: _Node[T], segment: Segment) -> _Node[T]:
    if segment.literal is not None:
        return node.literals.setdefault(segment.literal, _Node())
    rank = _rank(segment)
    if rank[0] != 1:
        if node.variable is None:
            node.variable = _Node()
        return node.variable
    for known, _, child in node.mixed:
        if known == rank:
            return child
    child = _Node[T]()
    node.forks = True
    node.mixed.append((rank, segment, child))
    node.mixed.sort(key=lambda entry: entry[0])
    return child
