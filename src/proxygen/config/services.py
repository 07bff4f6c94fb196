"""Which services an edge has: those of the configuration and the documents that lie beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from proxygen.config.keys import (
    BindKeys,
    OperationKeys,
    RateLimitKeys,
    SelectionKeys,
    ServiceKeys,
    SignatureKeys,
    TimeoutKeys,
    WaiveKeys,
)
from proxygen.config.model import (
    BindConfig,
    OperationConfig,
    PatternConfig,
    RateLimitConfig,
    ReferenceConfig,
    SelectionConfig,
    ServiceConfig,
    SignatureConfig,
    TimeoutsConfig,
    WaiveConfig,
)
from proxygen.config.service_names import is_service_name, service_name
from proxygen.config.toml_file import Places, nearest
from proxygen.diagnostics import Diagnostic, Location, Severity
from proxygen.source.load import display_name

_BIND_TARGET: Final = re.compile(r"(?:/.+)|(?:(?:header|query|path|form):.+)", re.DOTALL)
_DOT_SEGMENT: Final = re.compile(r"(?:^|/)\.{1,2}(?:/|$)|//")
_DOCUMENT_KEYS: Final = (
    *("operations", "contracts", "waive", "overlays", "include", "exclude", "references"),
)
_PATH_KEYS: Final = ("prefix", "strip", "base_path")


class ServiceReader:
    """Turns the keys of services into `ServiceConfig`s and collects what does not fit."""

    def __init__(self, *, root: Path, base: Path, places: Places) -> None:
        self._root = root
        self._base = base
        self._places = places
        self.found: list[Diagnostic] = []

    def read(
        self, keys: Mapping[str, ServiceKeys], documents: tuple[Path, ...]
    ) -> tuple[ServiceConfig, ...]:
        """One entry per service, in the order of names; each document belongs to one service."""
        services: dict[str, ServiceConfig] = {}
        stems = self._by_name(documents, keys)
        for name, service in keys.items():
            config = self._service(name, service, stems)
            if config is not None:
                services[name] = config
        claimed = {
            (self._base / service.spec).resolve() for service in keys.values() if service.spec
        }
        for name, paths in stems.items():
            free = [path for path in paths if path.resolve() not in claimed]
            if not free:
                continue
            if len(free) > 1 or (name in keys and keys[name].spec is not None):
                self._refuse_shared_name(name, free)
            elif name not in keys:
                services[name] = self._found_service(name, free[0])
        return tuple(services[name] for name in sorted(services))

    def _by_name(
        self, documents: tuple[Path, ...], keys: Mapping[str, ServiceKeys]
    ) -> dict[str, list[Path]]:
        stems: dict[str, list[Path]] = {}
        for path in documents:
            name = path.stem if path.stem in keys else service_name(path.stem)
            stems.setdefault(name, []).append(path)
        return stems

    def _found_service(self, name: str, path: Path) -> ServiceConfig:
        return ServiceConfig(
            name=name,
            location=Location(display_name(path, self._root)),
            spec=path,
            base_url_env=f"{name.upper()}_URL",
        )

    def _service(
        self, name: str, keys: ServiceKeys, stems: Mapping[str, list[Path]]
    ) -> ServiceConfig | None:
        place = self._places.at("services", name)
        if not is_service_name(name):
            self._refuse(
                "service-name",
                place,
                f"`{name[:80]}` cannot be the name of a service.",
                f"Use a lower-case Python name that is not reserved, such as "
                f"`{service_name(name)}`, and say `spec`.",
            )
        self._check_paths(name, keys)
        spec = self._spec(name, keys, stems, place)
        if keys.mode == "passthrough":
            self._check_passthrough(name, keys, place)
        elif spec is None:
            return None
        elif keys.methods is not None:
            self._refuse(
                "bad-value",
                self._places.at("services", name, "methods"),
                f"`methods` of the typed service {name} has no meaning.",
                "Remove it; the document says which methods there are.",
            )
        return ServiceConfig(
            name=name,
            location=place,
            spec=spec,
            mode=keys.mode,
            base_url_env=keys.base_url_env or f"{name.upper()}_URL",
            prefix=keys.prefix,
            strip=keys.strip,
            base_path=keys.base_path,
            methods=tuple(keys.methods) if keys.methods is not None else None,
            auth=keys.auth,
            signed=self._signature(keys.signed, keys.auth, "services", name),
            timeouts=timeouts_config(keys.timeouts),
            retries=keys.retries,
            rate_limit=_rate_limit_config(keys.rate_limit),
            validation_requests=keys.validation.requests,
            validation_formats=(
                None if keys.validation.formats is None else tuple(keys.validation.formats)
            ),
            on_client_value=keys.on_client_value,
            strict=keys.strict,
            overlays=self._overlays(name, keys),
            include=self._selection(keys.include, "services", name, "include"),
            exclude=self._selection(keys.exclude, "services", name, "exclude"),
            references=self._references(name, keys),
            contracts=dict(sorted(keys.contracts.items())),
            waive=self._waivers(keys.waive, "services", name),
            operations={
                key: self._operation(name, key, operation)
                for key, operation in keys.operations.items()
            },
        )

    def _spec(
        self, name: str, keys: ServiceKeys, stems: Mapping[str, list[Path]], place: Location
    ) -> Path | None:
        if keys.mode == "passthrough":
            if keys.spec is not None:
                self._refuse(
                    "bad-value",
                    self._places.at("services", name, "spec"),
                    f"The passthrough service {name} names a document.",
                    'Remove `spec`, or set mode = "typed".',
                )
            return None
        if keys.spec is None:
            paths = stems.get(name, [])
            if not paths:
                known = sorted(path.name for found in stems.values() for path in found)
                self._refuse(
                    "service-without-document",
                    place,
                    f"No document beside the configuration has the stem `{name}`."
                    f"{nearest(f'{name}.yaml', known)}",
                    'Say `spec = "…"`, or mode = "passthrough" and a prefix.',
                )
            return paths[0] if paths else None
        return self._named_spec(name, keys.spec)

    def _named_spec(self, name: str, spec: str) -> Path | None:
        place = self._places.at("services", name, "spec")
        return self._file(spec, place, "service-without-document")

    def _file(self, file: str, place: Location, missing: str) -> Path | None:
        """A file that the configuration names, inside the folder of the documents."""
        path = self._base / file
        if not path.resolve().is_relative_to(self._root.resolve()):
            self._refuse(
                "outside-folder",
                place,
                f"`{file}` lies outside the folder of the documents.",
                "Put the document into that folder; nothing else is read.",
            )
            return None
        if not path.is_file():
            names = sorted(item.name for item in self._base.iterdir())
            self._refuse(
                missing,
                place,
                f"There is no file `{file}`.{nearest(file, names)}",
                "Correct the path; it is relative to this file.",
            )
            return None
        return path

    def _overlays(self, name: str, keys: ServiceKeys) -> tuple[Path, ...]:
        places = [
            self._places.at("services", name, "overlays", n) for n in range(len(keys.overlays))
        ]
        paths = [
            self._file(file, place, "missing-file")
            for file, place in zip(keys.overlays, places, strict=True)
        ]
        return tuple(path for path in paths if path is not None)

    def _references(self, name: str, keys: ServiceKeys) -> dict[str, ReferenceConfig]:
        found = {}
        for url, reference in sorted(keys.references.items()):
            place = self._places.at("services", name, "references", url)
            path = self._file(reference.file, place, "missing-file")
            if path is not None:
                found[url] = ReferenceConfig(file=path, sha256=reference.sha256, location=place)
        return found

    def _selection(self, keys: SelectionKeys, *path: str) -> SelectionConfig:
        def patterns(kind: str, texts: list[str]) -> tuple[PatternConfig, ...]:
            return tuple(
                PatternConfig(text=text, location=self._places.at(*path, kind, number))
                for number, text in enumerate(texts)
            )

        return SelectionConfig(
            paths=patterns("paths", keys.paths),
            tags=patterns("tags", keys.tags),
            operations=patterns("operations", keys.operations),
            methods=patterns("methods", keys.methods),
        )

    def _check_passthrough(self, name: str, keys: ServiceKeys, place: Location) -> None:
        if keys.prefix is None or keys.prefix == "/":
            self._refuse(
                "missing-key",
                place,
                f"The passthrough service {name} has no prefix.",
                'Set `prefix = "/…"`, the part of the edge that it answers.',
            )
        for key in _DOCUMENT_KEYS:
            if getattr(keys, key) not in ([], {}, SelectionKeys()):
                self._refuse(
                    "bad-value",
                    self._places.at("services", name, key),
                    f"`{key}` has no meaning for the passthrough service {name}.",
                    "Remove it; there is no document to apply it to.",
                )

    def _check_paths(self, name: str, keys: ServiceKeys) -> None:
        for key in _PATH_KEYS:
            value = getattr(keys, key)
            if value is not None and (_DOT_SEGMENT.search(value) or "{" in value or "}" in value):
                self._refuse(
                    "bad-value",
                    self._places.at("services", name, key),
                    f"`{key}` of {name} is {value!a}.",
                    "Write literal segments, without variables, `.`, `..` or empty ones.",
                )
        for operation, config in keys.operations.items():
            if config.path is not None and _DOT_SEGMENT.search(config.path):
                self._refuse(
                    "bad-value",
                    self._places.at("services", name, "operations", operation, "path"),
                    f"The path {config.path!a} has an empty or dot segment.",
                    "Write the path as clients send it.",
                )

    def _operation(self, service: str, key: str, keys: OperationKeys) -> OperationConfig:
        path = ("services", service, "operations", key)
        return OperationConfig(
            key=key,
            location=self._places.at(*path),
            path=keys.path,
            auth=keys.auth,
            signed=self._signature(keys.signed, keys.auth, *path),
            timeouts=timeouts_config(keys.timeouts),
            retries=keys.retries,
            rate_limit=_rate_limit_config(keys.rate_limit),
            idempotent=keys.idempotent,
            bind=tuple(
                self._binding(target, value, self._places.at(*path, "bind", target))
                for target, value in keys.bind.items()
            ),
            waive=self._waivers(keys.waive, *path),
            validation=keys.validation,
            on_client_value=keys.on_client_value,
        )

    def _signature(
        self, keys: SignatureKeys | None, auth: str | None, *path: str
    ) -> SignatureConfig | None:
        if keys is None:
            return None
        place = self._places.at(*path, "signed")
        if auth != "public":
            self._refuse(
                "stale-signature",
                place,
                f"{keys.by[:80]!a} signed, and nothing is public here.",
                'Remove `signed`, or say `auth = "public"` beside it.',
            )
        return SignatureConfig(by=keys.by, reason=keys.reason, location=place)

    def _binding(self, target: str, value: str | BindKeys, place: Location) -> BindConfig:
        if not _BIND_TARGET.fullmatch(target):
            self._refuse(
                "bind-target",
                place,
                f"{target[:80]!a} is no place for an identity field.",
                "Write a JSON pointer into the body (`/owner/id`), "
                "or header:NAME, query:NAME, path:NAME, form:NAME.",
            )
        keys = BindKeys(field=value) if isinstance(value, str) else value  # type: ignore[arg-type]
        return BindConfig(
            target=target,
            field=keys.field,
            absent=keys.absent,
            absent_parent=keys.absent_parent,
            location=place,
        )

    def _waivers(self, waive: list[WaiveKeys], *path: str) -> tuple[WaiveConfig, ...]:
        return tuple(
            WaiveConfig(
                field=item.field,
                reason=item.reason,
                location=self._places.at(*path, "waive", number),
            )
            for number, item in enumerate(waive)
        )

    def _refuse_shared_name(self, name: str, paths: list[Path]) -> None:
        places = [Location(display_name(path, self._root)) for path in paths]
        self._refuse(
            "duplicate-service",
            places[-1],
            f"The name `{name}` that this document gives to its service is taken.",
            "Rename the file, or name it as `spec` of a service of another name.",
        )
        self.found[-1] = replace(self.found[-1], related=tuple(places[:-1]))

    def _refuse(self, rule: str, location: Location, found: str, cure: str) -> None:
        self.found.append(Diagnostic(rule, Severity.ERROR, location, found, cure))


def timeouts_config(keys: TimeoutKeys) -> TimeoutsConfig:
    """The time-outs of one table."""
    return TimeoutsConfig(**keys.model_dump())


def _rate_limit_config(keys: RateLimitKeys | None) -> RateLimitConfig | None:
    return None if keys is None else RateLimitConfig(rate=keys.rate, burst=keys.burst)
