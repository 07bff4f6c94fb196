"""What names, media types and status keys may look like on the wire."""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_MEDIA_RANGE: Final = re.compile(
    r"(?:\*|[!#$%&'*+.^_`|~0-9A-Za-z-]+)/(?:\*|[!#$%&'*+.^_`|~0-9A-Za-z-]+)"
    r"(?:[ \t]*;[ \t]*(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+="
    r'(?:[!#$%&\'*+.^_`|~0-9A-Za-z-]+|"(?:[\t !#-\[\]-~]|\\[\t -~])*"))?)*'
)
_STATUS: Final = re.compile(r"[1-5](?:[0-9]{2}|XX)|default")
_WORD: Final = re.compile(r"[A-Za-z0-9 ._=-]{0,80}|\*")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def is_token(name: str) -> bool:
    """Whether a header's or cookie's name is one (RFC 9110, 5.6.2; RFC 6265, 4.1.1)."""
    return _TOKEN.fullmatch(name) is not None


def is_media_range(text: str) -> bool:
    """Whether a key of `content` is a media type or range (RFC 9110, 8.3.1 and 12.5.1)."""
    return _MEDIA_RANGE.fullmatch(text) is not None


def essence(text: str) -> str:
    """`type/subtype` at the front of a text whose parameters are malformed; nothing where none stands."""
    front = re.split("[;,]", text, maxsplit=1)[0].strip()
    return front if is_media_range(front) else ""


def is_word(text: str) -> bool:
    """Whether a text is a bare word or nothing, such as the `PDF` that somebody took for a media type."""
    return _WORD.fullmatch(text) is not None


def is_status_key(text: str) -> bool:
    """Whether a key of `responses` is a status, a range or `default` (OAS 3.1.1, 4.8.16)."""
    return _STATUS.fullmatch(text) is not None


def has_control(text: str) -> bool:
    """Whether a text holds control characters."""
    return _CONTROL.search(text) is not None
