"""How an edge is watched, and how it and its workers end."""

from __future__ import annotations

from tests.mutants.catalogue.places import Where, broken, runtime, unit, wire
from tests.mutants.mutant import Suite

_LIFE = wire("rules_life")
_WORKERS = wire("rules_workers")
_PAGES = wire("rules_operations")
_READERS = wire("rules_readers")

MUTANTS = (
    broken(
        "messages-of-any-size",
        "life.slow-readers",
        runtime("response"),
        "PIECE = 32 * 1024",
        "PIECE = 1024 * 1024",
        Where(Suite.WIRE, ("tests/soak/test_quick.py::test_every_figure_holds_in_small[slow]",)),
    ),
    broken(
        "log-kept-in-a-buffer",
        "life.full-disk",
        runtime("server/command"),
        "    sys.stderr = unbuffered(sys.stderr)\n",
        "",
        wire("rules_operators"),
    ),
    broken(
        "no-guard-in-a-teams-application",
        "guard.team",
        runtime("routing/route"),
        "        refused = state.guard.check(scope)\n",
        "        refused = None\n",
        wire("server_rows::TestRefusedBeforeAnyRoute"),
    ),
    broken(
        "ready-while-draining",
        "life.readiness",
        runtime("server/health"),
        'state="draining" if begun else "serving", ready=not begun)',
        'state="draining" if begun else "serving")',
        _PAGES,
    ),
    broken(
        "ready-without-keys",
        "life.readiness",
        runtime("server/health"),
        'Check(name="keys", state="missing", ready=False)',
        'Check(name="keys", state="missing")',
        _PAGES,
    ),
    broken(
        "kept-alive-while-draining",
        "life.drain",
        runtime("server/drain"),
        "            if self.begun:\n                context.answer_headers.append(_LAST)\n",
        "",
        wire("serve", "rules_life"),
    ),
    broken(
        "open-requests-not-told",
        "life.drain",
        runtime("server/drain"),
        "        for context in self._open.values():\n            context.answer_headers.append(_LAST)\n",
        "",
        _LIFE,
    ),
    broken(
        "streams-never-cut",
        "life.drain",
        runtime("server/drain"),
        "            task.cancel()\n",
        "            pass\n",
        _LIFE,
    ),
    broken(
        "no-delay-before-the-end",
        "life.drain",
        runtime("server/command"),
        "time.monotonic() + self._drain_delay",
        "time.monotonic()",
        wire("serve"),
    ),
    broken(
        "orphans-live-on",
        "life.workers",
        runtime("server/drain"),
        "if os.getppid() != self._parent:",
        "if os.getppid() == 0:",
        _WORKERS,
    ),
    broken(
        "metrics-of-one-worker",
        "life.metrics",
        runtime("server/worker"),
        "            share_metrics()\n",
        "            pass\n",
        _WORKERS,
    ),
    broken(
        "metric-files-left",
        "life.metrics",
        runtime("telemetry/shared_metrics"),
        "            del os.environ[VARIABLE]\n            shutil.rmtree(folder, ignore_errors=True)\n",
        "            del os.environ[VARIABLE]\n",
        _WORKERS,
    ),
    broken(
        "abandoned-metric-files-left",
        "life.metrics",
        runtime("telemetry/shared_metrics"),
        "    _remove_abandoned()\n",
        "",
        _WORKERS,
    ),
    broken(
        "pages-of-operation-for-clients",
        "life.operations",
        runtime("server/operations_port"),
        "            scope[CLIENTS_KEY] = True\n",
        "",
        _PAGES,
    ),
    broken(
        "routes-at-the-operations-port",
        "life.operations",
        runtime("server/operations_port"),
        'if scope["path"] not in (HEALTH, READINESS, METRICS):',
        "if False:",
        _PAGES,
    ),
    broken(
        "who-reads-nothing-stays",
        "life.readers",
        runtime("server/write_limit"),
        "        task.cancel()\n",
        "",
        _READERS,
    ),
    broken(
        "silence-is-a-stall",
        "life.readers",
        runtime("server/write_limit"),
        "        finally:\n            self._waiting.pop(task, None)\n",
        "        finally:\n            pass\n",
        _READERS,
    ),
    broken(
        "any-number-of-parameters",
        "guard.parameters",
        runtime("guard"),
        'if query.count(b"&") >= self._limits.query_count:',
        'if query.count(b"&") > 10 * self._limits.query_count:',
        unit("runtime_server/guard"),
    ),
)
