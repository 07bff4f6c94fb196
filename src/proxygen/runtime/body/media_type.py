"""Which of an operation's media types a request's Content-Type names (RFC 9110, 8.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from proxygen.runtime.body.head_lines import BodyLines
from proxygen.runtime.errors import EdgeError
from proxygen.runtime.operation import BodyKind, Content
from proxygen.runtime.transport.seam import HeaderList

_NAME = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_TYPE = re.compile(rf"({_NAME}/{_NAME})((?:[ \t]*;.*)?)", re.DOTALL)
_PARAMETER = re.compile(rf'[ \t]*;[ \t]*(?:({_NAME})=({_NAME}|"[^"\\\x00-\x1f\x7f]*"))?[ \t]*')
_UTF_8: Final = ("utf-8", "utf8")
_EXTENDED: Final = ("boundary*", "charset*")


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type in lower case, with its parameters' names in lower case."""

    name: str
    parameters: tuple[tuple[str, str], ...] = ()

    def parameter(self, name: str) -> str | None:
        """The value of a parameter, without quotes."""
        return next((value for key, value in self.parameters if key == name), None)


def unsupported() -> EdgeError:
    """415."""
    return EdgeError(415, "Unsupported media type")


def parse_media_type(text: str) -> MediaType | None:
    """A Content-Type's value; None where it breaks the grammar, names a parameter twice, or has a boundary
    or a charset in the way of RFC 2231, which only some readers take for one."""
    found = _TYPE.fullmatch(text.strip(" \t"))
    if found is None:
        return None
    rest, index = found[2], 0
    parameters: dict[str, str] = {}
    while index < len(rest):
        parameter = _PARAMETER.match(rest, index)
        if parameter is None:
            return None
        index = parameter.end()
        if parameter[1] is not None:
            key = parameter[1].lower()
            if key in parameters or key.startswith(_EXTENDED):
                return None
            parameters[key] = parameter[2].strip('"')
    return MediaType(found[1].lower(), tuple(parameters.items()))


def content_type(headers: HeaderList, lines: BodyLines) -> bytes | None:
    """The value of the request's Content-Type, None where it has none; several lines are 415."""
    if not lines.types:
        return None
    if len(lines.types) > 1:
        raise unsupported()
    return headers[lines.types[0]][1]


def is_encoded(headers: HeaderList, lines: BodyLines) -> bool:
    """Whether the body has a content coding that the edge would have to undo to read it."""
    codings = [headers[at][1].strip().lower() for at in lines.codings]
    return not {b"", b"identity"}.issuperset(codings)


def choose(contents: Sequence[Content], media_type: MediaType | None) -> int:
    """The index of the most specific content that covers this media type; 415 where none does.

    A body without Content-Type is `application/octet-stream` (RFC 9110, 8.3), and so never a typed one.
    """
    name = "application/octet-stream" if media_type is None else media_type.name
    wanted = (name, name.partition("/")[0] + "/*", "*/*")
    ranges = [content.media_type.partition(";")[0].strip().lower() for content in contents]
    for candidate in wanted:
        if candidate in ranges:
            index = ranges.index(candidate)
            if media_type is None and contents[index].kind is not BodyKind.RAW:
                break
            return index
    raise unsupported()


def covers(ranges: Sequence[str], name: str) -> bool:
    """Whether a part's media type is one of these ranges."""
    wanted = {name, name.partition("/")[0] + "/*", "*/*"}
    return any(r.partition(";")[0].strip().lower() in wanted for r in ranges)


def require_utf_8(media_type: MediaType | None) -> None:
    """415 where the text is declared to be in another charset."""
    charset = None if media_type is None else media_type.parameter("charset")
    if charset is not None and charset.lower() not in _UTF_8:
        raise unsupported()
