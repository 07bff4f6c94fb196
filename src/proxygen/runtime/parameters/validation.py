"""Values against a contract's model, and what is said of those that violate it (FastAPI's 422 shape)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, cast

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import from_json

from proxygen.runtime.errors import EdgeError

T = TypeVar("T")

Problem = dict[str, Any]
"""One entry of a 422's `detail`: `type`, `loc`, `msg`, `input`, and `ctx` where the rule has figures."""

MAX_PROBLEMS: Final = 100
"""More than this are answered as one."""

MAX_INPUT_CHARACTERS: Final = 1024
"""A value whose JSON is longer is not echoed to the client (`input` is null)."""

MAX_ECHOED_BYTES: Final = 16_384
"""Nothing of a longer body is echoed: each missing field would repeat it."""

INVALID_JSON: Final = "Invalid JSON body"

_LOGGED_STEP = re.compile(r"[\x21-\x7e]{1,64}")
_BOUND_MESSAGE: Final = "Set by the gateway from the caller's identity; a client must not send it"


def problem(kind: str, loc: tuple[str | int, ...], message: str) -> Problem:
    """One entry of a 422's `detail` about a value that is not echoed."""
    return {"type": kind, "loc": list(loc), "msg": message, "input": None}


def missing(*loc: str | int) -> Problem:
    """A required value is not there."""
    return problem("missing", loc, "Field required")


def bound(*loc: str | int) -> Problem:
    """A client has set a field that is bound to identity."""
    return problem("identity_bound", loc, _BOUND_MESSAGE)


def invalid(problems: list[Problem]) -> EdgeError:
    """The 422 of these problems."""
    return EdgeError(422, problems)


def report_lines(problems: list[Problem]) -> list[str]:
    """Where and which rule, for a log: never a value, never more than 64 visible characters of a name."""
    return ["/".join(map(_place, entry["loc"])) + ": " + str(entry["type"]) for entry in problems]


def _place(step: str | int) -> str:
    text = str(step)
    return text if _LOGGED_STEP.fullmatch(text) else "?"


class InvalidJsonError(Exception):
    """The bytes are no JSON that the contract's parser reads."""


@dataclass(frozen=True, slots=True)
class Invalid:
    """What is wrong with a value; told apart by type from a value that is itself a list."""

    problems: list[Problem]


class Validator(Generic[T]):
    """A contract's model behind one call; built at its first use, since models defer theirs."""

    __slots__ = ("_adapter", "_hint", "_model")

    def __init__(self, hint: Any) -> None:
        self._hint = hint
        self._model = hint if isinstance(hint, type) and issubclass(hint, BaseModel) else None
        self._adapter: TypeAdapter[T] | None = None

    def _built(self) -> Any:
        if self._model is not None:
            return self._model.__pydantic_validator__
        if self._adapter is None:
            self._adapter = TypeAdapter(self._hint)
        return self._adapter.validator

    def read(self, content: bytes, *loc: str | int) -> T | Invalid:
        """The value of this JSON with strict types, or what is wrong with it, below `loc`."""
        validator = self._built()
        try:
            return cast("T", validator.validate_json(content, strict=True))
        except ValidationError as error:
            return Invalid(_problems(error, loc, echo=len(content) <= MAX_ECHOED_BYTES))

    def unchecked(self, content: bytes) -> T:
        """The value without checks: of a model its instance as given, else plain JSON."""
        value = from_json(content)
        if self._model is not None and isinstance(value, dict):
            return cast("T", self._model.model_construct(**value))
        return cast("T", value)


def _problems(error: ValidationError, loc: tuple[str | int, ...], *, echo: bool) -> list[Problem]:
    """What pydantic found, in FastAPI's shape; `InvalidJsonError` where its parser refused the text."""
    if error.error_count() > MAX_PROBLEMS:
        return [problem("too_many_errors", loc, f"More than {MAX_PROBLEMS} errors")]
    problems: list[Problem] = []
    for entry in error.errors(include_url=False, include_input=echo):
        if entry["type"] == "json_invalid":
            raise InvalidJsonError
        found = problem(entry["type"], (*loc, *entry["loc"]), entry["msg"])
        if echo:
            found["input"] = _echo(entry["input"])
        if "ctx" in entry:
            found["ctx"] = {key: _figure(value) for key, value in entry["ctx"].items()}
        problems.append(found)
    return problems


def _echo(value: Any) -> Any:
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return None
    return value if len(text) <= MAX_INPUT_CHARACTERS else None


def _figure(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
