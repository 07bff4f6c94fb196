"""Every operation of the generated edge as request bytes, and what of it a downstream must see.

The examples are those of the generated tests; what identity fills comes from the configuration's own words
there (`Expected`), not from the routes.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

import generated.tests
from proxygen.testing import Expected, Filled, OperationTests, PassthroughTests
from proxygen.testing.requests import Call, fill
from proxygen.testing.spoofs import input_spoofs
from proxygen.testing.written import has_a_place

MALLORY: Final = "mallory"
"""Whom no request may be taken for."""
SPOOFED: Final = (
    "x-user-id",
    "x-org-id",
    "x-proxied-by",
    "x-user-roles",
    "x-forwarded-user",
    "remote-user",
)
"""Header names under which some reader behind the edge would look for identity."""
_SEPARATORS: Final = "-_."
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One request less its token and its ids; `clean` says that nothing in it is bound to identity.

    `places` are what identity fills in it, `path` the downstream's path with its variables in braces.
    """

    expected: Expected
    method: str
    target: str
    lines: tuple[str, ...]
    body: bytes | None
    path: str
    places: tuple[Filled, ...]
    clean: bool

    @property
    def reads_token(self) -> bool:
        """Whether a token decides who calls."""
        return self.expected.auth != "public"

    def arrives(self, *, token: bool, organisation: bool) -> bool:
        """Whether the edge has to forward it, with a token or without, of a member of one or of none."""
        if self.expected.auth == "required" and not token:
            return False
        if not self.clean and self.expected.on_client_value == "reject":
            return False
        fields = {one.field for one in self.places if one.absent == "forbid"}
        return not (self.reads_token and token and not organisation and "org_id" in fields)


def shapes() -> list[Shape]:
    """Every operation as its example, and with each bound input set by the client in every spelling."""
    return [*_typed(), *_passed_through()]


def _typed() -> Iterator[Shape]:
    for test in _tests(OperationTests):
        if test.request is None:
            continue
        expected, example = test.expected, test.request
        lines = [(name, value) for name, value in example.headers.items()]
        content = None
        if example.body is not None:
            media_type, content = example.body.encode()
            lines.append(("Content-Type", media_type))
        call = Call(
            method=expected.method,
            path=fill(expected.path, example.path),
            query=example.query,
            headers=tuple(lines),
            content=content,
            body=example.body,
            variables=tuple(example.path.items()),
            downstream_path=fill(expected.downstream, example.path),
        )
        yield _shape(expected, call, clean=True)
        for _, spoofed in input_spoofs(expected, call, MALLORY):
            yield _shape(expected, spoofed, clean=False)


def _passed_through() -> Iterator[Shape]:
    for test in _tests(PassthroughTests):
        proxy = test.expected
        for method in proxy.methods:
            expected = Expected(
                service=proxy.service,
                method=method,
                path=f"{proxy.prefix}/a%2fb/c",
                downstream=f"{proxy.downstream}/a%2fb/c",
                auth=proxy.auth,
            )
            has_body = method in ("POST", "PUT", "PATCH")
            call = Call(
                method=method,
                path=expected.path,
                query="a=1&a=2",
                headers=(("Content-Type", "text/plain"),) if has_body else (),
                content=b"any bytes \x00\xff" if has_body else None,
                body=None,
                variables=(),
                downstream_path=expected.downstream,
            )
            yield _shape(expected, call, clean=True)


def _shape(expected: Expected, call: Call, *, clean: bool) -> Shape:
    places = tuple(
        one for one in expected.identity if one.place != "path" and has_a_place(one, call)
    )
    return Shape(
        expected=expected,
        method=call.method,
        target=call.target,
        lines=tuple(f"{name}: {value}" for name, value in call.headers),
        body=call.content,
        path=call.downstream_path,
        places=places,
        clean=clean,
    )


def _tests(kind: type[T]) -> list[type[T]]:
    """The generated test classes of this kind, in the order of their modules."""
    found: list[type[T]] = []
    for module in pkgutil.walk_packages(generated.tests.__path__, "generated.tests."):
        loaded = importlib.import_module(module.name)
        found += [
            value
            for value in vars(loaded).values()
            if isinstance(value, type) and issubclass(value, kind) and value is not kind
        ]
    return found


def spoofed_lines(chance: random.Random) -> tuple[str, ...]:
    """Up to four header lines that claim to be somebody, in spellings that some reader may fold."""
    lines = [
        f"{_spelled(chance, chance.choice(SPOOFED))}: {chance.choice((MALLORY, '', ' ', MALLORY + '-2'))}"
        for _ in range(chance.randrange(5))
    ]
    if chance.random() < 0.2:
        lines.append("Connection: keep-alive, X-User-ID, x-org-id")
    if chance.random() < 0.1:
        lines.append(f"Cookie: user_id={MALLORY}")
    if chance.random() < 0.1:
        lines.append(f"X-Forwarded-For: {MALLORY}")
    chance.shuffle(lines)
    return tuple(lines)


def _spelled(chance: random.Random, name: str) -> str:
    letters = [
        chance.choice(_SEPARATORS)
        if letter == "-" and chance.random() < 0.3
        else letter.upper()
        if chance.random() < 0.5
        else letter
        for letter in name
    ]
    return "".join(letters)


def written_out(
    shape: Shape, lines: tuple[str, ...], *, chunked: bool, trailer: bool, pieces: int
) -> bytes:
    """The bytes of the request; a chunked body is cut into so many pieces."""
    head = [f"{shape.method} {shape.target} HTTP/1.1", "Host: edge.test", *lines, *shape.lines]
    body = shape.body
    if body is None:
        return "\r\n".join([*head, "", ""]).encode("latin-1")
    if not chunked:
        head.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*head, "", ""]).encode("latin-1") + body
    head.append("Transfer-Encoding: chunked")
    size = max(1, -(-len(body) // pieces))
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    framed = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    end = f"0\r\nX-User-ID: {MALLORY}\r\n\r\n".encode() if trailer else b"0\r\n\r\n"
    return "\r\n".join([*head, "", ""]).encode("latin-1") + framed + end
