"""The order of checks, targets byte for byte, and both patterns of the seed."""

from __future__ import annotations

from tests.mutants.catalogue.places import (
    BFF,
    CLASSES,
    broken,
    generated,
    runtime,
    unit,
    wire,
)

_ROWS = wire("server_rows")
_TARGETS = wire("rules_targets")
_ACCEPTANCE = wire("acceptance")

ORDER = (
    broken(
        "no-guard",
        "order.guard",
        runtime("app"),
        "        if refused is not None:\n",
        "        if refused is None and refused:\n",
        _ROWS,
    ),
    broken(
        "two-framings-pass",
        "order.guard",
        runtime("guard"),
        '            if length is not None:\n                return _malformed("Content-Length',
        '            if length == b"x":\n                return _malformed("Content-Length',
        unit("runtime_server/guard"),
    ),
    broken(
        "any-host-passes",
        "order.guard",
        runtime("guard"),
        "        if found is None or len(host) > 260:\n",
        "        if len(host) > 260:\n",
        _ROWS,
    ),
    broken(
        "unlisted-host-passes",
        "order.guard",
        runtime("guard"),
        'if self._hosts and found[1].lower().rstrip(b".") not in self._hosts:',
        'if self._hosts and not found[1].lower().rstrip(b"."):',
        unit("runtime_server/guard"),
    ),
    broken(
        "routed-by-decoded-path",
        "order.guard",
        runtime("routing/dispatch"),
        '    raw = scope.get("raw_path")\n',
        '    raw = scope["path"].encode()\n',
        _ACCEPTANCE,
    ),
    broken(
        "body-before-identity",
        "order.identity",
        runtime("routing/route"),
        "                await self.admit(request)\n                return await answer(request)\n",
        "                response = await answer(request)\n                await self.admit(request)\n"
        "                return response\n",
        CLASSES,
    ),
    broken(
        "scopes-after-the-body",
        "order.identity",
        runtime("routing/route"),
        "        if isinstance(operation, Operation) and operation.scopes:\n",
        "        if isinstance(operation, Operation) and operation.scopes and not await request.body():\n",
        wire("rules_tokens"),
    ),
    broken(
        "sent-before-it-is-judged",
        "order.target",
        runtime("routing/signature"),
        "            raise invalid(problems)\n",
        "            context.reports.extend(report_lines(problems))\n",
        CLASSES,
    ),
    broken(
        "client-captures-fill-bound-names",
        "order.target",
        runtime("target"),
        "                    value if binding is None else self._own(binding, value, identity, reports)\n",
        "                    value or self._own(binding or self._path[name], value, identity, reports)\n"
        "                    if binding is None\n                    else value\n",
        generated("result_aggregator"),
    ),
    broken(
        "no-metric-at-the-end",
        "order.end",
        runtime("exchange"),
        "        counted.finished(method, context.status or CLIENT_GONE, elapsed)\n",
        "",
        CLASSES,
    ),
    broken(
        "no-event-at-the-end",
        "order.end",
        runtime("exchange"),
        "        log_finished(context, method, elapsed)\n",
        "",
        wire("rules_failures::TestLogs"),
    ),
    broken(
        "call-counted-at-the-head",
        "order.end",
        runtime("calls/attempts"),
        "        def ended(error: str | None) -> None:\n",
        "        self._count(inbound.status, started)\n\n        def ended(error: str | None) -> None:\n",
        CLASSES,
    ),
)

