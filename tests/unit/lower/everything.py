"""One document with every field of every object of OpenAPI 3.2, each with something to say."""

from __future__ import annotations

from typing import Any, Final

Json = Any

_WORDS: Final = {
    "type": "object",
    "title": "A thing",
    "description": "It has every keyword.",
    "required": ["name", "kind"],
    "minProperties": 1,
    "maxProperties": 9,
    "propertyNames": {"pattern": "^[a-z]+$"},
    "patternProperties": {"^z": {"type": "string"}},
    "dependentRequired": {"name": ["kind"]},
    "dependentSchemas": {"name": {"required": ["kind"]}},
    "unevaluatedProperties": False,
    "if": {"required": ["name"]},
    "then": {"required": ["kind"]},
    "else": {"required": ["tags"]},
    "not": {"required": ["never"]},
    "$id": "https://example.org/thing",
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$anchor": "thing",
    "$dynamicAnchor": "dynamic",
    "$comment": "for tools",
    "$defs": {"Inner": {"type": "integer"}},
    "xml": {"name": "thing"},
    "externalDocs": {"url": "https://example.org/"},
    "x-order": 1,
    "frobnicate": True,
    "deprecated": True,
    "example": {"name": "a", "kind": "b"},
    "properties": {
        "name": {
            "type": "string",
            "minLength": 1,
            "maxLength": 30,
            "pattern": "^[a-z]+$",
            "default": "a",
            "examples": ["b"],
            "description": "Its name.",
            "title": "Name",
        },
        "kind": {"type": "string", "enum": ["b", "c"], "description": "Its kind."},
        "one": {"const": "only"},
        "either": {"type": ["string", "null"], "format": "uuid"},
        "named": {"type": "string", "format": "uuid", "minLength": 36, "pattern": "^[0-9a-f-]+$"},
        "listed": {"type": "string", "enum": ["a", "bc"], "maxLength": 2, "minimum": 1},
        "maybe": {"type": "integer", "nullable": True, "format": "int32"},
        "count": {
            "type": "integer",
            "minimum": 1,
            "maximum": 9,
            "multipleOf": 2,
        },
        "ratio": {
            "type": "number",
            "exclusiveMinimum": 0,
            "exclusiveMaximum": 1,
            "multipleOf": 0.1,
        },
        "tags": {
            "type": "array",
            "items": {"type": "string"},
            "minItems": 1,
            "maxItems": 4,
            "uniqueItems": True,
            "contains": {"const": "x"},
            "minContains": 1,
            "maxContains": 2,
            "unevaluatedItems": False,
        },
        "pair": {"type": "array", "prefixItems": [{"type": "string"}], "items": False},
        "old": {"type": "array", "items": {"type": "string"}, "additionalItems": False},
        "picture": {
            "type": "string",
            "contentEncoding": "base64",
            "contentMediaType": "image/png",
            "contentSchema": {"type": "string"},
        },
        "words": {
            "type": "object",
            "additionalProperties": {"type": "string", "maxLength": 3},
            "minProperties": 1,
            "maxProperties": 3,
        },
        "odd": {"type": "string", "pattern": "(?=look)ahead"},
        "tree": {"$dynamicRef": "#dynamic", "type": "object"},
        "secret": {"type": "string", "writeOnly": True},
        "made": {"type": "string", "readOnly": True},
        "many": {"anyOf": [{"type": "string"}, {"type": "integer"}], "description": "Either."},
        "both": {
            "type": "object",
            "allOf": [
                {"$ref": "#/components/schemas/Base"},
                {
                    "type": "object",
                    "title": "More",
                    "description": "And more.",
                    "properties": {"more": {"type": "string"}},
                },
            ],
            "description": "Both.",
        },
        "text": {
            "allOf": [
                {"$ref": "#/components/schemas/Word"},
                {"maxLength": 5, "description": "A short one.", "title": "Short"},
            ],
        },
        "wrapped": {
            "allOf": [{"$ref": "#/components/schemas/Base"}],
            "readOnly": True,
            "description": "A base.",
        },
        "short": {"$ref": "#/components/schemas/Word", "maxLength": 4, "title": "Short"},
        "pet": {
            "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
            "discriminator": {
                "propertyName": "says",
                "mapping": {"meow": "#/components/schemas/Cat"},
                "defaultMapping": "#/components/schemas/Dog",
            },
        },
    },
}


def _animal(says: str) -> Json:
    return {
        "type": "object",
        "required": ["says"],
        "properties": {"says": {"type": "string", "enum": [says]}},
    }


_EXAMPLES: Final = {
    "first": {
        "summary": "The first",
        "description": "As it is.",
        "value": "b",
        "x-by": "me",
    },
    "second": {"dataValue": "c", "serializedValue": "c"},
    "third": {"externalValue": "https://example.org/c"},
}

