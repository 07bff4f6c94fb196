"""Keys that an issuer publishes, credentials of the edge's own, and TLS with a downstream."""

from __future__ import annotations

from tests.mutants.catalogue.places import broken, runtime, unit, wire

_TOKENS = wire("rules_tokens")
_KEYS = wire("rules_keys")
_VERIFIER = unit("runtime/token_verifier")
_CREDENTIALS = wire("rules_credentials")
_GRANT = unit("runtime/client_credentials")
_TLS = wire("rules_tls")
_SETTINGS = unit("runtime_core/identity_settings")

TOKENS = (
    broken(
        "exp-of-any-type",
        "tokens.expiry",
        runtime("identity/tokens"),
        "    if isinstance(value, bool) or not isinstance(value, int | float):\n"
        "        raise BadTokenError\n",
        "    value = float(value)\n",
        _TOKENS,
    ),
    broken(
        "exp-in-any-year",
        "tokens.expiry",
        runtime("identity/tokens"),
        "    if not 0 <= value <= LATEST_TIME:\n        raise BadTokenError\n",
        "",
        _TOKENS,
    ),
    broken(
        "lifetime-without-a-limit",
        "tokens.expiry",
        runtime("identity/tokens"),
        "if longest is not None and expires > now + longest + 2 * leeway:",
        "if longest is not None and expires > now + 2 * now:",
        wire("rules_tokens_of_teams"),
    ),
    broken(
        "no-leeway",
        "tokens.clock",
        runtime("identity/tokens"),
        '        expires = _time(claims.get("exp")) + leeway\n',
        '        expires = _time(claims.get("exp"))\n',
        _TOKENS,
    ),
    broken(
        "memory-by-the-wall-clock",
        "tokens.clock",
        runtime("identity/tokens"),
        " or found.believed_until <= self._steady()",
        "",
        _VERIFIER,
    ),
    broken(
        "expired-is-of-no-kind",
        "tokens.clock",
        runtime("identity/tokens"),
        "            raise unauthenticated(Kind.AUTH_EXPIRED) from None\n",
        "            raise unauthenticated() from None\n",
        _VERIFIER,
    ),
    broken(
        "scope-without-challenge",
        "tokens.challenge",
        runtime("identity/caller"),
        'EdgeError(403, FORBIDDEN, headers=(("WWW-Authenticate", challenge),))',
        "EdgeError(403, FORBIDDEN)",
        _TOKENS,
    ),
)

KEYS = (
    broken(
        "unknown-keys-flood",
        "keys.burst",
        runtime("identity/jwks"),
        "            if asked is not None and now - asked < self._unknown:\n                return\n",
        "",
        _VERIFIER,
    ),
    broken(
        "unknown-keys-do-not-wait-for-the-fetch",
        "keys.burst",
        runtime("identity/jwks"),
        "        if not self._fetch.running:\n            if asked",
        "        if True:\n            if asked",
        _KEYS,
    ),
    broken(
        "a-fetch-for-each-who-waits",
        "keys.burst",
        runtime("identity/shared_fetch"),
        "        if self._running is None or self._running.done():\n",
        "        if True:\n",
        _VERIFIER,
    ),
    broken(
        "keys-for-ever",
        "keys.stale",
        runtime("identity/jwks"),
        "self._fetched_at is not None and self._age() <= self._stale",
        "self._fetched_at is not None",
        _VERIFIER,
    ),
    broken(
        "no-keys-while-the-issuer-is-down",
        "keys.stale",
        runtime("identity/jwks"),
        "self._fetched_at is not None and self._age() <= self._stale",
        "self._fetched_at is not None and not self.stale",
        _KEYS,
    ),
    broken(
        "staleness-not-told",
        "keys.stale",
        runtime("identity/jwks"),
        "            self._tell(stale=self._fetched_at is not None)\n",
        "",
        _KEYS,
    ),
    broken(
        "staleness-told-for-ever",
        "keys.stale",
        runtime("identity/jwks"),
        "        self._tell(stale=False)\n",
        "",
        _KEYS,
    ),
    broken(
        "unknown-while-down-is-401",
        "keys.unavailable",
        runtime("identity/jwks"),
        "raise _unavailable() if self._fetch.failed else BadTokenError",
        "raise BadTokenError",
        _VERIFIER,
    ),
    broken(
        "down-is-401",
        "keys.unavailable",
        runtime("identity/jwks"),
        "            if not self.usable:\n                raise _unavailable()\n",
        "            if not self.usable:\n                raise BadTokenError\n",
        _KEYS,
    ),
    broken(
        "any-status-is-an-answer",
        "keys.resource",
        runtime("identity/issuer"),
        "            if inbound.status != 200:\n",
        "            if inbound.status >= 500:\n",
        _GRANT,
    ),
    broken(
        "any-size-is-an-answer",
        "keys.resource",
        runtime("identity/issuer"),
        "                if len(content) > MAX_ANSWER_BYTES:\n",
        "                if len(content) > 9 * MAX_ANSWER_BYTES:\n",
        _GRANT,
    ),
)

