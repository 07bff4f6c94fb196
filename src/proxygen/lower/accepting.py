"""Which values a JSON Schema validator accepts: by the engine of the generated classes and a path's rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators
from referencing.exceptions import Unresolvable

from proxygen.lower.examples import SEGMENT
from proxygen.lower.patterns import matches

Json = Any

_REFUSED: Final = re.compile(r"[\\\x00-\x1f\x7f]")


def judge_of(root: Mapping[str, Json]) -> Callable[[Json, Json], bool]:
    """Asked with a schema, whose references lead into `root`, and a value: whether it accepts the value."""
    validator = _Validator(root, format_checker=FormatChecker(formats=("uuid", "date")))

    def accepts(node: Json, value: Json) -> bool:
        try:
            return bool(validator.evolve(schema=node).is_valid(value))
        except (Unresolvable, RecursionError, OverflowError):
            return False

    return accepts


def _pattern(
    _: Any, pattern: Json, instance: Json, __: Mapping[str, Json]
) -> Iterator[ValidationError]:
    r"""`pattern` by the engine of the generated classes, which knows `\p{L}` and Python's does not."""
    if isinstance(instance, str) and not matches(str(pattern), instance):
        yield ValidationError("the pattern finds nothing")


def _segment(
    _: Any, taken: frozenset[str], instance: Json, __: Mapping[str, Json]
) -> Iterator[ValidationError]:
    if not isinstance(instance, str):
        return
    pieces = [piece.partition(";")[0] for piece in instance.split("/")]
    if instance in taken or {".", ".."}.intersection(pieces) or _REFUSED.search(instance):
        yield ValidationError("no request can have it in its path, or another path has it there")


_Validator: Any = validators.extend(  # type: ignore[no-untyped-call]  # it has no types
    Draft202012Validator, {"pattern": _pattern, SEGMENT: _segment}
)
