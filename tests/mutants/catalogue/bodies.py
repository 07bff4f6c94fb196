"""Bodies: what is read of them, what is written into them, and what is left alone."""

from __future__ import annotations

from tests.mutants.catalogue.places import (
    ACCOUNTS,
    BATCHES,
    CLASSES,
    FILES,
    broken,
    generated,
    lower,
    runtime,
    unit,
    wire,
)

_BODIES = wire("rules_bodies")
_UPLOADS = wire("rules_uploads")
_ACCEPTANCE = wire("acceptance")
_LOWERED = unit("lower/identity")

STRICT = (
    broken(
        "duplicate-keys-pass",
        "bodies.strict",
        runtime("body/strict_json"),
        '    if len(members) != len(pairs):\n        raise ValueError("duplicate key")\n',
        "",
        _ACCEPTANCE,
    ),
    broken(
        "nan-passes",
        "bodies.strict",
        runtime("body/strict_json"),
        "def _no_constant(name: str) -> Any:\n    raise ValueError(name)\n",
        "def _no_constant(name: str) -> Any:\n    return name\n",
        unit("runtime/json_bodies"),
    ),
    broken(
        "any-encoding-passes",
        "bodies.strict",
        runtime("body/strict_json"),
        'text = content.decode("utf-8")',
        "text = content.decode(json.detect_encoding(content))",
        unit("runtime/json_unvalidated"),
    ),
    broken(
        "bad-json-is-422",
        "bodies.strict",
        runtime("body/strict_json"),
        "return EdgeError(400, INVALID_JSON)",
        "return EdgeError(422, INVALID_JSON)",
        BATCHES,
    ),
    broken(
        "encoded-body-read",
        "bodies.encoded",
        runtime("body/reader"),
        "        if lines.codings and is_encoded(headers, lines):\n            raise unsupported()\n",
        "",
        CLASSES,
    ),
    broken(
        "types-not-strict",
        "answers.own",
        runtime("parameters/validation"),
        "validate_json(content, strict=True)",
        "validate_json(content, strict=False)",
        BATCHES,
    ),
)

IDENTITY = (
    broken(
        "body-identity-not-injected",
        "identity.injected",
        runtime("body/json_body"),
        "        if self._plan is not _NO_PLAN:\n",
        "        if self._plan is _NO_PLAN:\n",
        BATCHES,
    ),
    broken(
        "nested-identity-not-injected",
        "identity.injected",
        runtime("body/json_identity"),
        "        if node.fields:\n            slots.append(Slot(opening + 1, bool(value), node))\n",
        "        if not node.path:\n            slots.append(Slot(opening + 1, bool(value), node))\n",
        BATCHES,
    ),
    broken(
        "nested-identity-not-injected-where-an-escape-hides-the-name",
        "identity.injected",
        runtime("body/json_identity"),
        "        _walk(node.children[step], text, value, tree[step], slots, removals)\n",
        "        continue\n",
        unit("runtime/json_bodies"),
    ),
    broken(
        "object-seen-where-its-name-stands-first",
        "identity.injected",
        runtime("body/strict_json"),
        "if at < 0 or text.find(quoted, at + 1) >= 0 or",
        "if at < 0 or",
        unit("runtime/places_in_json"),
    ),
    broken(
        "form-identity-not-injected",
        "identity.injected",
        runtime("body/form_body"),
        "            if value is not None:\n",
        "            if value is None:\n",
        ACCOUNTS,
    ),
    broken(
        "body-written-again",
        "bodies.bytes",
        runtime("body/json_body"),
        'json_identity.apply(self._plan, self._text, identity).encode("utf-8")',
        "(lambda j, t: j.dumps(j.loads(t)).encode())("
        '__import__("json"), json_identity.apply(self._plan, self._text, identity))',
        _ACCEPTANCE,
    ),
    broken(
        "form-written-again",
        "bodies.bytes",
        runtime("body/form_body"),
        "return FormBody(kept, value, self._bindings)",
        'return FormBody(kept.replace("+", "%20"), value, self._bindings)',
        _UPLOADS,
    ),
    broken(
        "absent-parent-builds",
        "bodies.parents",
        lower("identity"),
        "    if one.loose and (line is None or line.absent_parent is None):\n",
        "    if one.loose and line is None and not one.loose:\n",
        _LOWERED,
    ),
    broken(
        "absent-parent-passes",
        "bodies.parents",
        runtime("body/json_identity"),
        "        elif child.refuses_absence:\n            found.append(missing(",
        "        elif child is None:\n            found.append(missing(",
        unit("runtime/json_bodies"),
    ),
    broken(
        "absent-parent-refused-where-it-may-be",
        "bodies.parents",
        runtime("body/json_identity"),
        "        elif child.refuses_absence:\n            found.append(missing(",
        "        else:\n            found.append(missing(",
        _BODIES,
    ),
    broken(
        "array-binding-builds",
        "bodies.arrays",
        lower("identity"),
        "    if one.repeated or one.branch:\n",
        "    if one.branch:\n",
        _LOWERED,
    ),
    broken(
        "branch-binding-builds",
        "bodies.arrays",
        lower("identity"),
        "    if one.repeated or one.branch:\n",
        "    if one.repeated:\n",
        _LOWERED,
    ),
    broken(
        "no-organisation-is-no-null",
        "bodies.no-organisation",
        runtime("body/json_identity"),
        "        elif binding.absent is Absent.NULL:\n            written",
        "        elif binding.absent is None:\n            written",
        generated("batch_orchestrator", "class_management"),
    ),
    broken(
        "no-organisation-is-null-where-it-is-left-out",
        "bodies.no-organisation",
        runtime("body/json_identity"),
        "        elif binding.absent is Absent.NULL:\n            written",
        "        else:\n            written",
        BATCHES,
    ),
    broken(
        "required-organisation-left-out",
        "bodies.no-organisation",
        runtime("target"),
        "    value = identity.field(field)\n    if value is None:\n        raise EdgeError(403, FORBIDDEN)\n",
        '    value = identity.field(field)\n    if value is None:\n        return ""\n',
        unit("runtime/json_bodies"),
    ),
    broken(
        "nullable-organisation-left-out",
        "bodies.no-organisation",
        lower("identity"),
        "    if one.place is Place.BODY and one.nullable:\n        return Absent.NULL\n",
        "",
        _LOWERED,
    ),
)