CREDENTIALS = (
    broken(
        "credential-of-the-client",
        "credentials.own",
        runtime("plan"),
        "policy = replace(policy, owned=(*policy.owned, downstream.credential.header))",
        "policy = replace(policy, allow=(*policy.allow, downstream.credential.header))",
        _CREDENTIALS,
    ),
    broken(
        "credential-not-sent",
        "credentials.own",
        runtime("headers/writer"),
        "    headers.append(credential)\n",
        "    headers.extend(())\n",
        _CREDENTIALS,
    ),
    broken(
        "credential-with-another-meaning",
        "credentials.own",
        runtime("settings/credentials"),
        '    if fold_header(name) != "authorization":\n        check_own_name(name)\n',
        "",
        _SETTINGS,
    ),
    broken(
        "token-for-ever",
        "credentials.token",
        runtime("identity/credentials"),
        "        if token is None or token.used_until <= now:\n            if",
        "        if token is None:\n            if",
        _GRANT,
    ),
    broken(
        "renewed-when-it-is-too-late",
        "credentials.token",
        runtime("identity/credentials"),
        "asked_at + seconds - early, asked_at + seconds",
        "asked_at + seconds, asked_at + seconds",
        _GRANT,
    ),
    broken(
        "refused-token-used-on",
        "credentials.token",
        runtime("forwarder"),
        "        if credential is not None and response.status_code == 401:\n",
        "        if credential is not None and response.status_code == 999:\n",
        _CREDENTIALS,
    ),
    broken(
        "refused-tokens-flood",
        "credentials.token",
        runtime("identity/credentials"),
        "if self._refused_at is None or now - self._refused_at >= REFUSED_SECONDS:",
        "if self._refused_at is None or now > 0:",
        _GRANT,
    ),
    broken(
        "failed-fetch-repeated-at-once",
        "credentials.token",
        runtime("identity/credentials"),
        "            if self._fetch.running or not self._fetch.failed_within(FAILED_FETCH_SECONDS):\n",
        "            if True:\n",
        _GRANT,
    ),
    broken(
        "header-injected-by-a-token",
        "credentials.unavailable",
        runtime("identity/credentials"),
        " or not _TOKEN.fullmatch(text):",
        ":",
        _GRANT,
    ),
    broken(
        "no-token-is-401",
        "credentials.unavailable",
        runtime("identity/credentials"),
        "                    503,\n                    SERVICE_UNAVAILABLE,\n",
        "                    401,\n                    SERVICE_UNAVAILABLE,\n",
        _CREDENTIALS,
    ),
)

TLS = (
    broken(
        "any-certificate-of-a-downstream",
        "tls.verified",
        runtime("transport/tls"),
        "    context.minimum_version = ssl.TLSVersion.TLSv1_2\n",
        "    context.check_hostname = False\n    context.verify_mode = ssl.CERT_NONE\n",
        _TLS,
    ),
    broken(
        "any-name-of-a-downstream",
        "tls.verified",
        runtime("transport/tls"),
        "    context.minimum_version = ssl.TLSVersion.TLSv1_2\n",
        "    context.check_hostname = False\n",
        _TLS,
    ),
    broken(
        "any-version-of-tls",
        "tls.verified",
        runtime("transport/tls"),
        "    context.minimum_version = ssl.TLSVersion.TLSv1_2\n",
        "    context.minimum_version = ssl.TLSVersion.TLSv1\n",
        _SETTINGS,
    ),
    broken(
        "no-certificate-of-the-edges",
        "tls.mutual",
        runtime("transport/tls"),
        "    if cert_file is not None:\n",
        "    if cert_file is None:\n",
        _TLS,
    ),
    broken(
        "own-authorities-on-one-transport-only",
        "tls.mutual",
        runtime("providers"),
        "                if service.tls is not None:\n",
        "                if service.tls is None:\n",
        _TLS,
    ),
    broken(
        "late-alert-is-a-reset",
        "tls.kind",
        runtime("transport/connection"),
        "            if isinstance(exc, ssl.SSLError) and not self._exchange.answer.started:\n",
        "            if exc is None and not self._exchange.answer.started:\n",
        _TLS,
    ),
    broken(
        "late-alert-is-unexpected-to-httpx",
        "tls.kind",
        runtime("transport/httpx_adapter"),
        "        except (httpx.TransportError, ssl.SSLError, _GivenUpError) as error:\n",
        "        except (httpx.TransportError, _GivenUpError) as error:\n",
        _TLS,
    ),
)

MUTANTS = (*TOKENS, *KEYS, *CREDENTIALS, *TLS)
