"""Which other operations of its service a downstream could take an operation's filled path for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import unquote

from proxygen.runtime.operation import Operation, Place
from proxygen.runtime.target import PathTemplate, Segment, split_path

_SAME_METHOD = {"HEAD": "GET"}


def rivals_of(
    operation: Operation, siblings: Sequence[Operation], *, base_path: str = ""
) -> Callable[[str], bool] | None:
    """Tells whether a target's path is another operation's; None where none of `siblings` could have it.

    `/batches/{id}/status` with the id `user` is `/batches/user/{user_id}` as well: a caller would choose whom
    that one's identity says, or be spared its scopes. Downstreams differ in which of two templates they
    prefer, in case, in percent-encoding and in what follows `;`, so none of these counts here.
    """
    own = _lenient(operation)
    others = [s for s in siblings if _method(s) == _method(operation)]
    likely = [t for t in map(_lenient, others) if _may_win(own, t)]
    bound = [_lenient(s) for s in others if _has_identity(s) and s is not operation]
    if not likely and not bound:
        return None
    start = len(base_path.rstrip("/"))

    def is_anothers(path: str) -> bool:
        if not likely and "%" not in path:
            return False
        decoded = [
            unquote(segment).partition(";")[0].lower() for segment in split_path(path[start:])
        ]
        if any(template.match_segments(decoded) is not None for template in likely):
            return True
        # Whoever decodes before splitting finds more segments; where none names a caller, that is W63's.
        flat = "/".join(decoded).split("/")
        return len(flat) > len(decoded) and any(t.match_segments(flat) is not None for t in bound)

    return is_anothers


def _method(operation: Operation) -> str:
    return _SAME_METHOD.get(operation.method, operation.method)


def _has_identity(operation: Operation) -> bool:
    return any(binding.place is Place.PATH for binding in operation.bindings)


def _lenient(operation: Operation) -> PathTemplate:
    """The downstream's template with its literals decoded and in lower case."""
    template = PathTemplate.parse(operation.downstream_path)
    segments = tuple(
        Segment(tuple(unquote(literal).lower() for literal in segment.literals), segment.names)
        for segment in template.segments
    )
    return PathTemplate(template.text, segments)


def _may_win(own: PathTemplate, other: PathTemplate) -> bool:
    """Whether some path is of both templates, and the other is the more literal one at some segment."""
    if len(own.segments) != len(other.segments):
        return False
    pairs = list(zip(own.segments, other.segments, strict=True))
    return all(_meet(mine, theirs) for mine, theirs in pairs) and any(
        sum(map(len, theirs.literals)) > sum(map(len, mine.literals)) and mine.names
        for mine, theirs in pairs
    )


def _meet(mine: Segment, theirs: Segment) -> bool:
    if mine.literal is None and theirs.literal is None:
        return True
    if mine.literal is None:
        return mine.match(theirs.literal or "") is not None
    return theirs.match(mine.literal) is not None
