"""Where a document comes from: an HTTP URL, a file, or a file at a revision of a git repository.

As text, which is what `specs.lock` keeps: `https://host/openapi.json`, `../service/openapi.yaml` (relative
to the folder of the documents), `git+https://host/repository.git@REF#PATH`, `git+../repository@REF#PATH`.
An origin holds no credential: one that does is refused before anything is asked, and is never printed.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_SCP: Final = re.compile(r"(?P<user>[A-Za-z0-9._-]+)@(?P<host>[A-Za-z0-9.-]+):(?P<path>[^/].*)")
_SEPARATORS: Final = re.compile(r"[-_.]")
_REF: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/+-]*")
_SECRETS: Final = frozenset(
    {
        *("accesskey", "accesstoken", "apikey", "auth", "authtoken", "clientsecret", "credential"),
        *("jwt", "key", "passwd", "password", "privatetoken", "pwd", "secret", "session", "sig"),
        *("signature", "token", "xamzcredential", "xamzsecuritytoken", "xamzsignature"),
        *("xgoogcredential", "xgoogsignature"),
    }
)
"""Names of query parameters that hold secrets, without case and separators."""
_GIT: Final = "git+"
_DEFAULT_REF: Final = "HEAD"
_GIT_SCHEMES: Final = ("https", "ssh", "file")
_KNOWN: Final = (
    "Give an http:// or https:// URL, a path, or git+https://HOST/REPOSITORY@REF#PATH "
    "(also git+ssh:// and git+file://)."
)


class Kind(StrEnum):
    """How an origin is read."""

    HTTP = "http"
    FILE = "file"
    GIT = "git"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """`where` is a URL or a path (of a file, or of a repository); `ref` and `path` are git's."""

    kind: Kind
    where: str
    ref: str = ""
    path: str = ""

    def __str__(self) -> str:
        if self.kind is not Kind.GIT:
            return self.where
        return f"{_GIT}{self.where}@{self.ref}#{self.path}"

    @property
    def file_name(self) -> str:
        """The last segment of what is read, decoded; "" where there is none."""
        if self.kind is Kind.GIT:
            return PurePosixPath(self.path).name
        if self.kind is Kind.FILE:
            return PurePosixPath(self.where).name
        return unquote(urlsplit(self.where).path.rpartition("/")[2])

    def seen_from(self, folder: Path) -> Origin:
        """The same place; a path that was relative to where we are becomes relative to `folder`."""
        if self.kind is Kind.HTTP or _SCHEME.match(self.where):
            return self
        where = os.path.relpath(Path(self.where).absolute(), folder.absolute())
        return replace(self, where=Path(where).as_posix())


def parse_origin(text: str) -> Origin:
    """The origin that a person or the lock names; raises `InputRefused`."""
    if not text.isprintable() or not text.strip() or text != text.strip():
        raise _refusal("origin-syntax", "", "The origin is empty or holds blanks.", _KNOWN)
    if text.startswith(_GIT):
        return _git(text.removeprefix(_GIT))
    if not _SCHEME.match(text):
        return Origin(kind=Kind.FILE, where=text)
    parts = _split(text)
    if parts.scheme == "file":
        return Origin(kind=Kind.FILE, where=_local_path(parts))
    if parts.scheme not in ("http", "https"):
        found = f"Documents are not fetched by {parts.scheme}:."
        raise _refusal("origin-syntax", shown_url(text), found, _KNOWN)
    if not parts.hostname or parts.fragment:
        found = "The URL has no host, or has a fragment."
        raise _refusal("origin-syntax", shown_url(text), found, _KNOWN)
    _refuse_credentials(text, parts, user_allowed=False)
    return Origin(kind=Kind.HTTP, where=text)


def git_origin(repository: str, ref: str, path: str) -> Origin:
    """A file at a revision; `repository` is a URL, `user@host:path`, or a path."""
    scp = _SCP.fullmatch(repository)
    if scp is not None:
        repository = f"ssh://{scp['user']}@{scp['host']}/{scp['path']}"
    segments = path.split("/")
    if not path or not path.isprintable() or {"", ".", ".."} & set(segments):
        found = f"`{path}` is no path of a file inside a repository."
        raise _refusal("origin-syntax", "", found, "Give it from the root: api/openapi.yaml.")
    if not _REF.fullmatch(ref) or ".." in ref:
        found = f"`{ref}` is no branch, tag or commit."
        raise _refusal("origin-syntax", "", found, "Give the name of one.")
    if repository.startswith("-") or not repository:
        raise _refusal("origin-syntax", "", "This is no repository.", _KNOWN)
    if _SCHEME.match(repository):
        parts = _split(repository)
        if parts.scheme not in _GIT_SCHEMES or (parts.hostname or "").startswith("-"):
            found = f"Repositories are not fetched by {parts.scheme}: from there."
            raise _refusal("origin-syntax", shown_url(repository), found, _KNOWN)
        _refuse_credentials(repository, parts, user_allowed=parts.scheme == "ssh")
    return Origin(kind=Kind.GIT, where=repository, ref=ref, path=path)


def local_path(folder: Path, where: str) -> Path:
    """The path that is meant by `where`, seen from a folder, which need not be there yet."""
    return Path(os.path.normpath(folder.absolute() / where))


def shown_url(url: str) -> str:
    """A URL without what may be a secret: user, password, query and fragment."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "the URL"
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def _git(text: str) -> Origin:
    repository, _, path = text.partition("#")
    head, at, ref = repository.rpartition("@")
    # What stands behind the @ of `ssh://git@host/…` and of `git@host:…` is no ref.
    is_url = "://" in repository
    if not at or ("/" not in head.partition("://")[2] if is_url else ":" in ref):
        head, ref = repository, _DEFAULT_REF
    return git_origin(head, ref, path)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # which is read, and refused, only now
    except ValueError:
        raise _refusal("origin-syntax", "", "This is no URL.", _KNOWN) from None
    return parts


def _local_path(parts: SplitResult) -> str:
    if parts.netloc not in ("", "localhost") or parts.query or parts.fragment:
        raise _refusal("origin-syntax", "", "A file: URL names a file of this machine.", _KNOWN)
    return unquote(parts.path)


def _refuse_credentials(text: str, parts: SplitResult, *, user_allowed: bool) -> None:
    names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    secret = any(_SEPARATORS.sub("", name).lower() in _SECRETS for name in names)
    if parts.password is not None or (parts.username is not None and not user_allowed) or secret:
        raise _refusal(
            "origin-credentials",
            shown_url(text),
            "The URL holds a credential, which would be kept in specs.lock.",
            "Leave it out: --token-env NAME sends the variable's value as a bearer token; git asks its own "
            "credential helper.",
        )


def _refusal(rule: str, where: str, found: str, cure: str) -> InputRefused:
    location = Location(where or "the origin")
    return InputRefused([Diagnostic(rule, Severity.ERROR, location, found, cure)])
