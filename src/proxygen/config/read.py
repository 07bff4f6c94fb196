"""Reads the configuration of an edge, or makes the one of a folder that has none."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from proxygen.config.keys import FieldKeys, FileKeys
from proxygen.config.model import Config, HeadersConfig, IdentityConfig
from proxygen.config.said import said_keys
from proxygen.config.services import ServiceReader, timeouts_config
from proxygen.config.toml_file import Places, read_toml, validate_keys
from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity
from proxygen.source.load import DOCUMENT_SUFFIXES, display_name, is_part

CONFIG_NAME: Final = "proxygen.toml"
_PYPROJECT: Final = "pyproject.toml"
_SECTION: Final = ("tool", "proxygen")


def load_config(
    specs: Path,
    *,
    output: Path | None = None,
    config: Path | None = None,
    templates: Path | None = None,
) -> Config:
    """The configuration for a folder of documents, or for one document.

    `output`, `config` and `templates` are what the command line says; raises `InputRefused` with all that
    does not fit.
    """
    folder, documents = spec_documents(specs)
    file = config if config is not None else config_file(folder)
    if file is None:
        _refuse_astray(folder)
        values: Mapping[str, Any] = {}
        places = Places(CONFIG_NAME, "", ())
    else:
        values, places = _section(file, folder)
    keys = validate_keys(values, places)
    base = folder if file is None else file.parent
    parts = _parts(documents, keys, base) if specs.is_dir() else ()
    documents = tuple(path for path in documents if path not in parts)
    reader = ServiceReader(root=folder, base=base, places=places)
    services = reader.read(keys.services, documents)
    if specs.is_file():
        services = tuple(
            service
            for service in services
            if service.spec is not None and service.spec.resolve() == specs.resolve()
        )
    found = [*reader.found, *_fields_claimed_twice(keys, places)]
    if found:
        raise InputRefused(found)
    if not services:
        raise InputRefused([_nothing_here(folder, parts)])
    return Config(
        folder=folder,
        file=file,
        output=output if output is not None else _output(keys, base, folder),
        services=services,
        gateway_name=keys.gateway.name,
        identity=_identity(keys, places),
        headers=HeadersConfig(
            owned=_lower(keys.headers.owned),
            allow=_lower(keys.headers.allow),
            deny_response=_lower(keys.headers.deny_response),
        ),
        timeouts=timeouts_config(keys.timeouts),
        retries=keys.retries,
        validation_requests=keys.validation.requests,
        validation_formats=tuple(keys.validation.formats),
        error_format=keys.errors.format,
        metrics_prefix=keys.metrics.prefix,
        templates=templates if templates is not None else _templates(keys, base),
        parts=parts,
        said=said_keys(keys),
    )


def _parts(documents: tuple[Path, ...], keys: FileKeys, base: Path) -> tuple[Path, ...]:
    """The files that are no services by themselves, unless the configuration says that they are."""
    named = {(base / one.spec).resolve() for one in keys.services.values() if one.spec is not None}
    return tuple(
        path
        for path in documents
        if path.resolve() not in named
        and path.stem not in keys.services
        and is_part(path, root=base)
    )


def _nearby(missing: Path) -> str:
    """Where documents are instead: somebody has gone into their folder."""
    beside = missing.parent
    return f", such as `{beside.as_posix()}`" if (beside / CONFIG_NAME).is_file() else ""


def spec_documents(specs: Path) -> tuple[Path, tuple[Path, ...]]:
    """The folder of documents, and the files in it that could be some; raises `InputRefused`."""
    if specs.is_file():
        return specs.parent, (specs,)
    if not specs.is_dir():
        raise InputRefused(
            [
                Diagnostic(
                    "missing-folder",
                    Severity.ERROR,
                    Location(specs.as_posix()),
                    "There is no such folder or document.",
                    f"Give the folder that holds the OpenAPI documents{_nearby(specs)}.",
                )
            ]
        )
    return specs, tuple(
        path
        for path in sorted(specs.iterdir(), key=lambda item: item.name)
        if path.suffix.lower() in DOCUMENT_SUFFIXES
        and not path.name.startswith(".")
        and path.is_file()
    )


def config_file(folder: Path) -> Path | None:
    """Where the configuration of a folder stands, if it has one."""
    own = folder / CONFIG_NAME
    if own.is_file():
        return own
    project = folder / _PYPROJECT
    return project if project.is_file() and _has_section(project) else None


def _refuse_astray(folder: Path) -> None:
    """A configuration that somebody wrote and nobody would read."""
    project = folder.resolve().parent / _PYPROJECT
    if not (project.is_file() and _has_section(project)):
        return
    where = Location(Path(os.path.normpath(folder / ".." / _PYPROJECT)).as_posix())
    found = "[tool.proxygen] stands beside the folder of the documents, where it is not read."
    cure = f"Move it into {(folder / CONFIG_NAME).as_posix()}, or say --config {where.file}"
    finding = Diagnostic("configuration-astray", Severity.ERROR, where, found, f"{cure}.")
    raise InputRefused([finding])


def _has_section(project: Path) -> bool:
    try:
        tool = tomllib.loads(project.read_text(encoding="utf-8-sig")).get("tool", {})
    except (OSError, ValueError):
        return False
    return isinstance(tool, dict) and "proxygen" in tool


def _section(file: Path, folder: Path) -> tuple[Mapping[str, Any], Places]:
    values, text = read_toml(file, root=folder)
    section = _SECTION if file.name == _PYPROJECT else ()
    for name in section:
        values = values.get(name, {})
    return values, Places(display_name(file, folder), text, section)


def _output(keys: FileKeys, base: Path, folder: Path) -> Path:
    if keys.gateway.output is not None:
        return base / keys.gateway.output
    return folder.resolve().parent / "generated"


def _templates(keys: FileKeys, base: Path) -> Path | None:
    said = keys.gateway.templates
    return None if said is None else Path(os.path.normpath(base / said))


def _identity(keys: FileKeys, places: Places) -> IdentityConfig:
    identity = keys.identity
    claims = identity.claims.model_dump(exclude_none=True)
    return IdentityConfig(
        claims={name: tuple(values) for name, values in claims.items()},
        fields=None if identity.fields is None else _fields(identity.fields),
        on_client_value=identity.on_client_value,
        scopes=dict(sorted(identity.scopes.items())),
        location=places.at("identity") if "identity" in keys.model_fields_set else None,
    )


def _fields(fields: FieldKeys) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in fields.model_dump(exclude_none=True).items()}


def _fields_claimed_twice(keys: FileKeys, places: Places) -> list[Diagnostic]:
    """A wire name that two identity fields claim would be filled by chance."""
    fields = {} if keys.identity.fields is None else _fields(keys.identity.fields)
    seen: dict[str, str] = {}
    found = []
    for field, names in fields.items():
        for number, name in enumerate(names):
            plain = name.lower().replace("-", "").replace("_", "").replace(".", "")
            owner = seen.setdefault(plain, field)
            if owner != field:
                found.append(
                    Diagnostic(
                        "identity-field-twice",
                        Severity.ERROR,
                        places.at("identity", "fields", field, number),
                        f"`{name}` carries both {owner} and {field}.",
                        "Keep it with one of the two; case and separators do not count.",
                    )
                )
    return found


def _lower(names: list[str]) -> tuple[str, ...]:
    return tuple(sorted({name.lower() for name in names}))


def _nothing_here(folder: Path, parts: tuple[Path, ...]) -> Diagnostic:
    return Diagnostic(
        "empty-folder",
        Severity.ERROR,
        Location(folder.as_posix()),
        f"No file in the folder has the key `openapi`, not {parts[0].name} either."
        if parts
        else "The folder holds no document and names no service.",
        "Put OpenAPI documents (.yaml, .yml, .json) into it.",
    )
