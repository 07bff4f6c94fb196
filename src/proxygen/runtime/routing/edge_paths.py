"""A service's paths at the edge: where a path that the downstream names is found by its clients."""

from __future__ import annotations

from collections.abc import Sequence

from proxygen.runtime.operation import Operation
from proxygen.runtime.target import PathTemplate, below, split_path


class EdgePaths:
    """Paths as clients know them, for what the downstream says about itself in `Location`."""

    __slots__ = ("_base", "_routes")

    def __init__(self, operations: Sequence[Operation], *, base_path: str = "") -> None:
        self._base = base_path.rstrip("/")
        pairs = {(o.downstream_path, o.edge_path): o for o in operations}
        self._routes = tuple(
            (PathTemplate.parse(downstream), PathTemplate.parse(edge), _bound_names(operation))
            for (downstream, edge), operation in sorted(
                pairs.items(), key=lambda item: _rank(item[0])
            )
        )

    def __call__(self, raw_path: str) -> str | None:
        """The edge's path for a raw path of the downstream's, None where no template matches."""
        if not below(raw_path, self._base):
            return None
        raw = split_path(raw_path[len(self._base) :] or "/")
        for downstream, edge, hidden in self._routes:
            captures = downstream.match_segments(raw)
            if captures is not None and not hidden & set(edge.names):
                return "".join(
                    literal + ("" if name is None else captures[name])
                    for literal, name in edge.pieces
                )
        return None


def _bound_names(operation: Operation) -> frozenset[str]:
    names = set(PathTemplate.parse(operation.edge_path).names)
    return frozenset(names - set(PathTemplate.parse(operation.downstream_path).names))


def _rank(pair: tuple[str, str]) -> tuple[int, str, str]:
    """Templates with fewer variables first (OAS 3.1.1, 4.8.8: concrete paths win)."""
    return (pair[0].count("{"), *pair)
