"""Puts generated text where a page asks for it: `<!-- generated: NAME -->` on a line of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from . import (
    change_rules,
    command_line,
    configuration,
    diagnostic_rules,
    exit_codes,
    files,
    formats,
    runtime_api,
    settings,
    telemetry,
    wire,
)

PARTS: Final[Mapping[str, Callable[[], str]]] = MappingProxyType(
    {
        "audit-keys": formats.audit_keys,
        "change-rules": change_rules.markdown,
        "command-environment": command_line.environment,
        "command-line": command_line.markdown,
        "configuration": configuration.markdown,
        "diagnostic-rules": diagnostic_rules.markdown,
        "exit-codes": exit_codes.markdown,
        "formats": formats.markdown,
        "kinds": telemetry.kinds,
        "log-fields": telemetry.log_fields,
        "metrics": telemetry.metrics,
        "other-files": files.beside_documents,
        "output-files": files.output,
        "report-keys": formats.report_keys,
        "request-headers": wire.request_headers,
        "response-headers": wire.response_headers,
        "runtime-for-generated-code": runtime_api.for_generated_code,
        "runtime-for-teams": runtime_api.for_teams,
        "settings": settings.markdown,
    }
)
"""Name → what writes it."""

MARK: Final = re.compile(r"^<!-- generated: ([\w-]+) -->$", re.MULTILINE)


def with_generated(text: str) -> str:
    """The page with each mark replaced; KeyError for a name that nothing writes."""
    return MARK.sub(lambda found: PARTS[found[1]](), text)
