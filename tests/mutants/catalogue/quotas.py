"""What a team's hooks and the rate limit decide before a request is forwarded."""

from __future__ import annotations

from tests.mutants.catalogue.places import broken, lower, runtime, unit, wire

_HOOKS = wire("rules_hooks")
_LIMITS = wire("rules_rate_limits")
_BUCKET = unit("runtime/token_bucket")
_SHARED = unit("runtime/rate_limit")

HOOKS = (
    broken(
        "asked-after-the-forward",
        "hooks.before",
        runtime("forwarder"),
        "            if plan.hooks is not None:\n"
        "                await plan.hooks(scope, identity, context)\n"
        "            if credential is not None:\n"
        "                add_credential(headers, await credential.line())\n"
        "            call = Attempts(plan, outbound, context, upload, watch)\n"
        "            response = await call.answer(scope)\n",
        "            call = Attempts(plan, outbound, context, upload, watch)\n"
        "            response = await call.answer(scope)\n"
        "            if plan.hooks is not None:\n"
        "                await plan.hooks(scope, identity, context)\n",
        _HOOKS,
    ),
    broken(
        "last-hook-first",
        "hooks.order",
        runtime("hooks/order"),
        "for hook in self.hooks:",
        "for hook in reversed(self.hooks):",
        _HOOKS,
    ),
    broken(
        "only-one-hook",
        "hooks.order",
        runtime("providers"),
        "of_team=tuple(of_team),",
        "of_team=tuple(of_team[:1]),",
        _HOOKS,
    ),
    broken(
        "hook-waits-for-ever",
        "hooks.failure",
        runtime("hooks/order"),
        "asyncio.timeout(self.seconds)",
        "asyncio.timeout(None)",
        _HOOKS,
    ),
    broken(
        "line-of-a-hook-not-looked-at",
        "hooks.lines",
        runtime("headers/writer"),
        "if lowered in _NEVER_ADDED or not TOKEN.fullmatch(name) or _has_control(value):",
        "if lowered in _NEVER_ADDED or not TOKEN.fullmatch(name):",
        _HOOKS,
    ),
    broken(
        "hook-replaces-the-correlation",
        "hooks.lines",
        runtime("headers/writer"),
        '_NEVER_ADDED: Final = HOP_BY_HOP | {"content-length", "x-correlation-id"}',
        '_NEVER_ADDED: Final = HOP_BY_HOP | {"content-length"}',
        _HOOKS,
    ),
    broken(
        "lines-of-a-refused-request-lost",
        "hooks.lines",
        runtime("hooks/order"),
        "            lines = [line for line in lines if line[0] not in named]\n",
        "            lines = []\n",
        _HOOKS,
    ),
    broken(
        "refusal-says-less-than-an-earlier-hook",
        "hooks.lines",
        runtime("hooks/order"),
        "            lines = [line for line in lines if line[0] not in named]\n",
        "",
        _HOOKS,
    ),
)
LIMITS = (
    broken(
        "one-bucket-for-all-callers",
        "limits.caller",
        runtime("hooks/rate_limit"),
        'key = (self._key, "user", identity.user_id)',
        'key = (self._key, "user", "")',
        _LIMITS,
    ),
    broken(
        "a-user-by-its-address",
        "limits.caller",
        runtime("hooks/rate_limit"),
        "        if identity is not None:\n",
        "        if identity is not None and not address:\n",
        _LIMITS,
    ),
    broken(
        "one-bucket-for-all-operations",
        "limits.operation",
        runtime("hooks/rate_limit"),
        "        self._key = name_of(operation)\n",
        "        self._key = operation.service\n",
        _LIMITS,
    ),
    broken(
        "every-address-of-a-network-its-own",
        "limits.caller",
        runtime("hooks/rate_limit"),
        "_NETWORK_BITS = 64\n",
        "_NETWORK_BITS = 0\n",
        _SHARED,
    ),
    broken(
        "all-addresses-of-version-4-one",
        "limits.caller",
        runtime("hooks/rate_limit"),
        "    if parsed.ipv4_mapped is not None:\n        return str(parsed.ipv4_mapped)\n",
        "",
        _SHARED,
    ),
    broken(
        "first-entry-of-the-chain-believed",
        "limits.address",
        runtime("headers/forwarding"),
        'believed = _entries(inbound, b"x-forwarded-for")[-trusted_hops:] if trusted_hops else []',
        'believed = _entries(inbound, b"x-forwarded-for")',
        _LIMITS,
    ),
    broken(
        "proxy-taken-for-its-clients",
        "limits.address",
        runtime("hooks/order"),
        "peer[0] if peer else None, self.trusted_hops)",
        "peer[0] if peer else None, 0)",
        _LIMITS,
    ),
    broken(
        "setting-before-the-operations-own",
        "limits.own",
        runtime("hooks/order"),
        "operation.rate_limit or self.rate_limit",
        "self.rate_limit or operation.rate_limit",
        _SHARED,
    ),
    broken(
        "services-limit-before-the-operations",
        "limits.own",
        lower("service"),
        "rate_limit_of(service.rate_limit, said.rate_limit)",
        "rate_limit_of(said.rate_limit, service.rate_limit)",
        unit("lower/rate_limits"),
    ),
    broken(
        "own-limit-not-written",
        "limits.own",
        "src/proxygen/render/pages/operations.py",
        '        ("rate_limit", _rate_limit(operation.rate_limit), None),\n',
        "",
        wire("rules_modes"),
    ),
    broken(
        "bucket-never-fills",
        "limits.bucket",
        runtime("hooks/token_bucket"),
        "found[0] + (now - found[1]) * limit.rate",
        "found[0]",
        _BUCKET,
    ),
    broken(
        "bucket-without-a-bottom",
        "limits.bucket",
        runtime("hooks/token_bucket"),
        "tokens = min(tokens, found[0] + (now - found[1]) * limit.rate)",
        "tokens = found[0] + (now - found[1]) * limit.rate",
        _BUCKET,
    ),
    broken(
        "refusal-takes-a-token",
        "limits.bucket",
        runtime("hooks/token_bucket"),
        "        if granted:\n            tokens -= 1.0\n",
        "        tokens -= 1.0\n",
        _BUCKET,
    ),
    broken(
        "buckets-without-bound",
        "limits.memory",
        runtime("hooks/token_bucket"),
        "elif len(levels) > self._capacity:",
        "elif False:",
        _BUCKET,
    ),
    broken(
        "busiest-bucket-forgotten",
        "limits.memory",
        runtime("hooks/token_bucket"),
        "            levels.move_to_end(key)\n",
        "            levels.move_to_end(key, last=False)\n",
        _BUCKET,
    ),
    broken(
        "wall-clock",
        "limits.bucket",
        runtime("hooks/token_bucket"),
        "clock: Callable[[], float] = time.monotonic",
        "clock: Callable[[], float] = time.time",
        _BUCKET,
    ),
    broken(
        "sooner-than-there-is-a-token",
        "limits.fields",
        runtime("hooks/rate_limit"),
        "        seconds = ceil(level.wait)\n",
        "        seconds = int(level.wait) // 2\n",
        _LIMITS,
    ),
    broken(
        "429-does-not-say-when",
        "limits.fields",
        runtime("hooks/rate_limit"),
        'headers=(("Retry-After", str(seconds)), *lines)',
        "headers=lines",
        _LIMITS,
    ),
)
MUTANTS = (*HOOKS, *LIMITS)
