"""When a call is made again, and when never."""

from __future__ import annotations

from tests.mutants.catalogue.places import CLASSES, broken, generated, runtime, unit, wire

_FAILURES = wire("rules_failures", "fault_matrix")
_RETRIES = unit("runtime_core/retries", "runtime_core/retry_rules")

MUTANTS = (
    broken(
        "post-retried",
        "retries.idempotent",
        runtime("calls/retry"),
        '_IDEMPOTENT = frozenset({"GET",',
        '_IDEMPOTENT = frozenset({"POST", "GET",',
        generated("class_management", "batch_orchestrator"),
    ),
    broken(
        "patch-retried",
        "retries.idempotent",
        runtime("calls/retry"),
        '_IDEMPOTENT = frozenset({"GET",',
        '_IDEMPOTENT = frozenset({"PATCH", "GET",',
        CLASSES,
    ),
    broken(
        "get-not-retried",
        "retries.idempotent",
        runtime("calls/retry"),
        '_IDEMPOTENT = frozenset({"GET", ',
        "_IDEMPOTENT = frozenset({",
        CLASSES,
    ),
    broken(
        "retried-without-its-key",
        "retries.idempotent",
        runtime("calls/retry"),
        '    return any(name.lower() == b"idempotency-key" for name, _ in headers)\n',
        "    return True\n",
        _RETRIES,
    ),
    broken(
        "key-is-enough-for-any-operation",
        "retries.idempotent",
        runtime("calls/retry"),
        "    if isinstance(operation, Passthrough) or not operation.idempotent:\n        return False\n",
        "",
        _RETRIES,
    ),
    broken(
        "declared-key-not-enough",
        "retries.idempotent",
        runtime("calls/retry"),
        '    return any(name.lower() == b"idempotency-key" for name, _ in headers)\n',
        "    return False\n",
        generated("batch_orchestrator"),
    ),
    broken(
        "retried-after-the-head",
        "retries.answered",
        runtime("calls/attempts"),
        "        if status < 500 and status != 407:\n            return inbound\n",
        "        if status < 500 and status != 407:\n"
        "            try:\n                async for _ in inbound.chunks():\n                    break\n"
        "            except TransportError:\n"
        "                return _Failure(kind=Kind.BODY_TRUNCATED, wait=0.0)\n"
        "            return inbound\n",
        wire("acceptance"),
    ),
    broken(
        "lost-after-it-was-sent-retried",
        "retries.answered",
        runtime("calls/retry"),
        "    return error.kind is Kind.RESET_BEFORE_HEADERS and error.reused\n",
        "    return error.kind is Kind.RESET_BEFORE_HEADERS\n",
        _RETRIES,
    ),
    broken(
        "streamed-body-retried",
        "retries.streamed",
        runtime("calls/attempts"),
        "self._repeatable = upload is None and is_repeatable(",
        "self._repeatable = is_repeatable(",
        _RETRIES,
    ),
    broken(
        "three-more-attempts",
        "retries.attempts",
        runtime("operation"),
        "    attempts: int = 2\n",
        "    attempts: int = 3\n",
        CLASSES,
    ),
    broken(
        "no-more-attempts",
        "retries.attempts",
        runtime("operation"),
        "    attempts: int = 2\n",
        "    attempts: int = 0\n",
        CLASSES,
    ),
    broken(
        "attempts-of-the-operation-ignored",
        "retries.attempts",
        runtime("calls/attempts"),
        "self._attempts > self._plan.operation.retry.attempts",
        "self._attempts > 2",
        generated("identity"),
    ),
    broken(
        "no-jitter",
        "retries.attempts",
        runtime("calls/retry"),
        "    return _RANDOM.uniform(0.0, _FIRST_PAUSE * 2 ** (attempt - 1))\n",
        "    return _FIRST_PAUSE * 2 ** (attempt - 1)\n",
        _RETRIES,
    ),
    broken(
        "deadline-for-each-attempt",
        "retries.deadline",
        runtime("calls/attempts"),
        "                outcome = await self._attempt(deadline)\n",
        "                outcome = await self._attempt(loop.time() + self._plan.total)\n",
        _RETRIES,
    ),
    broken(
        "waits-beyond-the-deadline",
        "retries.deadline",
        runtime("calls/attempts"),
        "if wait is None or loop.time() + wait >= deadline or not budget.spend():",
        "if wait is None or not budget.spend():",
        _RETRIES,
    ),
    broken(
        "no-budget",
        "retries.budget",
        runtime("calls/attempts"),
        " or not budget.spend():",
        ":",
        _RETRIES,
    ),
    broken(
        "budget-never-earned",
        "retries.budget",
        runtime("calls/attempts"),
        "        budget.first()\n",
        "",
        _RETRIES,
    ),
    broken(
        "time-out-retried",
        "retries.reasons",
        runtime("calls/retry"),
        "        return error.kind in _UNSENT or error.kind is Kind.RESET_BEFORE_HEADERS\n"
        "    return error.kind is Kind.RESET_BEFORE_HEADERS and error.reused\n",
        "        return error.kind in _UNSENT or error.kind is not Kind.PROTOCOL\n"
        "    return error.kind is Kind.RESET_BEFORE_HEADERS and error.reused\n",
        generated("class_management"),
    ),
    broken(
        "every-503-retried",
        "retries.reasons",
        runtime("calls/attempts"),
        "retry_after(inbound.headers) if status == 503 else None",
        "(retry_after(inbound.headers) or 0.0) if status == 503 else None",
        CLASSES,
    ),
    broken(
        "every-5xx-retried",
        "retries.reasons",
        runtime("calls/attempts"),
        "retry_after(inbound.headers) if status == 503 else None",
        "retry_after(inbound.headers) or 0.0",
        CLASSES,
    ),
    broken(
        "503-with-retry-after-not-retried",
        "retries.reasons",
        runtime("calls/attempts"),
        "        return _Failure(kind=Kind.UPSTREAM_5XX, status=status, wait=wait)\n",
        "        return _Failure(kind=Kind.UPSTREAM_5XX, status=status)\n",
        CLASSES,
    ),
    broken(
        "sooner-than-retry-after",
        "retries.reasons",
        runtime("calls/retry"),
        "        return float(text)\n",
        "        return 0.0\n",
        _RETRIES,
    ),
)
