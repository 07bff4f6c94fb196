"""What of a client's W3C trace context goes on: one `traceparent` that can be continued, and `tracestate`."""

from __future__ import annotations

import re
from typing import Final

from proxygen.runtime.transport.head_names import name_in
from proxygen.runtime.transport.seam import HeaderList

TRACEPARENT: Final = b"traceparent"
TRACESTATE: Final = b"tracestate"
NAMES: Final = frozenset({TRACEPARENT, TRACESTATE})

_IDS: Final = rb"-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
_TRACEPARENT: Final = re.compile(
    rb"00%b|(?=.{55,512}\Z)(?!00|ff)[0-9a-f]{2}%b(?:-.*)?" % (_IDS, _IDS)
)


def parent_of(headers: HeaderList) -> bytes | None:
    """The one valid `traceparent` of these lines, or None (W3C Trace Context, 3.2.2 and 4.3).

    A version that is not known yet must only begin as version 00 does.
    """
    found = [value for name, value in headers if name.lower() == TRACEPARENT]
    if len(found) == 1 and _TRACEPARENT.fullmatch(found[0]):
        return found[0]
    return None


def without_broken(headers: HeaderList) -> HeaderList:
    """These lines without a trace that nobody could continue: a `tracestate` goes with its `traceparent`."""
    if b"trace" not in b"\n".join(map(name_in, headers)).lower():
        return headers
    if parent_of(headers) is not None:
        return headers
    return [line for line in headers if line[0].lower() not in NAMES]
