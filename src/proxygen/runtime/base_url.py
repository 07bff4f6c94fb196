"""URLs of the settings: where services and keys are, checked as strictly as a request's own target."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from proxygen.runtime.transport.seam import Origin

_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|\[?[0-9A-Fa-f:.]{2,45}\]?")


def parse_origin(url: str) -> Origin:
    """The origin of a base URL; ValueError where it is none that requests could be sent to."""
    parts = split_http(url)
    if parts.query or parts.fragment or url.rstrip().endswith(("?", "#")):
        raise ValueError("has a query or a fragment")
    if parts.path and not all(0x21 <= ord(char) <= 0x7E for char in parts.path):
        raise ValueError("has characters in its path that a URL has not (RFC 3986, 3.3)")
    default = 443 if parts.scheme == "https" else 80
    return Origin(
        scheme=parts.scheme,
        host=parts.hostname or "",
        port=parts.port or default,
        base_path=parts.path.rstrip("/"),
    )


def split_http(url: str) -> SplitResult:
    """The parts of an http or https URL; ValueError where it is none that could be called."""
    if url != url.strip() or any(ord(char) < 0x21 or ord(char) > 0x7E for char in url):
        raise ValueError("has blanks or characters that a URL has not (RFC 3986, 2)")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise ValueError("is no http or https URL")
    if "@" in parts.netloc:
        raise ValueError("has a user or a password in it")
    if not parts.hostname or parts.port == 0:
        raise ValueError("names no host and port")
    check_host(parts.hostname)
    return parts


def check_host(host: str) -> None:
    """Raises ValueError unless this is a name or an address (international names in their ASCII form)."""
    if not _HOST.fullmatch(host):
        raise ValueError("names no host: ASCII letters, digits, `.`, `-` and `_`, or an IP address")
