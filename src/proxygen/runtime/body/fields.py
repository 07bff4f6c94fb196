"""The text fields of a form or a multipart body, as the one object that their contract describes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from pydantic_core import from_json

from proxygen.runtime.body.strict_json import read_strict
from proxygen.runtime.operation import Part, Validation
from proxygen.runtime.parameters.scalars import scalar_of
from proxygen.runtime.parameters.validation import (
    Invalid,
    Problem,
    Validator,
    invalid,
    missing,
    problem,
    report_lines,
)

T = TypeVar("T")


class FieldReader(Generic[T]):
    """Judges the fields of one media type of an operation.

    A `binary` part is judged by its presence and number only, by the operation's own word: its bytes are
    never read here, and the contract's model need not know of it.
    """

    __slots__ = (
        "_binary",
        "_files",
        "_parts",
        "_scalars",
        "_single",
        "_validation",
        "_validator",
    )

    def __init__(
        self, parts: tuple[Part, ...], validator: Validator[T], validation: Validation
    ) -> None:
        self._parts = {part.name: part for part in parts}
        self._scalars = {part.name: scalar_of(part.shape.types) for part in parts}
        self._binary = frozenset(part.name for part in parts if part.binary)
        self._files = tuple(part.name for part in parts if part.binary and part.required)
        self._single = frozenset(
            part.name for part in parts if not part.repeated and part.shape.container != "array"
        )
        self._validator = validator
        self._validation = validation

    def judge(
        self,
        fields: Mapping[str, list[str]],
        refused: list[Problem],
        reports: list[str],
        styled: Mapping[str, Any] = MappingProxyType({}),
    ) -> T:
        """The model of these decoded fields; raises 422 with `refused` and what the contract says.

        `styled` are values that were read from their style.
        """
        plain = {name: self._value(name, texts) for name, texts in fields.items()}
        content = json.dumps({**plain, **styled})
        encoded = content.encode("ascii")
        problems = list(refused)
        counted = [
            *(missing("body", name) for name in self._files if name not in fields),
            *(
                problem("repeated", ("body", name), "Field sent more than once")
                for name, texts in fields.items()
                if len(texts) > 1 and name in self._single
            ),
        ]
        if self._validation is Validation.ENFORCE:
            problems += counted
        elif self._validation is Validation.REPORT:
            reports.extend(report_lines(counted))
        if self._validation is not Validation.OFF:
            result = self._validator.read(encoded, "body")
            if not isinstance(result, Invalid):
                if problems:
                    raise invalid(problems)
                return result
            found = [entry for entry in result.problems if not self._is_of_binary(entry)]
            if self._validation is Validation.ENFORCE:
                problems += found
            else:
                reports.extend(report_lines(found))
        if problems:
            raise invalid(problems)
        return self._validator.unchecked(encoded)

    def _is_of_binary(self, entry: Problem) -> bool:
        loc = entry["loc"]
        counted = len(loc) == _FIELD_DEPTH and entry["type"] in ("too_short", "too_long")
        return len(loc) >= _FIELD_DEPTH and loc[1] in self._binary and not counted

    def _value(self, name: str, texts: list[str]) -> Any:
        part = self._parts.get(name)
        if part is None:
            return texts[-1]
        if part.shape.container in ("object", "json"):
            return _items(texts) if part.repeated else _json_or_text(texts[-1])
        values = [self._scalars[name](text) for text in texts]
        return values if part.repeated or part.shape.container == "array" else values[-1]


_FIELD_DEPTH = 2


def _items(texts: list[str]) -> list[Any]:
    """An array of objects: a field for each of them, or one that holds the whole."""
    items = [_json_or_text(text) for text in texts]
    return items[0] if len(items) == 1 and isinstance(items[0], list) else items


def _json_or_text(text: str) -> Any:
    try:
        value = from_json(text)
    except ValueError:
        return text
    read_strict(text.encode("utf-8"))
    return value
