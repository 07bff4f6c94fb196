"""Converts Swagger 2.0 to OpenAPI 3.0, every node of which stands where it was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from proxygen.openapi.references import value_at
from proxygen.openapi.swagger_schemas import converted_schema, moved, schema_of, style_of
from proxygen.source.composed import ComposedDocument, Origins
from proxygen.source.document import Document, Pointer
from proxygen.source.pointers import child

VERSION: Final = "3.0.3"
"""What the converted document says it is."""

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch")
_IN_BODY: Final = frozenset({"body", "formData"})
_URLENCODED: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"
_JSON: Final = "application/json"
_BODY_NAME: Final = "x-codegen-request-body-name"
"""As other converters say it."""

_FLOWS: Final[Mapping[str, str]] = MappingProxyType(
    {"application": "clientCredentials", "accessCode": "authorizationCode"}
)
_KEPT: Final = ("tags", "summary", "description", "operationId", "deprecated", "security")

Placed = tuple[Any, Pointer]
"""A value of the 2.0 document and its place in it."""


def is_swagger(document: Document) -> bool:
    """Whether the document is written in Swagger 2.0."""
    return document.value.get("swagger") == "2.0" and "openapi" not in document.value


def convert_swagger(document: Document) -> tuple[Document, tuple[tuple[str, Pointer], ...]]:
    """The document in OpenAPI 3.0, and what has no word there: (noun, place in the 2.0 document)."""
    conversion = _Conversion(document)
    return conversion.document(), tuple(conversion.lost)


class _Conversion:
    """One document on its way from 2.0 to 3.0."""

    def __init__(self, document: Document) -> None:
        self._source = document
        self._root: dict[str, Any] = document.value
        self._origins = Origins()
        self.lost: list[tuple[str, Pointer]] = []

    def document(self) -> Document:
        """The converted document."""
        root = self._root
        kept = {"info", "tags", "security", "externalDocs"}
        new: dict[str, Any] = {
            "openapi": VERSION,
            **{key: root[key] for key in root if key in kept or key.startswith("x-")},
        }
        self._note(new, "openapi", "/swagger")
        parts = [key for key in ("host", "basePath", "schemes") if key in root]
        if parts:
            new["servers"] = [{"url": "/"} for _ in parts]
            for number, key in enumerate(parts):
                self._note(new["servers"], number, f"/{key}")
        new["components"] = self._components()
        self._note(new, "components", "")
        new["paths"] = self._paths(root.get("paths"))
        return ComposedDocument(self._source, new, self._origins)

    def _note(self, container: Any, key: str | int, place: Pointer) -> None:
        self._origins.note(container, key, (self._source, place))

    def _components(self) -> dict[str, Any]:
        components: dict[str, Any] = {}
        for old, new, convert in (
            ("definitions", "schemas", lambda value, _: converted_schema(value)),
            ("responses", "responses", self._shared_response),
            ("securityDefinitions", "securitySchemes", lambda value, _: _scheme(value)),
        ):
            section = self._root.get(old)
            if section is None:
                continue
            self._note(components, new, f"/{old}")
            if not isinstance(section, dict):
                components[new] = section
                continue
            components[new] = {
                name: convert(value, child(f"/{old}", name)) for name, value in section.items()
            }
        parameters: dict[str, Any] = {}
        for value, place, name in self._items(self._root.get("parameters"), "/parameters"):
            if _location(value) not in _IN_BODY:
                parameters[name] = self._parameter(value, place)
        components["parameters"] = parameters
        self._note(components, "parameters", "/parameters")
        return components

    def _items(self, section: Any, pointer: Pointer) -> Iterator[tuple[Any, Pointer, str]]:
        if isinstance(section, dict):
            for name, value in section.items():
                yield value, child(pointer, name), name

    def _paths(self, paths: Any) -> Any:
        if not isinstance(paths, dict):
            return paths
        new: dict[str, Any] = {}
        for path, item in paths.items():
            place = child("/paths", path)
            is_item = isinstance(item, dict) and not path.startswith("x-")
            new[path] = self._path_item(item, place) if is_item else item
        return new

    def _path_item(self, item: dict[str, Any], pointer: Pointer) -> dict[str, Any]:
        shared = self._listed(item, pointer)
        new: dict[str, Any] = {}
        for key, value in item.items():
            if key == "parameters":
                new[key] = self._listing(shared, value)
            elif key in _METHODS and isinstance(value, dict):
                new[key] = self._operation(value, child(pointer, key), shared)
            else:
                new[key] = value
        return new

    def _listed(self, owner: dict[str, Any], pointer: Pointer) -> list[Placed]:
        items = owner.get("parameters")
        if not isinstance(items, list):
            return []
        place = child(pointer, "parameters")
        return [(value, child(place, number)) for number, value in enumerate(items)]

    def _resolved(self, placed: Placed) -> Placed:
        """A parameter where it is defined, by at most twenty references."""
        value, place = placed
        for _ in range(20):
            reference = value.get("$ref") if isinstance(value, dict) else None
            if not isinstance(reference, str) or not reference.startswith("#/parameters/"):
                break
            place = reference[1:]
            value = value_at(self._root, place)
        return value, place

    def _location(self, placed: Placed) -> str | None:
        value, _ = self._resolved(placed)
        return _location(value)

    def _listing(self, parameters: list[Placed], otherwise: Any) -> Any:
        """The parameters that stay parameters."""
        if not isinstance(otherwise, list):
            return otherwise
        new: list[Any] = []
        for value, place in parameters:
            if self._location((value, place)) in _IN_BODY:
                continue
            new.append(self._parameter(value, place))
            self._note(new, len(new) - 1, place)
        return new

    def _parameter(self, value: Any, place: Pointer) -> Any:
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            return {**value, "$ref": moved(value["$ref"])}
        names = ("name", "in", "description", "required", "allowEmptyValue")
        new = {
            key: member
            for key, member in value.items()
            if key in names or key.startswith("x-") or key == "deprecated"
        }
        style = self._style(value, place)
        if style is not None:
            new["style"], new["explode"] = style
            self._note(new, "style", child(place, "collectionFormat"))
            self._note(new, "explode", child(place, "collectionFormat"))
        if "content" in value or "schema" in value:
            # What people write who take 3.0's words for 2.0's.
            new |= {key: value[key] for key in ("content", "schema") if key in value}
        else:
            new["schema"] = schema_of(value, split=style is not None)
            self._note(new, "schema", place)
        return new

    def _style(self, value: dict[str, Any], place: Pointer) -> tuple[str, bool] | None:
        if value.get("type") != "array":
            return None
        style = style_of(value)
        if style is None:
            self.lost.append(("collectionFormat", child(place, "collectionFormat")))
        return style

    def _operation(
        self, value: dict[str, Any], pointer: Pointer, shared: list[Placed]
    ) -> dict[str, Any]:
        new = {
            key: member
            for key, member in value.items()
            if key in _KEPT or key == "externalDocs" or key.startswith("x-")
        }
        own = self._listed(value, pointer)
        if "parameters" in value:
            new["parameters"] = self._listing(own, value["parameters"])
        body = self._body(own, shared, value, pointer)
        if body is not None:
            new["requestBody"], place = body
            self._note(new, "requestBody", place)
        if "schemes" in value:
            new["servers"] = [{"url": "/"}]
            self._note(new, "servers", child(pointer, "schemes"))
        produces = self._types("produces", value, pointer)
        if isinstance(value.get("responses"), dict):
            place = child(pointer, "responses")
            new["responses"] = {
                status: self._response(response, child(place, status), produces)
                for status, response in value["responses"].items()
            }
        elif "responses" in value:
            new["responses"] = value["responses"]
        return new

    def _types(self, key: str, value: dict[str, Any], pointer: Pointer) -> list[Placed]:
        """`consumes` or `produces` of an operation, or of the document."""
        owner, place = (value, pointer) if isinstance(value.get(key), list) else (self._root, "")
        items = owner.get(key)
        if not isinstance(items, list):
            return []
        base = child(place, key)
        found: dict[str, Pointer] = {}
        for number, item in enumerate(items):
            if isinstance(item, str):
                found.setdefault(item, child(base, number))
        return list(found.items())

    def _body(
        self,
        own: list[Placed],
        shared: list[Placed],
        operation: dict[str, Any],
        pointer: Pointer,
    ) -> Placed | None:
        """The request body that `in: body` or `in: formData` parameters make."""
        consumes = self._types("consumes", operation, pointer)
        for parameters in (own, shared):
            bodies = [one for one in parameters if self._location(one) == "body"]
            if bodies:
                return self._whole_body(self._resolved(bodies[0]), consumes)
        fields = {
            value["name"]: (value, place)
            for one in (*shared, *own)
            if self._location(one) == "formData"
            for value, place in [self._resolved(one)]
            if isinstance(value.get("name"), str)
        }
        return self._form(list(fields.values()), consumes, pointer) if fields else None

    def _whole_body(self, body: Placed, consumes: list[Placed]) -> Placed:
        value, place = body
        schema = converted_schema(value.get("schema", {}))
        content: dict[str, Any] = {}
        for media_type, origin in consumes or [(_JSON, place)]:
            content[media_type] = {"schema": schema}
            self._note(content, media_type, origin)
            self._note(content[media_type], "schema", child(place, "schema"))
        new = {
            key: member
            for key, member in value.items()
            if key in {"description", "required"} or key.startswith("x-")
        }
        new["content"] = content
        self._note(new, "content", place)
        if "name" in value:
            # 2.0's body has a name, which is never sent (OAS 2.0, 5.2.10).
            new[_BODY_NAME] = value["name"]
            self._note(new, _BODY_NAME, child(place, "name"))
        return new, place

    def _form(self, fields: list[Placed], consumes: list[Placed], pointer: Pointer) -> Placed:
        """A form: multipart where it holds a file, else what `consumes` names, else urlencoded."""
        place = fields[0][1]
        properties: dict[str, Any] = {}
        encoding: dict[str, Any] = {}
        required = []
        for value, where in fields:
            name = value["name"]
            style = self._style(value, where)
            properties[name] = schema_of(value, split=style is not None)
            if isinstance(value.get("description"), str):
                properties[name]["description"] = value["description"]
            self._note(properties, name, where)
            if style is not None:
                encoding[name] = {"style": style[0], "explode": style[1]}
                self._note(encoding, name, where)
            if value.get("required") is True:
                required.append(name)
        schema: dict[str, Any] = {"type": "object", "properties": properties}
        self._note(schema, "properties", place)
        if required:
            schema["required"] = required
        has_file = any(value.get("type") == "file" for value, _ in fields)
        forms = [one for one in consumes if one[0].split(";")[0] in {_URLENCODED, _MULTIPART}]
        if has_file:
            forms = [one for one in forms if one[0] != _URLENCODED] or [(_MULTIPART, place)]
        self.lost += [
            ("media type of a form", origin)
            for one, origin in consumes
            if origin.startswith(f"{pointer}/") and (one, origin) not in forms
        ]
        content: dict[str, Any] = {}
        for media_type, origin in forms or [(_URLENCODED, place)]:
            content[media_type] = {"schema": schema}
            if encoding:
                content[media_type]["encoding"] = encoding
                self._note(content[media_type], "encoding", place)
            self._note(content, media_type, origin)
            self._note(content[media_type], "schema", place)
        new = {"required": bool(required), "content": content}
        self._note(new, "content", place)
        return new, place

    def _shared_response(self, value: Any, pointer: Pointer) -> Any:
        return self._response(value, pointer, self._types("produces", {}, ""))

    def _response(self, value: Any, pointer: Pointer, produces: list[Placed]) -> Any:
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            return {**value, "$ref": moved(value["$ref"])}
        new = {
            key: member
            for key, member in value.items()
            if key == "description" or key.startswith("x-")
        }
        content: dict[str, Any] = {}
        if "schema" in value:
            schema = converted_schema(value["schema"])
            is_file = isinstance(value["schema"], dict) and value["schema"].get("type") == "file"
            default = "application/octet-stream" if is_file else _JSON
            for media_type, origin in produces or [(default, pointer)]:
                content[media_type] = {"schema": schema}
                self._note(content, media_type, origin)
                self._note(content[media_type], "schema", child(pointer, "schema"))
        examples = value.get("examples")
        if isinstance(examples, dict):
            for media_type, example in examples.items():
                place = child(pointer, "examples", media_type)
                if media_type in content:
                    content[media_type]["example"] = example
                    self._note(content[media_type], "example", place)
                else:
                    self.lost.append(("example", place))
        if content:
            new["content"] = content
            self._note(new, "content", pointer)
        if isinstance(value.get("headers"), dict):
            new["headers"] = {name: _header(header) for name, header in value["headers"].items()}
        return new


def _location(parameter: Any) -> str | None:
    location = parameter.get("in") if isinstance(parameter, dict) else None
    return location if isinstance(location, str) else None


def _header(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    kept = {
        key: member for key, member in value.items() if key == "description" or key.startswith("x-")
    }
    return {**kept, "schema": schema_of(value, split=True)}


def _scheme(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value.get("type") == "basic":
        return {**value, "type": "http", "scheme": "basic"}
    if value.get("type") != "oauth2" or not isinstance(value.get("flow"), str):
        return value
    words = ("authorizationUrl", "tokenUrl", "scopes")
    flow = {"scopes": {}, **{word: value[word] for word in words if word in value}}
    kept = {key: member for key, member in value.items() if key not in {*words, "flow"}}
    return {**kept, "flows": {_FLOWS.get(value["flow"], value["flow"]): flow}}
