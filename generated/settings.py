"""The downstreams that api-gateway-service calls, and where it reads their addresses."""

from __future__ import annotations

from typing import Final

from proxygen.runtime import EdgeSettings, Service

SERVICES: Final[tuple[Service, ...]] = (
    Service(name="batch_orchestrator", base_url_env="BATCH_ORCHESTRATOR_URL"),
    Service(name="bff_teacher", base_url_env="BFF_TEACHER_URL"),
    Service(name="class_management", base_url_env="CLASS_MANAGEMENT_URL"),
    Service(name="file_service", base_url_env="FILE_SERVICE_URL"),
    Service(name="identity", base_url_env="IDENTITY_URL"),
    Service(name="result_aggregator", base_url_env="RESULT_AGGREGATOR_URL"),
)


def load_settings() -> EdgeSettings:
    """The settings of this edge; the error names everything that is missing or impossible."""
    return EdgeSettings.load(SERVICES)
