"""Makes a string that matches a simple pattern, the same every time."""

from __future__ import annotations

import re
import warnings
from re import _constants, _parser  # type: ignore[attr-defined]  # the only reader of patterns there is
from typing import Any

from proxygen.lower.patterns import matches

_LONGEST = 1000
_CATEGORIES = {
    "CATEGORY_DIGIT": "0",
    "CATEGORY_WORD": "a",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_DIGIT": "a",
    "CATEGORY_NOT_WORD": "-",
    "CATEGORY_NOT_SPACE": "a",
}
_TOKEN = re.compile(r"\\p\{\w+\}|\\.|.", re.DOTALL)
_PROPERTIES = {
    r"\p{L}": "a-zA-Z",
    r"\p{Lu}": "A-Z",
    r"\p{Ll}": "a-z",
    r"\p{M}": "a",
    r"\p{N}": "0-9",
    r"\p{Nd}": "0-9",
    r"\p{P}": "-",
    r"\p{S}": "+",
    r"\p{Z}": " ",
    r"\p{Zs}": " ",
}
_PREFERRED = "aA0-_.:/@ "


def string_for(pattern: str, least: int = 0) -> str | None:
    """A string of at least `least` characters that the pattern finds, or None where it is too clever."""
    if least > _LONGEST:
        return None
    with warnings.catch_warnings():
        # Of a set that a later Python will read otherwise: what is made is checked against the pattern.
        warnings.simplefilter("ignore", FutureWarning)
        return _string_for(_in_ascii(pattern), least)


def _string_for(pattern: str, least: int) -> str | None:
    for extra in (0, 1, 3, least):
        try:
            made = _sequence(_parser.parse(pattern), extra)
        except (re.error, OverflowError, RecursionError, NotImplementedError):
            return None
        if not pattern.endswith("$"):
            made += "x" * (least - len(made))
        if least <= len(made) <= _LONGEST and matches(pattern, made):
            return made
    return None


def _in_ascii(pattern: str) -> str:
    r"""The pattern with ASCII characters for `\p{L}` and the like, which Python's engine does not know."""
    out: list[str] = []
    in_class = False
    for piece in _TOKEN.findall(pattern):
        inside = _PROPERTIES.get(piece)
        if inside is not None:
            piece = inside if in_class else f"[{inside}]"
        elif piece in ("[", "]"):
            in_class = piece == "["
        out.append(piece)
    return "".join(out)


def _within(text: str, times: int) -> str:
    """The text repeated; repetitions inside repetitions soon come to more than there is memory for."""
    if len(text) * times > _LONGEST:
        raise OverflowError
    return text * times


def _sequence(parsed: Any, extra: int) -> str:
    return "".join(_one(operation, argument, extra) for operation, argument in parsed)


def _one(operation: Any, argument: Any, extra: int) -> str:
    match str(operation):
        case "LITERAL":
            return chr(argument)
        case "NOT_LITERAL":
            return next(char for char in _PREFERRED if ord(char) != argument)
        case "ANY":
            return "a"
        case "IN":
            return _member(argument)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inner = argument
            times = min(least + extra, most if most is not _constants.MAXREPEAT else _LONGEST)
            return _within(_sequence(inner, extra), min(int(times), _LONGEST))
        case "SUBPATTERN":
            return _sequence(argument[-1], extra)
        case "BRANCH":
            return _sequence(argument[1][0], extra)
        case "AT":
            return ""
    raise NotImplementedError(str(operation))


def _member(items: Any) -> str:
    negated = str(items[0][0]) == "NEGATE"
    if not negated:
        operation, argument = items[0]
        match str(operation):
            case "LITERAL":
                return chr(argument)
            case "RANGE":
                return chr(argument[0])
            case "CATEGORY":
                return _CATEGORIES[str(argument)]
        raise NotImplementedError(str(operation))
    for char in _PREFERRED:
        if not any(_holds(operation, argument, char) for operation, argument in items[1:]):
            return char
    raise NotImplementedError("a negated set of all that is preferred")


def _holds(operation: Any, argument: Any, char: str) -> bool:
    match str(operation):
        case "LITERAL":
            return bool(ord(char) == argument)
        case "RANGE":
            return bool(argument[0] <= ord(char) <= argument[1])
        case "CATEGORY":
            name = str(argument)
            inside = {
                "DIGIT": char.isdigit(),
                "WORD": char.isalnum() or char == "_",
                "SPACE": char.isspace(),
            }
            held = inside.get(name.rpartition("_")[2], True)
            return not held if "_NOT_" in name else held
    raise NotImplementedError(str(operation))