TARGETS = (
    broken(
        "segments-decoded",
        "bytes.raw",
        runtime("plan"),
        "return builder.build(request.path_params, _query(request), identity, reports)",
        "return builder.build("
        '{k: __import__("urllib.parse").parse.unquote(v) for k, v in request.path_params.items()}, '
        "_query(request), identity, reports)",
        _TARGETS,
    ),
    broken(
        "passthrough-decoded",
        "bytes.raw",
        runtime("plan"),
        "builder.build(prefix + request.path_params[REST], _query(request))",
        'builder.build(prefix + __import__("urllib.parse").parse.unquote(request.path_params[REST]), '
        "_query(request))",
        BFF,
    ),
    broken(
        "query-written-again",
        "bytes.raw",
        runtime("plan"),
        '    return raw.decode("latin-1")\n',
        '    parse = __import__("urllib.parse").parse\n'
        '    return str(parse.urlencode(parse.parse_qsl(raw.decode("latin-1"), keep_blank_values=True)))\n',
        CLASSES,
    ),
    broken(
        "repeated-keys-joined",
        "bytes.raw",
        runtime("plan"),
        '    return raw.decode("latin-1")\n',
        '    return "&".join({p.partition("=")[0]: p for p in raw.decode("latin-1").split("&")}.values())\n',
        CLASSES,
    ),
    broken(
        "query-dropped",
        "bytes.raw",
        runtime("target"),
        '        return (f"{target}?{raw_query}" if raw_query else target).encode("ascii")\n',
        '        return target.encode("ascii")\n',
        BFF,
    ),
    broken(
        "dot-segments-pass",
        "bytes.refused",
        runtime("target"),
        '        if piece.partition(b";")[0] in (b".", b".."):\n',
        '        if piece.partition(b";")[0] in (b".",):\n',
        BFF,
    ),
    broken(
        "encoded-dot-segments-pass",
        "bytes.refused",
        runtime("target"),
        "    decoded = unquote_to_bytes(raw_path)\n",
        '    decoded = raw_path.encode("ascii")\n',
        BFF,
    ),
    broken(
        "backslash-passes",
        "bytes.refused",
        runtime("target"),
        r'rb"[\x00-\x1f\x7f\\\xc0\xc1]|',
        r'rb"[\x00-\x1f\x7f\xc0\xc1]|',
        BFF,
    ),
    broken(
        "controls-pass",
        "bytes.refused",
        runtime("target"),
        r'rb"[\x00-\x1f\x7f\\\xc0\xc1]|',
        r'rb"[\\\xc0\xc1]|',
        BFF,
    ),
    broken(
        "forbidden-bytes-pass-in-a-path",
        "bytes.refused",
        runtime("target"),
        '    if not _PATH.fullmatch(raw_path):\n        raise EdgeError(400, "Invalid path")\n',
        "",
        unit("runtime/targets"),
    ),
    broken(
        "forbidden-bytes-pass-in-a-query",
        "bytes.refused",
        runtime("target"),
        "    if not _QUERY.fullmatch(raw_query) or raw_query.count",
        "    if raw_query.count",
        unit("runtime/targets"),
    ),
    broken(
        "path-not-checked",
        "bytes.refused",
        runtime("routing/route"),
        "        check_path(raw_path_of(scope))\n",
        "",
        _ACCEPTANCE,
    ),
    broken(
        "host-of-the-client",
        "bytes.host",
        runtime("headers/names"),
        '    "expect",\n    "host",\n',
        '    "expect",\n',
        unit("runtime/header_tables"),
    ),
    broken(
        "host-of-the-request",
        "bytes.host",
        runtime("transport/seam"),
        '        return host if self.port == default else f"{host}:{self.port}"\n',
        '        return "edge.test" if self.port != default else host\n',
        wire("rules_headers"),
    ),
    broken(
        "base-path-lost",
        "bytes.host",
        runtime("target"),
        "        self._pieces = ((prefix + first[0], first[1]), *rest)\n",
        "        self._pieces = (first, *rest)\n",
        unit("runtime/targets"),
    ),
)

PATTERNS = (
    broken(
        "variables-before-literals",
        "patterns.typed",
        runtime("routing/dispatch"),
        "    literal = node.literals.get(segment)\n    if literal is not None:\n",
        "    literal = node.literals.get(segment)\n    if literal is not None and node.variable is None:\n",
        generated("class_management", "result_aggregator", "batch_orchestrator"),
    ),
    broken(
        "empty-segment-is-a-variable",
        "patterns.typed",
        runtime("routing/dispatch"),
        "    if node.variable is not None and segment:\n",
        "    if node.variable is not None:\n",
        unit("runtime_core/dispatch", "runtime_core/dispatch_corners"),
    ),
    broken(
        "typed-query-unread",
        "patterns.typed",
        runtime("routing/signature"),
        "        if self.readers:\n",
        "        if self.readers and self.has_body:\n",
        generated("class_management", "file_service"),
    ),
    broken(
        "passthrough-takes-its-neighbours",
        "patterns.passthrough",
        runtime("routing/dispatch"),
        "        length = len(self.template.segments)\n",
        "        length = len(self.template.segments) - 1\n",
        unit("runtime_core/dispatch", "runtime_core/dispatch_corners"),
    ),
    broken(
        "passthrough-without-its-own-prefix",
        "patterns.passthrough",
        runtime("target"),
        '        target = self._base + rest or "/"\n',
        '        target = self._base + rest[len(self._prefix) :] or "/"\n',
        BFF,
    ),
    broken(
        "passthrough-without-rules",
        "patterns.passthrough",
        runtime("plan"),
        "        request_headers = RequestHeaderRules(policy)\n",
        '        request_headers = RequestHeaderRules(policy, declared=("x-internal-api-key",))\n',
        wire("rules_headers"),
    ),
    broken(
        "head-is-get-with-a-body",
        "patterns.typed",
        runtime("response"),
        'scope["method"] == "HEAD" or self.status_code in _BODILESS',
        "self.status_code in _BODILESS",
        _ROWS,
    ),
)

MUTANTS = (*ORDER, *TARGETS, *PATTERNS)
