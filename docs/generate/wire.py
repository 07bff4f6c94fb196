"""The published tables of header names, from the runtime that keeps them."""

from __future__ import annotations

from collections.abc import Iterable

from proxygen.runtime.headers import names

from .table import code, table


def request_headers() -> str:
    """What becomes of a client's headers."""
    return table(
        ("headers of a request", "what becomes of them"),
        [
            (
                _names(names.REQUEST_ALLOWED, names.REQUEST_ALLOWED_PREFIXES),
                "forwarded by every operation",
            ),
            (
                _names(
                    names.ALLOWED_BY_CONFIGURATION_ONLY,
                    names.ALLOWED_BY_CONFIGURATION_ONLY_PREFIXES,
                ),
                "forwarded only where `headers.allow` names them; a document cannot declare them in",
            ),
            (_names(names.OWNED), "dropped in every spelling; the edge writes its own"),
            (
                _names(names.NEVER_FORWARDED),
                "never forwarded: one connection's, the transport's or the edge's own",
            ),
            ("any other", "forwarded where the operation declares it, or `headers.allow` names it"),
        ],
    )


def response_headers() -> str:
    """What becomes of a downstream's headers."""
    return table(
        ("headers of an answer", "what becomes of them"),
        [
            (
                _names(names.RESPONSE_DENIED | names.OWNED, names.RESPONSE_DENIED_PREFIXES),
                "stop at the edge",
            ),
            (code("location"), "mapped to the edge's path, or dropped"),
            (
                "any other",
                "goes back as it came, a list as a list; not those of `headers.deny_response`",
            ),
        ],
    )


def _names(exact: Iterable[str], prefixes: Iterable[str] = ()) -> str:
    return ", ".join(map(code, [*sorted(exact), *(f"{prefix}*" for prefix in sorted(prefixes))]))
