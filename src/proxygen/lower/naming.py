"""Assigns the final Python names: the only place where text of a document becomes an identifier.

A name depends on the text it is made from and on what was named before it, on nothing else; it is ASCII, at
most `LONGEST` characters, no keyword or builtin, and distinct from its neighbours without regard to case, so
that it can be a file name too.
"""

from __future__ import annotations

import builtins
import hashlib
import keyword
import re
import unicodedata
from functools import lru_cache

LONGEST = 72
"""Characters; Linux allows 255 bytes in a file name, and people read less."""

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_PYTHON = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins)})
_FUNCTIONS = _PYTHON | {
    "annotations",
    "body",
    "contracts",
    "cookies",
    "forward",
    "headers",
    "identity",
    "operations",
    "path",
    "query",
    "request",
    "response",
    "router",
    "self",
}
_CLASSES = _PYTHON | {
    "Annotated",
    "Any",
    "AwareDatetime",
    "BaseModel",
    "Base64Str",
    "ClassVar",
    "ConfigDict",
    "Contract",
    "Dict",
    "Field",
    "Final",
    "Forwarder",
    "FormBody",
    "FromDishka",
    "Identity",
    "Integer",
    "JsonBody",
    "List",
    "Literal",
    "MultipartBody",
    "NaiveDatetime",
    "OnlyFalse",
    "OnlyTrue",
    "Optional",
    "ProxyRouter",
    "RawBody",
    "Request",
    "Response",
    "Root",
    "RootContract",
    "RootModel",
    "StrictBool",
    "StrictBytes",
    "StrictFloat",
    "StrictInt",
    "StrictStr",
    "TypeAliasType",
    "TypeVar",
    "UUID",
    "Union",
    "Uuid",
    "Model",
}
_SERVICES = _PYTHON | {
    "app",
    "aux",
    "con",
    "conftest",
    "contracts",
    "generated",
    "init",
    "main",
    "nul",
    "operations",
    "prn",
    "providers",
    "proxygen",
    "routers",
    "settings",
    "test",
    "tests",
}


def snake_case(text: str, *, otherwise: str) -> str:
    """`registerBatch` and `Register batch!` as `register_batch`; `otherwise` where no letter is left."""
    return _shortened("_".join(word.lower() for word in _words(text)), text, otherwise)


def pascal_case(text: str, *, otherwise: str) -> str:
    """`batch_status.v1` as `BatchStatusV1`, and `HTTPError` as it is."""
    parts = re.split(r"[^A-Za-z0-9]+", _ascii(text))
    return _shortened("".join(part[:1].upper() + part[1:] for part in parts), text, otherwise)


class Names:
    """Hands out names that are distinct from each other, without regard to case, and from reserved ones."""

    def __init__(
        self, reserved: frozenset[str] = frozenset(), *, suffix: str = "_", joint: str = "_"
    ) -> None:
        self._reserved = reserved
        self._suffix = suffix
        self._joint = joint
        self._taken: set[str] = set()

    def take(self, wanted: str) -> str:
        """`wanted` (`wanted_` where that is reserved), or the first free of `wanted_2`, `wanted_3`, ..."""
        first = f"{wanted}{self._suffix}" if wanted in self._reserved else wanted
        name, number = first, 1
        while name.casefold() in self._taken or name in self._reserved:
            number += 1
            name = f"{first.rstrip('_')}{self._joint}{number}"
        self._taken.add(name.casefold())
        return name


class ServiceNames:
    """All names of one service; ask in document order, components before what is made from them."""

    def __init__(self) -> None:
        self._functions = Names(_FUNCTIONS)
        self._constants = Names()
        self._classes = Names(_CLASSES, suffix="Model", joint="Variant")
        self._modules = Names()
        self._module_of_tag: dict[str, str] = {}

    def function(self, operation_id: str) -> str:
        """The handler's name."""
        return self._functions.take(snake_case(operation_id, otherwise="operation"))

    def constant(self, function: str) -> str:
        """The name of the operation's constant, from the name of its handler."""
        return self._constants.take(function.upper())

    def class_(self, *parts: str) -> str:
        """A class name for a schema, of one or several texts."""
        return self._classes.take(
            _cut(
                "".join(pascal_case(part, otherwise="Schema") for part in parts),
                "/".join(parts),
                "",
            )
        )

    def module(self, tag: str) -> str:
        """The stem of the router module of a tag; the same tag has one module."""
        if tag not in self._module_of_tag:
            self._module_of_tag[tag] = self._modules.take(snake_case(tag, otherwise="routes"))
        return self._module_of_tag[tag]


def service_names(names: tuple[str, ...]) -> dict[str, str]:
    """Package names of the services, by the names that the configuration has."""
    free = Names(_SERVICES)
    return {name: free.take(snake_case(name, otherwise="service")) for name in names}


def operation_id_of(method: str, path: str) -> str:
    """An operationId for an operation that has none: `get_v1_batches_by_batch_id`."""
    words = [method.lower()]
    for segment in path.strip("/").split("/"):
        variable = segment.startswith("{")
        words.append(f"by_{segment.strip('{}')}" if variable else segment)
    return snake_case("_".join(words), otherwise="operation")


@lru_cache(maxsize=65536)
def folded(name: str) -> str:
    """A wire name without case and separators: `userId`, `user-id`, `X.User_ID` less its marks."""
    return re.sub(r"[-_. ]", "", name).casefold()


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")


def _words(text: str) -> list[str]:
    plain = re.sub(r"[^A-Za-z0-9]+", " ", _ascii(text))
    words: list[str] = []
    for chunk in plain.split():
        for word in _WORD.findall(chunk):
            if words and word.isdigit() and not chunk.startswith(word):
                words[-1] += word
            else:
                words.append(word)
    return words


def _shortened(name: str, text: str, otherwise: str) -> str:
    joint = "_" if otherwise.islower() else ""
    if not name:
        name = f"{otherwise}{joint}{_digest(text)}" if text else otherwise
    if name[0].isdigit():
        name = f"{otherwise}{joint}{name}"
    return _cut(name, text, joint)


def _cut(name: str, text: str, joint: str) -> str:
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 9].rstrip('_')}{joint}{_digest(text)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
