"""The client's address: from the socket, or from as many proxies in front as are trusted (RFC 7239)."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from proxygen.runtime.transport.seam import HeaderList

_NODE = re.compile(
    r"\[([0-9A-Fa-f:.]+)(?:%[^\]]*)?\](?::[0-9]{1,5})?|([0-9.]+)(?::[0-9]{1,5})?|([0-9A-Fa-f:.]+)(?:%.*)?"
)
"""An address in brackets, one of version 4, each with or without a port, or any; with or without a zone."""
WRITTEN: Final = frozenset(
    {"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"}
)
"""The names of `lines`, in lower case."""
_HOST = re.compile(r"(?:[A-Za-z0-9._~-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


def client_address(inbound: HeaderList, peer: str | None, trusted_hops: int) -> str | None:
    """The client's IP address as the outermost trusted hop saw it; None where it cannot be known."""
    chain = _chain(inbound, peer, trusted_hops)
    return chain[0] if chain else None


def lines(
    inbound: HeaderList, peer: str | None, scheme: str, host: str | None, trusted_hops: int
) -> tuple[tuple[bytes, bytes], ...]:
    """X-Forwarded-For, -Proto, -Host and Forwarded for a downstream; a client's own are never believed.

    `peer`, `scheme` and `host` are what the socket and the request itself say.
    """
    if trusted_hops:
        chain = tuple(_chain(inbound, peer, trusted_hops))
        proto = _last(inbound, b"x-forwarded-proto")
        outer = _last(inbound, b"x-forwarded-host")
        scheme = proto if proto in ("http", "https") else scheme
        host = outer if outer is not None and _HOST.fullmatch(outer) else host
        return _render(chain, scheme, host)
    return _render((peer,) if peer else (), scheme, host)


def _entries(inbound: HeaderList, wanted: bytes) -> list[str]:
    values = [value.decode("latin-1") for name, value in inbound if name.lower() == wanted]
    return [entry.strip() for entry in ",".join(values).split(",") if entry.strip()]


def _last(inbound: HeaderList, wanted: bytes) -> str | None:
    entries = _entries(inbound, wanted)
    return entries[-1].lower() if entries else None


def _chain(inbound: HeaderList, peer: str | None, trusted_hops: int) -> list[str]:
    """The trusted part of the chain, client first, the socket's peer last."""
    believed = _entries(inbound, b"x-forwarded-for")[-trusted_hops:] if trusted_hops else []
    chain: list[str] = []
    for entry in reversed(believed):
        address = _address(entry)
        if address is None:
            break
        chain.insert(0, address)
    return [*chain, peer] if peer else chain


def _address(entry: str) -> str | None:
    """The address of an entry, less the port that some proxies add and the zone, which says nothing elsewhere
    (RFC 4007, 11) and is any text at all to `ip_address`."""
    found = _NODE.fullmatch(entry)
    if found is None:
        return None
    try:
        return str(ip_address(found[1] or found[2] or found[3]))
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _render(
    chain: tuple[str, ...], scheme: str, host: str | None
) -> tuple[tuple[bytes, bytes], ...]:
    rendered: list[tuple[bytes, bytes]] = []
    elements: list[str] = []
    addresses = [address for address in map(_address, chain) if address is not None]
    if addresses:
        rendered.append((b"X-Forwarded-For", ", ".join(addresses).encode("ascii")))
        elements = [f'for="[{a}]"' if ":" in a else f"for={a}" for a in addresses]
    last = [f"proto={scheme}"]
    rendered.append((b"X-Forwarded-Proto", scheme.encode("ascii")))
    if host is not None and _HOST.fullmatch(host):
        rendered.append((b"X-Forwarded-Host", host.encode("ascii")))
        last.append(f'host="{host}"')
    elements[-1:] = [";".join([*elements[-1:], *last])]
    rendered.append((b"Forwarded", ", ".join(elements).encode("ascii")))
    return tuple(rendered)