PARTS = (
    broken(
        "our-part-goes-last",
        "bodies.parts-first",
        runtime("body/multipart_body"),
        "            content = own + self._chunks\n",
        '            content = self._chunks[: self._chunks.rindex(b"--" + self._boundary)] + own + '
        'self._chunks[self._chunks.rindex(b"--" + self._boundary) :]\n',
        FILES,
    ),
    broken(
        "our-part-goes-last-in-a-stream",
        "bodies.parts-first",
        runtime("body/multipart_body"),
        "            if own:\n                yield own\n            async for chunk in chunks:\n"
        "                yield chunk\n",
        "            async for chunk in chunks:\n                yield chunk\n"
        "            if own:\n                yield own\n",
        unit("runtime/multipart_bodies"),
    ),
    broken(
        "our-part-missing",
        "bodies.parts-first",
        runtime("body/multipart_body"),
        'own = b"".join(self._part(binding, identity) for binding in self._bindings)',
        'own = b""',
        FILES,
    ),
    broken(
        "part-of-the-client-passes",
        "bodies.parts-abort",
        runtime("body/multipart_body"),
        "        if self._reader.on_client_value is OnClientValue.REJECT:\n"
        "            raise invalid([found])\n",
        "",
        FILES,
    ),
    broken(
        "refused-upload-finished",
        "bodies.parts-abort",
        runtime("body/multipart_body"),
        "        except (EdgeError, ClientDisconnected) as error:\n"
        "            self.failure = error\n            raise\n\n\nclass MultipartReader",
        "        except (EdgeError, ClientDisconnected) as error:\n"
        "            self.failure = error\n\n\nclass MultipartReader",
        _UPLOADS,
    ),
    broken(
        "refused-upload-is-503",
        "bodies.parts-abort",
        runtime("calls/attempts"),
        "        if isinstance(failure, EdgeError):\n            raise failure from None\n",
        "",
        _UPLOADS,
    ),
    broken(
        "form-names-compared-raw",
        "bodies.decoded",
        runtime("parameters/pairs"),
        'bound_name(decode(piece[0].partition("=")[0]), bound)',
        'bound_name(piece[0].partition("=")[0], bound)',
        generated("identity", "file_service", "batch_orchestrator"),
    ),
    broken(
        "part-names-compared-raw",
        "bodies.decoded",
        runtime("body/multipart_body"),
        "bound_name(unquote(head.name), frozenset(reader.bound))",
        "bound_name(head.name, frozenset(reader.bound))",
        FILES,
    ),
)

UNTOUCHED = (
    broken(
        "raw-body-dropped",
        "bytes.bodies",
        runtime("body/raw_body"),
        'return (b"", 0) if self.length == 0 else (self._chunks(), self.length)',
        'return b"", 0',
        FILES,
    ),
    broken(
        "typed-body-written-again",
        "bytes.bodies",
        runtime("body/json_body"),
        "        content = self.content\n        if self._plan",
        "        content = self._text.strip().encode()\n        if self._plan",
        unit("runtime/json_bodies"),
    ),
    broken(
        "chunked-upload-collected",
        "bytes.bodies",
        runtime("transport/h1"),
        'framing, extra = b"Transfer-Encoding: chunked\\r\\n\\r\\n", 4\n',
        'framing, extra = b"Content-Length: 0\\r\\n\\r\\n", 4\n',
        _BODIES,
    ),
)

MUTANTS = (*STRICT, *IDENTITY, *PARTS, *UNTOUCHED)
