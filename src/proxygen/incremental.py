"""A build that works out only what has moved since an earlier one, down to nothing at all.

The manifest alone cannot tell that it is true: whoever edits an output can edit its hash as well, and in a
checkout of proxygen the generator moves while its version stays. So a build notes in the cache which
manifest it came to from which inputs; only where that note is found is an output known to be what a build
would write.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proxygen.cache import Cache, key_of
from proxygen.config.model import Config
from proxygen.config.read import load_config
from proxygen.cores import ONE_CORE, Cores
from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity
from proxygen.generator import generator_digest, is_released
from proxygen.output.manifest import MANIFEST
from proxygen.source.load import display_name
from proxygen.standing import Standing, standing

if TYPE_CHECKING:
    from proxygen.pipeline import Build, Refused

_KIND = "builds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An output of which it is known that a build would write just this, and with which diagnostics."""

    config: Config
    files: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]


def build_incrementally(
    specs: Path,
    *,
    output: Path | None = None,
    config: Path | None = None,
    templates: Path | None = None,
    cache: Cache,
    cores: Cores = ONE_CORE,
) -> Known | Build | Refused:
    """As `pipeline.build_specs`, to the byte; what lies there is taken where it is known to be the same."""
    try:
        loaded = load_config(specs, output=output, config=config, templates=templates)
        found = _known(loaded, cache)
    except (InputRefused, OSError):
        found = None
    if found is not None:
        return found
    # The generator and its libraries take half a second to import, which an unmoved build need not pay.
    from proxygen.pipeline import Refused, build_specs

    built = build_specs(
        specs, output=output, config=config, templates=templates, cache=cache, cores=cores
    )
    if not isinstance(built, Refused):
        note_build(built, cache)
    return built


def clean_by_manifest(config: Config, cache: Cache) -> bool:
    """Whether nothing moved of what the output is made from, nor the output.

    Of a released generator the manifest has the version. Of a checkout's source it has nothing; there a build
    by this very source must have left a note. Raises what `standing` raises.
    """
    now = standing(config)
    return not now.moved and (is_released() or _noted(config, now, cache) is not None)


def note_build(built: Build, cache: Cache) -> None:
    """Leave word that a build came to this manifest, with these diagnostics."""
    manifest = built.files[MANIFEST].encode()
    key = _key(built.config, manifest, built.origin.documents)
    cache.put(_KIND, key, json.dumps([asdict(item) for item in built.diagnostics]).encode())
    cache.trim()


def _known(config: Config, cache: Cache) -> Known | None:
    """The output as it is, where a build would write the same; None where only a build can tell."""
    if cache.folder is None:
        return None
    now = standing(config)
    note = None if now.moved else _noted(config, now, cache)
    if note is None:
        return None
    contents = {path: now.tree.read(path) for path in sorted(now.tree.owned)}
    files = {path: content.decode() for path, content in contents.items() if content is not None}
    return Known(config=config, files=files, diagnostics=tuple(_diagnostics(json.loads(note))))


def _noted(config: Config, now: Standing, cache: Cache) -> bytes | None:
    """What a build from just this noted, where one did."""
    return cache.get(_KIND, _key(config, now.tree.read(MANIFEST) or b"", now.origin.documents))


def _key(config: Config, manifest: bytes, documents: Mapping[str, str]) -> str:
    """Of everything that a build reads and the manifest does not have, or has only by its meaning."""
    parts: list[bytes | str] = [generator_digest(), manifest]
    if config.file is not None:
        parts += [display_name(config.file, config.folder), config.file.read_bytes()]
    parts += [display_name(path, config.folder) for path in config.parts]
    if len(documents) > sum(service.spec is not None for service in config.services):
        parts += _links(config.folder)
    return key_of(parts)


def _links(folder: Path) -> Iterator[str]:
    """Where symbolic links lead: a document may refer to another through one."""
    for where, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted((*folders, *files)):
            path = Path(where, name)
            if path.is_symlink():
                yield f"{path.relative_to(folder).as_posix()} -> {path.readlink().as_posix()}"


def _diagnostics(values: Iterable[dict[str, Any]]) -> Iterator[Diagnostic]:
    """What `note_build` wrote."""
    for value in values:
        yield Diagnostic(
            rule=value["rule"],
            severity=Severity(value["severity"]),
            location=Location(**value["location"]),
            found=value["found"],
            cure=value["cure"],
            related=tuple(Location(**each) for each in value["related"]),
        )
