"""Fetches a document over HTTP: one deadline, a limit on the decoded size, no redirect to less safety."""

from __future__ import annotations

import asyncio
import zlib
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx

from proxygen.supply.fetch_refusal import fetch_refusal
from proxygen.supply.limits import Limits
from proxygen.supply.origin import shown_url

_HEADERS: Final = {
    "Accept": "application/json, application/yaml;q=0.9, */*;q=0.5",
    "Accept-Encoding": "gzip, identity",
    "User-Agent": "proxygen",
}
_EITHER_ZLIB: Final = zlib.MAX_WBITS | 32
"""Reads gzip (RFC 1952) and zlib (RFC 1950), whichever it is."""


def fetch_http(url: str, *, token: str | None, limits: Limits) -> bytes:
    """The decoded body of a 200; raises `InputRefused`.

    The token goes as a bearer token to the host of `url` only, wherever redirects lead.
    """
    try:
        return asyncio.run(_within(url, token, limits))
    except TimeoutError:
        found = f"The document had not come after {limits.seconds:g} s."
        raise _refused(url, found, "Try again, or give more time with --timeout.") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        found = f"The server cannot be asked: {error or type(error).__name__}."
        raise _refused(url, found, "Check the URL, and that the service runs.") from None


async def _within(url: str, token: str | None, limits: Limits) -> bytes:
    async with asyncio.timeout(limits.seconds):
        return await _fetched(url, token, limits)


async def _fetched(first: str, token: str | None, limits: Limits) -> bytes:
    url = first
    async with httpx.AsyncClient(timeout=limits.seconds, follow_redirects=False) as client:
        for _ in range(limits.redirects + 1):
            headers = dict(_HEADERS)
            if token is not None and _host(url) == _host(first):
                headers["Authorization"] = f"Bearer {token}"
            async with client.stream("GET", url, headers=headers) as response:
                if response.has_redirect_location:
                    url = _redirected(url, response.headers["Location"])
                elif response.status_code == httpx.codes.OK:
                    return await _body(response, first, limits)
                else:
                    found = f"The server answered {response.status_code}."
                    cure = "Check the URL; a private document needs --token-env."
                    raise _refused(url, found, cure)
    found = f"More than {limits.redirects} redirects follow each other."
    raise _refused(first, found, "Give the URL where they end.")


def _redirected(url: str, location: str) -> str:
    target = urljoin(url, location)
    try:
        parts = urlsplit(target)
        host = parts.hostname
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host:
        raise _refused(url, "It redirects to no HTTP URL.", "Give the document's own URL.")
    if parts.scheme == "http" and urlsplit(url).scheme == "https":
        found = "It redirects from https to http, where anybody could change the document."
        raise _refused(url, found, "Give an https URL that stays one.")
    return target


def _host(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


async def _body(response: httpx.Response, url: str, limits: Limits) -> bytes:
    """The body within the limit, whatever its encoding unpacks to."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "", "gzip", "x-gzip", "deflate"):
        found = f"The body is encoded as {encoding[:40]!a}, which was not asked for."
        raise _refused(url, found, "Let the server send it plain, or as gzip.")
    unpack = None if encoding in ("identity", "") else zlib.decompressobj(_EITHER_ZLIB)
    body = bytearray()
    async for chunk in response.aiter_raw():
        try:
            left = limits.size + 1 - len(body)
            body += chunk if unpack is None else unpack.decompress(chunk, left)
        except zlib.error:
            raise _refused(url, "The body is not what its encoding says.", "Try again.") from None
        if len(body) > limits.size:
            found = f"The document has more than {limits.size} bytes."
            raise _refused(url, found, "Split the document by service.")
    if unpack is not None and not unpack.eof:
        raise _refused(url, "The encoded body breaks off.", "Try again.")
    return bytes(body)


def _refused(url: str, found: str, cure: str) -> Exception:
    return fetch_refusal(shown_url(url), found, cure)