EVERYTHING: Final[Json] = {
    "openapi": "3.2.0",
    "$self": "https://example.org/openapi.json",
    "jsonSchemaDialect": "https://spec.openapis.org/oas/3.2/dialect/2025-09-17",
    "x-root": {"openapi": "no"},
    "info": {
        "title": "Everything",
        "summary": "All of it",
        "description": "All of it, once.",
        "termsOfService": "https://example.org/terms",
        "version": "1",
        "contact": {"name": "We", "url": "https://example.org", "email": "we@example.org"},
        "license": {"name": "MIT", "identifier": "MIT"},
    },
    "servers": [
        {
            "url": "https://{host}/",
            "name": "main",
            "description": "The one",
            "variables": {"host": {"default": "a", "enum": ["a"], "description": "Which"}},
        }
    ],
    "externalDocs": {"url": "https://example.org/", "description": "More"},
    "security": [{"token": ["read"]}],
    "tags": [
        {
            "name": "Things",
            "summary": "Things",
            "description": "All things.",
            "parent": "Roots",
            "kind": "nav",
            "externalDocs": {"url": "https://example.org/"},
        },
        {"name": "Roots"},
    ],
    "webhooks": {"made": {"post": {"responses": {"200": {"description": "ok"}}}}},
    "paths": {
        "/things/{id}": {
            "summary": "A thing",
            "description": "One of them.",
            "servers": [{"url": "https://other.example.org"}],
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {
                "operationId": "getThing",
                "tags": ["Things"],
                "summary": "Get a thing",
                "description": "One thing.",
                "deprecated": True,
                "externalDocs": {"url": "https://example.org/"},
                "servers": [{"url": "https://third.example.org"}],
                "security": [{"token": ["read"]}, {"key": []}],
                "parameters": [
                    {
                        "name": "filter",
                        "in": "query",
                        "description": "Which",
                        "required": True,
                        "deprecated": True,
                        "allowEmptyValue": True,
                        "style": "pipeDelimited",
                        "explode": False,
                        "allowReserved": True,
                        "schema": {"type": "array", "items": {"type": "string"}},
                        "example": ["a"],
                    },
                    {
                        "name": "where",
                        "in": "query",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                    {"name": "deep", "in": "query", "style": "deepObject",
                     "schema": {"type": "object", "properties": {"a": {"type": "integer"}}}},
                    {"name": "X-Kind", "in": "header", "schema": {"type": "string"},
                     "examples": {"one": {"$ref": "#/components/examples/Kind"}}},
                    {"name": "crumb", "in": "cookie", "schema": {"type": "string"}},
                    {"name": "Accept", "in": "header", "schema": {"type": "string"}},
                    {"name": "X-Correlation-ID", "in": "header", "description": "ours",
                     "schema": {"type": "string", "maxLength": 9}},
                ],
                "callbacks": {"done": {"{$request.body#/url}": {"post": {}}}},
                "responses": {
                    "200": {
                        "summary": "It",
                        "description": "The thing.",
                        "headers": {
                            "X-Total": {
                                "description": "How many",
                                "required": True,
                                "deprecated": True,
                                "style": "simple",
                                "explode": True,
                                "schema": {"type": "integer"},
                                "example": 3,
                            },
                            "X-Rate": {"$ref": "#/components/headers/Rate"},
                        },
                        "content": {
                            "application/json": {
                                "schema": {"$ref": "#/components/schemas/Thing"},
                                "example": {"name": "a", "kind": "b"},
                            },
                            "application/xml": {"schema": {"$ref": "#/components/schemas/Thing"}},
                        },
                        "links": {"self": {"operationId": "getThing"}},
                    },
                    "4XX": {"$ref": "#/components/responses/Wrong"},
                    "default": {"description": "Anything else."},
                },
            },
            "put": {
                "operationId": "putThing",
                "requestBody": {"$ref": "#/components/requestBodies/Thing"},
                "responses": {"204": {"description": "Done.", "content": {
                    "text/plain": {"schema": {"type": "string"}}}}},
            },
            "query": {
                "operationId": "queryThings",
                "requestBody": {
                    "description": "What to look for",
                    "required": True,
                    "content": {
                        "application/x-www-form-urlencoded": {
                            "schema": {
                                "type": "object",
                                "required": ["deep"],
                                "properties": {
                                    "q": {"type": "string"},
                                    "at": {"type": "integer"},
                                    "deep": {
                                        "type": "object",
                                        "required": ["a"],
                                        "properties": {"a": {"type": "integer"}},
                                    },
                                    "listed": {"type": "array", "items": {"type": "integer"}},
                                },
                            },
                            "encoding": {
                                "deep": {"style": "deepObject", "explode": True},
                                "listed": {"style": "pipeDelimited", "explode": False},
                            },
                        }
                    },
                },
                "responses": {
                    "200": {
                        "description": "Them, one by one.",
                        "content": {
                            "application/jsonl": {
                                "itemSchema": {"type": "object"},
                                "description": "Lines",
                            }
                        },
                    }
                },
            },
            "trace": {"responses": {"200": {"description": "no"}}},
            "additionalOperations": {
                "COPY": {"operationId": "copy", "responses": {"200": {"description": "ok"}}}
            },
            "x-item": 1,
            "frobnicate": 1,
        },
        "/files": {
            "post": {
                "operationId": "upload",
                "requestBody": {
                    "content": {
                        "multipart/form-data": {
                            "schema": {
                                "type": "object",
                                "required": ["file"],
                                "properties": {
                                    "file": {"type": "string", "format": "binary"},
                                    "note": {"type": "object", "properties": {"a": {"type": "string"}}},
                                },
                            },
                            "encoding": {
                                "note": {
                                    "contentType": "application/json",
                                    "style": "form",
                                    "explode": True,
                                    "allowReserved": True,
                                    "headers": {"X-Part": {"schema": {"type": "string"}}},
                                    "encoding": {"a": {"contentType": "text/plain"}},
                                }
                            },
                        },
                        "multipart/mixed": {
                            "schema": {"type": "array"},
                            "prefixEncoding": [{"contentType": "text/plain"}],
                            "itemEncoding": {"contentType": "text/plain"},
                        },
                        "application/octet-stream": {"schema": {"type": "string"}},
                    }
                },
                "responses": {"201": {"description": "Made."}},
            }
        },
        "/find/{way}?kind=deep&all": {
            "get": {
                "parameters": [
                    {
                        "name": "way",
                        "in": "path",
                        "required": True,
                        "style": "matrix",
                        "explode": False,
                        "schema": {"type": "array", "items": {"type": "integer"}},
                    },
                    {
                        "name": "words",
                        "in": "query",
                        "style": "spaceDelimited",
                        "explode": False,
                        "schema": {"type": "array", "items": {"type": "string"}},
                    },
                    {
                        "name": "spread",
                        "in": "query",
                        "schema": {"$ref": "#/components/schemas/Dotted.Name-of"},
                    },
                ],
                "responses": {"2XX": {"description": "Found."}},
            }
        },
        "/find/{way}": {
            "get": {
                "operationId": "getThing",
                "parameters": [
                    {"name": "way", "in": "path", "required": True, "schema": {"type": "string"}},
                    {
                        "name": "acl",
                        "in": "query",
                        "required": True,
                        "schema": {"type": "boolean", "enum": [True]},
                    },
                ],
                "responses": {"200": {"description": "Found."}},
            },
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/x-www-form-urlencoded": {
                            "schema": {
                                "type": "object",
                                "properties": {
                                    "at": {"$ref": "#/components/schemas/Dotted.Name-of"},
                                    "ids": {"type": "array", "items": {"type": "integer"}},
                                },
                            },
                            "encoding": {
                                "at": {"style": "deepObject", "explode": True},
                                "ids": {"style": "form", "explode": False},
                            },
                        }
                    },
                },
                "responses": {"200": {"description": "Found."}},
            },
        },
        "/events": {"$ref": "#/components/pathItems/Events"},
    },
    "components": {
        "schemas": {
            "Thing": _WORDS,
            "Base": {"type": "object", "properties": {"base": {"type": "string"}}},
            "Word": {"type": "string", "minLength": 1},
            "Cat": _animal("meow"),
            "Dog": _animal("woof"),
            "Dotted.Name-of": {
                "type": "object",
                "properties": {
                    "a": {"type": "string", "enum": ["a", "A", "a-", "", "1", "class", "None"]},
                    "b": {"type": "integer", "enum": [1, 2]},
                },
            },
            "Unused": {"type": "object", "properties": {"a": {"type": "string"}}},
        },
        "parameters": {
            "Id": {
                "name": "id",
                "in": "path",
                "required": True,
                "style": "label",
                "explode": True,
                "description": "Which thing",
                "schema": {"type": "string"},
            },
            "Unused": {"name": "u", "in": "query", "schema": {"type": "string"}},
        },
        "headers": {"Rate": {"schema": {"type": "integer"}}, "Unused": {"schema": {}}},
        "responses": {"Wrong": {"description": "Wrong."}, "Unused": {"description": "Never."}},
        "requestBodies": {
            "Thing": {
                "description": "The thing",
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {"$ref": "#/components/schemas/Thing"},
                        "examples": _EXAMPLES,
                    }
                },
            },
            "Unused": {"content": {"text/plain": {}}},
        },
        "examples": {"Kind": {"value": "b", "summary": "B"}, "Unused": {"value": 1}},
        "links": {"Self": {"operationId": "getThing"}},
        "callbacks": {"Done": {"{$url}": {"post": {}}}},
        "pathItems": {
            "Events": {"get": {"operationId": "events", "responses": {"200": {
                "description": "They come.",
                "content": {"text/event-stream": {"schema": {"type": "string"}}}}}}},
            "Unused": {"get": {"responses": {"200": {"description": "Never."}}}},
        },
        "mediaTypes": {"Unused": {"schema": {"type": "string"}}},
        "securitySchemes": {
            "token": {
                "type": "oauth2",
                "description": "A token",
                "deprecated": True,
                "oauth2MetadataUrl": "https://example.org/meta",
                "flows": {
                    "clientCredentials": {
                        "tokenUrl": "https://example.org/token",
                        "scopes": {"read": "Read"},
                    }
                },
            },
            "key": {"type": "apiKey", "name": "X-Key", "in": "header", "description": "A key"},
            "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        },
    },
}  # fmt: skip
